// At the door: from a code to a kept check-in, however the code came in, and what follows it.

import { record, thisMoment } from "./record.js";
import { own } from "./store.js";
import { sync } from "./sync.js";
import { focusMoment, showRefusal } from "./ui/checkins.js";
import { boot } from "./ui/dom.js";
import { witness } from "./witness.js";

/**
 * @param {string} text
 * @param {boolean} isScanned
 * @param {import("./record.js").Moment} [moment]
 */
export async function checkIn(text, isScanned, moment = thisMoment()) {
  const recorded = await record(text, { origin: boot.origin, isScanned, moment });
  if (recorded.kind === "kept") {
    // The address must not record again when the browser restores this page another day.
    history.replaceState({ checkin: recorded.entry.id }, "", "/meine");
    void witness();
    own.announce();
    void afterwards();
  }
  return recorded;
}

/** A sign that the phone's own camera opened. */
export async function opened() {
  const recorded = await checkIn(boot.origin + location.pathname, true);
  if (recorded.kind !== "kept") refuse(recorded);
}

/** @param {SubmitEvent} event */
export async function typed(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  const recorded = await checkIn(String(new FormData(form).get("code")), false);
  if (recorded.kind === "kept") form.reset();
  else refuse(recorded);
}

export async function openScanner() {
  const { scan } = await import("./scanner.js");
  if (await scan(checkIn)) focusMoment();
}

/** What may follow a check-in, but must not delay its word. */
async function afterwards() {
  await sync();
  // The browser is asked not to clear what is not sent, and to send it when this page is closed. Few browsers can.
  await navigator.storage?.persist?.();
  const registration = await navigator.serviceWorker?.getRegistration();
  await /** @type {any} */ (registration)?.sync?.register("outbox").catch(() => undefined);
}

/** @param {Exclude<import("./record.js").Recorded, {kind: "kept"}>} recorded */
function refuse(recorded) {
  showRefusal(recorded.kind, recorded.kind === "not_kept" ? recorded.cause : "");
}
