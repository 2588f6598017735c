// The offline shell: /meine and /c/<code>. Draws what the phone has at once, then asks the server.

import { checkinOf, hasMore } from "./lib/bookings.js";
import { holder } from "./lib/entries.js";
import { own, state } from "./store.js";
import { showBookings, showNoBookings } from "./ui/bookings.js";
import { button, day, link, part, say, time } from "./ui/dom.js";

/** @type {import("./sync.js").Reach | null} how the server was found; null before it was asked */
let reach = null;
let drawing = Promise.resolve();
const asked = new URLSearchParams(location.search);
/** The bookings that the page before has just made. */
let booked = asked.getAll("neu");
const isSign = /^\/c\//i.test(location.pathname);
const cancelled = asked.get("abgesagt");
const isElsewhere = !isSign && location.pathname !== "/meine" && location.pathname !== "/";

own.onChange(redraw);
setInterval(redraw, 60_000);
addEventListener("online", redraw);
addEventListener("offline", redraw);
part("scan-open").addEventListener("click", async () => (await import("./door.js")).openScanner());
part("code-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  await (await import("./door.js")).typed(event);
});
arrive();

async function arrive() {
  // Whoever stands at the door is served before anything is drawn.
  if (isSign) await (await import("./door.js")).opened();
  const rest = Promise.all([import("./sync.js"), import("./ui/frame.js")]);
  await redraw();
  if (asked.has("scan")) void (await import("./door.js")).openScanner();
  const [{ attend }, { frame }] = await rest;
  frame();
  await attend((how) => {
    reach = how;
    redraw();
  });
}

function redraw() {
  drawing = drawing.then(draw).catch(() => showNoBookings("unreadable", reloader()));
  return drawing;
}

async function draw() {
  const { session, snapshot, entries } = await state();
  const now = Date.now();
  const isOnline = navigator.onLine && reach !== "offline";
  const isSignedIn = session?.signedIn === true;
  const person = session?.isLeft ? null : (session?.person ?? null);
  const mine = entries.filter((entry) => holder(entry) === person || (!isSignedIn && holder(entry) === null));
  // Modules are fetched first, so that all appears at once.
  const checkins = entries.length > 0 || booked.length > 0 ? await import("./ui/checkins.js") : null;
  const hints = isElsewhere || cancelled || snapshot?.body.missing?.[0] ? await import("./ui/hints.js") : null;
  hints?.showHints({ isElsewhere, cancelled, snapshot: snapshot?.body ?? null, entries, now });
  if (snapshot) {
    const stateOf = (/** @type {import("./lib/bookings.js").Booking} */ booking) => checkinOf(booking, mine);
    const more = hasMore(snapshot.body, now) ? await import("./ui/more.js") : null;
    showBookings({ snapshot: snapshot.body, now, isOnline, stateOf, moreOf: (booking) => more?.moreOf(booking, snapshot, now, { checkin: stateOf(booking), isOnline }) ?? [] });
    part("stand").textContent = say("stand", { time: stand(snapshot.at, now) });
    // Who opened the address of an own pass sees it, once it is here.
    const shown = snapshot.body.bookings.find(({ uuid, pass }) => pass && uuid === asked.get("ausweis"));
    if (shown) {
      asked.delete("ausweis");
      history.replaceState(null, "", "/meine");
      (await import("./ui/pass.js")).showPass(shown, snapshot.body);
    }
  } else if (reach === "signed_out") {
    showNoBookings("signed_out", link(say("sign_in"), "/anmelden?next=/meine", "primary"));
  } else if (reach !== null) {
    showNoBookings("nothing_kept", reloader());
  }
  const isShown = checkins?.showCheckins(mine, { snapshot: snapshot?.body ?? null, isSignedIn, isOnline, now, booked, redraw });
  if (isShown) booked = [];
}

function reloader() {
  return button(say("try_again"), () => location.reload(), "small");
}

/**
 * @param {string} at
 * @param {number} now
 */
function stand(at, now) {
  const isToday = new Date(at).toDateString() === new Date(now).toDateString();
  return isToday ? time(at) : `${day(at.slice(0, 10))}, ${time(at)}`;
}
