// The screen at a door: a code that changes every 30 seconds, without network too. It knows its key and nothing about people.

import { boot, part, say } from "./ui/dom.js";
import { drawn, stayAwake } from "./ui/qr.js";
import { addressOf, keyOf, mark, windowAt } from "./lib/windows.js";

const LOOK = 1000;
// How often it says how its clock goes, so that the server understands a wrong one.
const REPORT = 600_000;
// How often it asks whether a clock that was never set is right by now.
const AGAIN = 60_000;
const code = location.pathname.split("/")[2] ?? "";
const KEPT = `nahplatz-display-${code}`;

let shown = -1;
/** @type {"showing" | "clock_wrong" | "stopped"} what the server last said of it; without a word it shows */
let standing = "showing";
const key = await openKey();
if (key) {
  stayAwake();
  await show(key);
  setInterval(() => void show(key), LOOK);
  void report(key);
  setInterval(() => void report(key), REPORT);
  setInterval(() => void (standing === "clock_wrong" && report(key)), AGAIN);
  addEventListener("online", () => void report(key));
  document.addEventListener("visibilitychange", () => void (document.visibilityState === "visible" && report(key)));
  void navigator.storage?.persist?.();
} else {
  tell("no_key");
}
void navigator.serviceWorker?.register("/sw.js", { type: "module" }).catch(() => undefined);

/** The key comes once, behind the # of the address, which no server sees; after that it lies on this device. */
async function openKey() {
  const given = location.hash.slice(1);
  if (given) {
    localStorage.setItem(KEPT, given);
    history.replaceState(null, "", location.pathname);
  }
  const written = localStorage.getItem(KEPT);
  if (!written) return null;
  try {
    return await keyOf(Uint8Array.from(atob(written.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0)));
  } catch {
    return null;
  }
}

/** @param {CryptoKey} of */
async function show(of) {
  const window = windowAt(Date.now());
  if (window === shown || standing !== "showing") return;
  shown = window;
  const address = addressOf(boot.origin, code, await mark(of, window));
  // The server may have spoken meanwhile.
  if (standing === "showing") part("code").replaceChildren(drawn(address, say("display_code")));
}

/** @param {CryptoKey} of */
async function report(of) {
  const at = new Date();
  const body = JSON.stringify({ at: at.toISOString(), mark: await mark(of, windowAt(at.getTime())) });
  const headers = { "Content-Type": "application/json", "Nahplatz-Client": boot.build };
  const answer = await fetch(`/api/v1/displays/${code}`, { method: "POST", headers, body }).catch(() => null);
  if (standing === "stopped" || !answer) return;
  const said = answer.headers.get("Content-Type")?.includes("json") ? await answer.json().catch(() => null) : null;
  if (answer.status === 404 && said !== null) hide("stopped");
  else if (answer.status === 409 && said?.code === "clock_wrong") hide("clock_wrong");
  else if (answer.status === 204 && standing === "clock_wrong") {
    standing = "showing";
    shown = -1;
    tell("ready");
    await show(of);
  }
}

/** @param {"clock_wrong" | "stopped"} why */
function hide(why) {
  standing = why;
  part("code").replaceChildren();
  tell(why);
}

/** @param {string} text */
function tell(text) {
  part("words").textContent = say(text);
}
