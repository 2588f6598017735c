// The screen at a door: a code that changes every 30 seconds, without network too. It knows its key and nothing about people.

import { boot, part, say } from "./ui/dom.js";
import { drawn, stayAwake } from "./ui/qr.js";
import { addressOf, keyOf, mark, windowAt } from "./lib/windows.js";

const LOOK = 1000;
// How often it says how its clock goes, so that the server understands a wrong one.
const REPORT = 600_000;
const code = location.pathname.split("/")[2] ?? "";
const KEPT = `nahplatz-display-${code}`;

let shown = -1;
let isStopped = false;
const key = await openKey();
if (key) {
  stayAwake();
  await show(key);
  setInterval(() => void show(key), LOOK);
  void report(key);
  setInterval(() => void report(key), REPORT);
  addEventListener("online", () => void report(key));
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
  if (window === shown || isStopped) return;
  shown = window;
  const address = addressOf(boot.origin, code, await mark(of, window));
  part("code").replaceChildren(drawn(address, say("display_code")));
}

/** @param {CryptoKey} of */
async function report(of) {
  const at = new Date();
  const body = JSON.stringify({ at: at.toISOString(), mark: await mark(of, windowAt(at.getTime())) });
  const headers = { "Content-Type": "application/json", "Nahplatz-Client": boot.build };
  const answer = await fetch(`/api/v1/displays/${code}`, { method: "POST", headers, body }).catch(() => null);
  const isOurs = answer?.headers.get("Content-Type")?.includes("json");
  if (answer?.status === 404 && isOurs) {
    isStopped = true;
    part("code").replaceChildren();
    tell("stopped");
  }
}

/** @param {string} text */
function tell(text) {
  part("words").textContent = say(text);
}
