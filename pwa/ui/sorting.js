// Tables whose rows somebody puts in order by the heads of their columns. Without this they stay as the server wrote them.

import { ordered } from "../lib/ordering.js";
import { el, icon } from "./dom.js";

/**
 * Make a button of every head that says by what its column is put in order. A cell's `data-value` counts before its text.
 * @param {HTMLElement} box around one table
 */
export function sortable(box) {
  const body = box.querySelector("tbody");
  if (!body || body.rows.length < 2) return;
  const heads = /** @type {NodeListOf<HTMLTableCellElement>} */ (box.querySelectorAll("thead th[data-sort]"));
  for (const head of heads) {
    const turn = () => {
      const isDown = head.ariaSort === "ascending";
      for (const each of heads) each.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", isDown ? "descending" : "ascending");
      body.append(...ordered([...body.rows], (row) => valueOf(row.cells[head.cellIndex]), { kind: head.dataset.sort ?? "", isDown }));
    };
    head.replaceChildren(el("button", { type: "button", class: "sort", click: turn }, ...head.childNodes, icon("down")));
  }
  box.classList.add("sorts");
}

/** @param {HTMLTableCellElement} cell */
function valueOf(cell) {
  return cell.dataset.value ?? cell.textContent?.trim() ?? "";
}
