// The scanner on the screen: the camera's picture, or, where there is none, why, what to do, and a field for the code.

import { button, el, icon, link, part, say } from "./dom.js";

/** @typedef {import("../record.js").Recorded} Recorded */
/** @typedef {Exclude<Recorded, {kind: "kept"}>} Refused */
/** @typedef {"camera_denied" | "camera_none" | "camera_busy" | "camera_insecure"} Problem */

/**
 * @param {{typed: (text: string) => void, retry: () => void}} answers what follows when a code is typed, or the camera tried again
 */
export function viewfinder({ typed, retry }) {
  const video = el("video", { playsinline: true, muted: true, "aria-hidden": "true" });
  video.muted = true;
  /** @type {MediaStreamTrack | null} */
  let lit = null;
  const word = el("p", { role: "status", "data-ui": "scan-word" }, say("camera_opening"));
  const torch = el("button", { type: "button", class: "button small", "data-ui": "torch", "aria-pressed": "false", hidden: true, click: () => light(torch, lit) }, icon("torch"), say("torch"));
  const close = el("button", { type: "button", class: "button small", "data-ui": "scan-close", click: () => dialog.close() }, icon("close"), say("close"));
  const extra = el("div", { class: "row" });
  const below = el("div", { class: "below" }, word, extra, el("div", { class: "row" }, torch, button(say("type_code"), () => typeOnPage(dialog), "small")));
  const problem = el("div", { class: "problem stack", "data-ui": "scan-problem", hidden: true });
  const dialog = el("dialog", { class: "scanner", "data-ui": "scanner", "aria-label": say("scan") }, video,
    el("div", { class: "above" }, el("strong", {}, say("scan")), close), el("div", { class: "frame" }), below, problem);
  const refusal = el("p", { class: "wrong", role: "alert" });

  return {
    dialog,
    video,
    /** @param {Problem} key */
    explain(key) {
      // The camera is tried again whenever the page is looked at; what was typed meanwhile stays.
      if (dialog.dataset.state === key) return;
      dialog.dataset.state = key;
      const heading = el("h2", { tabindex: "-1" }, say(key));
      problem.replaceChildren(
        el("div", { class: "stack tight" }, heading, el("p", {}, say(`${key}_what`)), el("div", { class: "row" }, button(say("try_again"), retry, ""))),
        codeForm(typed, refusal));
      below.hidden = true;
      problem.hidden = false;
      heading.focus();
    },
    /** @param {MediaStreamTrack} track of the camera that sees something now */
    show(track) {
      delete dialog.dataset.state;
      below.hidden = false;
      problem.hidden = true;
      word.textContent = say("scan_hint");
      lit = track;
      torch.hidden = /** @type {any} */ (track.getCapabilities?.())?.torch !== true;
      torch.setAttribute("aria-pressed", "false");
    },
    /** @param {Refused} recorded */
    refuse({ kind }) {
      const text = say(`refused_${kind}`);
      const report = () => (kind === "foreign" ? [link(say("report"), "/hilfe#fremder-code", "small")] : []);
      if (!problem.hidden) return refusal.replaceChildren(text, ...report());
      word.textContent = text;
      dialog.dataset.state = kind;
      return extra.replaceChildren(...report());
    },
  };
}

/**
 * @param {(text: string) => void} typed
 * @param {HTMLElement} refusal
 */
function codeForm(typed, refusal) {
  const field = el("input", {
    id: "scan-code", type: "text", required: true, maxlength: "60", autocomplete: "off", autocapitalize: "characters", spellcheck: "false",
    "aria-describedby": "scan-code-hint",
  });
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    refusal.replaceChildren();
    typed(field.value);
  };
  return el("form", { class: "stack", "data-ui": "scan-code-form", submit },
    el("div", { class: "field" }, el("label", { for: "scan-code" }, say("code_label")), el("p", { class: "hint", id: "scan-code-hint" }, say("code_hint")), field, refusal),
    el("button", { type: "submit", class: "button primary" }, say("check_in")));
}

/** @param {HTMLDialogElement} dialog */
function typeOnPage(dialog) {
  dialog.close();
  part("code-form").closest("details")?.setAttribute("open", "");
  /** @type {HTMLInputElement} */ (part("code")).focus();
}

/**
 * Switch the camera's light on or off.
 * @param {HTMLButtonElement} torch
 * @param {MediaStreamTrack | null} track
 */
function light(torch, track) {
  const on = torch.getAttribute("aria-pressed") !== "true";
  torch.setAttribute("aria-pressed", String(on));
  track?.applyConstraints(/** @type {any} */ ({ advanced: [{ torch: on }] })).catch(() => (torch.hidden = true));
}
