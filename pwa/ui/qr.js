// A QR code as a picture, and a screen that stays on while it is shown.

import { Alphanumeric, Byte, Encoder } from "../vendor/qrcode-writer.js";

const SVG = "http://www.w3.org/2000/svg";
// What QR codes pack tightly; only an address such as http://[::1]:8000 needs more.
const TIGHT = /^[0-9A-Z $%*+\-./:]*$/;
const QUIET = 4;

/**
 * A QR code that stays sharp at any size.
 * @param {string} text
 * @param {string} label what it is, for those who do not see it
 */
export function drawn(text, label) {
  const code = new Encoder({ level: "M" }).encode(TIGHT.test(text) ? new Alphanumeric(text) : new Byte(text));
  let path = "";
  for (let y = 0; y < code.size; y += 1) {
    for (let x = 0; x < code.size; x += 1) if (code.get(x, y) === 1) path += `M${x} ${y}h1v1h-1z`;
  }
  const [svg, shape] = ["svg", "path"].map((tag) => document.createElementNS(SVG, tag));
  const side = code.size + 2 * QUIET;
  svg.setAttribute("viewBox", `${-QUIET} ${-QUIET} ${side} ${side}`);
  svg.setAttribute("shape-rendering", "crispEdges");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  shape.setAttribute("d", path);
  svg.append(shape);
  return svg;
}

/** Keep the screen on, where the browser can. Returns what lets it sleep again. */
export function stayAwake() {
  /** @type {WakeLockSentinel | null} */
  let lock = null;
  let isShown = true;
  // The browser takes it away with every look at another app.
  const take = async () => {
    if (document.hidden) return;
    const taken = await navigator.wakeLock?.request("screen").catch(() => null);
    if (isShown) lock = taken ?? null;
    else void taken?.release();
  };
  document.addEventListener("visibilitychange", take);
  void take();
  return () => {
    isShown = false;
    document.removeEventListener("visibilitychange", take);
    void lock?.release();
  };
}
