"""A page walked with Tab, as somebody without a pointer would."""

from __future__ import annotations

from playwright.sync_api import Page

MOST = 200
# So often Tab is pressed before the page is asked where that led.
AT_ONCE = 20
# Marks what can be operated and is on the screen (of a group of radio buttons Tab stops at one), and notes where the
# focus comes and whether it can be seen. A card-like control shows the ring on its label: the box itself is not drawn.
MARK = """() => {
  document.activeElement?.blur();
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")];
  const isThere = (one) => one.checkVisibility() && !one.disabled && one.type !== "hidden";
  const seen = all.filter((one) => isThere(one) && !one.closest("[aria-hidden=true]"));
  const groups = new Map();
  for (const one of seen) if (one.type === "radio" && (one.checked || !groups.has(one.name))) groups.set(one.name, one);
  const stops = seen.filter((one) => one.type !== "radio" || groups.get(one.name) === one);
  const ring = (one) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
    return [outlineStyle, outlineWidth, boxShadow].join();
  };
  const plain = stops.map(ring);
  globalThis.walked = [];
  document.addEventListener("focusin", ({ target }) => {
    const number = stops.indexOf(target);
    const label = target.labels?.[0] && getComputedStyle(target.labels[0]);
    const isRinged = ring(target) !== plain[number] || (label !== undefined && label.outlineStyle !== "none");
    if (number >= 0) globalThis.walked.push([number, isRinged]);
  });
  const words = (one) => [one.tagName, one.getAttribute("href") ?? one.name, one.textContent.trim().slice(0, 30)];
  return stops.map((one) => words(one).join(" "));
}"""


def walk(page: Page) -> list[str]:
    """Press Tab until it comes round. Returns what was not reached, what shows no ring, and what came out of order."""
    stops = page.evaluate(MARK)
    steps: list[tuple[int, bool]] = []
    for _ in range(MOST // AT_ONCE):
        for _ in range(AT_ONCE):
            page.keyboard.press("Tab")
        steps = page.evaluate("globalThis.walked")
        if steps and [number for number, _ in steps].count(steps[0][0]) > 1:
            break
    rings = dict(reversed(steps))
    order = list(dict.fromkeys(number for number, _ in steps))
    first = order.index(min(order)) if order else 0
    order = order[first:] + order[:first]  # what has the focus at first is not always the first
    found = [f"{page.url}: not reached: {stop}" for number, stop in enumerate(stops) if number not in rings]
    found += [f"{page.url}: no ring: {stops[number]}" for number in order if not rings[number]]
    if order != sorted(order):
        found.append(f"{page.url}: out of order: {[stops[number] for number in order]}")
    return found
