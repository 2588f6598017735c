// The host's board: /gastgeber/<slug>. Draws what this device has at once, then asks the server.

import { localDay } from "./lib/bookings.js";
import { onChange, state } from "./host/store.js";
import { button, day, el, part, say, time } from "./ui/dom.js";

/** @typedef {import("./lib/board.js").HostEntry} HostEntry */

const LOOK_AGAIN = 60_000;
const TOAST = 8000;
const slug = decodeURIComponent(location.pathname.split("/")[2] ?? "");
/** @type {import("./host/sync.js").Reach | null} how the server was found; null before it was asked */
let reach = null;
let drawing = Promise.resolve();

for (const each of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll("a[data-page]"))) {
  each.href = `/gastgeber/${encodeURIComponent(slug)}/${each.dataset.page}`;
}
onChange(redraw);
for (const name of ["online", "offline"]) addEventListener(name, redraw);
addEventListener("online", meet);
addEventListener("pageshow", ({ persisted }) => persisted && meet());
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && meet());
setInterval(() => (document.hidden ? undefined : meet()), LOOK_AGAIN);
part("scan-pass").addEventListener("click", async () => {
  const { openScanner } = await import("./host/scan.js");
  await openScanner(slug, meet);
});
part("walk-in").addEventListener("click", async () => {
  const { askWalkIn } = await import("./host/forms.js");
  await askWalkIn(slug, (said) => tell(said));
});
part("paper").addEventListener("toggle", async () => {
  const { showPaper } = await import("./host/forms.js");
  await showPaper(slug, (said) => tell(said));
}, { once: true });
arrive();

async function arrive() {
  await redraw();
  const { frame } = await import("./ui/frame.js");
  frame();
  await meet();
}

/** Send what waits and see what is new. */
async function meet() {
  const { sync } = await import("./host/sync.js");
  const found = await sync(slug);
  reach = found;
  await redraw();
}

function redraw() {
  drawing = drawing.then(draw).catch(() => {
    part("guests").removeAttribute("aria-busy");
    part("guests").replaceChildren(el("div", { class: "notice error", role: "alert" }, el("div", {}, el("p", {}, say("unreadable")), el("p", {}, say("unreadable_hint")))));
  });
  return drawing;
}

async function draw() {
  const { device, snapshot, entries } = await state(slug);
  const isOnline = navigator.onLine && reach === "online";
  const isSetUp = device !== null && device.token !== null;
  part("setup").hidden ||= isSetUp;
  for (const name of ["tasks", "more"]) part(name).hidden = !isSetUp || snapshot === null;
  if (!isSetUp) {
    const { showSetup } = await import("./host/setup.js");
    showSetup(slug, device === null ? "new" : "revoked", meet);
  }
  const unsent = entries.filter(({ state: each }) => each !== "done").length;
  const way = reach === null && navigator.onLine ? "asking" : isOnline ? "online" : "offline";
  part("stand").replaceChildren(...[
    snapshot && say("stand", { time: stand(snapshot) }), isSetUp && say(`net_${way}`), unsent > 0 && say("unsent", { count: unsent }),
  ].filter((text) => typeof text === "string").map((text) => el("span", {}, text)));
  part("stand").dataset.state = unsent > 0 ? "saved" : "";
  if (!snapshot) {
    const why = !isSetUp ? null : reach === "unknown" ? "no_such_space" : way === "offline" ? "no_list" : null;
    const again = button(say("try_again"), () => location.reload(), "small");
    part("guests").replaceChildren(...(why ? [el("div", { class: "notice warning" }, el("div", {}, el("p", {}, say(why)), again))] : []));
    if (!isSetUp || why) part("guests").removeAttribute("aria-busy");
    return;
  }
  const { space, day: listDay } = snapshot.body;
  part("where").textContent = say("where", { name: space.name, day: day(localDay(Date.now(), space.timezone)) });
  const [{ guestsOf }, { showBoard }] = await Promise.all([import("./lib/board.js"), import("./ui/board.js")]);
  const guests = guestsOf(snapshot, entries);
  const isToday = localDay(Date.now(), space.timezone) <= listDay;
  showBoard({
    kept: snapshot, guests, entries, isToday, undo,
    act: (kind, { booking }) => write({ kind, booking }),
    resend: async (entry) => {
      const { run } = await import("./host/store.js");
      await run("readwrite", async ({ outbox }) => void outbox.put({ ...entry, state: "waiting" }));
      await meet();
    },
  });
  performance.mark("usable");
}

/** @param {Pick<import("./lib/board.js").Line, "id" | "event">} line */
async function undo({ id, event }) {
  await write({ kind: "undo", booking: event.booking, undoes: id });
}

/**
 * Keep an event, say so, and send it.
 * @param {import("./host/record.js").Said} said
 */
async function write(said) {
  const { record } = await import("./host/record.js");
  await tell(record(slug, said));
}

/**
 * Say what became of an event: kept, with the way back, or loudly that it was not.
 * @param {Promise<HostEntry>} kept
 */
async function tell(kept) {
  const [{ toast }, { guestsOf }, { saidBy }] = await Promise.all([import("./ui/frame.js"), import("./lib/board.js"), import("./ui/board.js")]);
  const entry = await kept.catch(() => null);
  if (!entry) return toast(say("not_kept"), button(say("done"), clearToasts, "small"));
  const { snapshot, entries } = await state(slug);
  const text = saidBy(entry, snapshot ? guestsOf(snapshot, entries) : []);
  const way = entry.event.kind === "undo" ? undefined : el("button", { type: "button", click: () => (clearToasts(), undo(entry)) }, say("undo"));
  clearToasts();
  toast(`${text} ${say("state_saved")}.`, way);
  setTimeout(() => way?.closest(".toast")?.remove(), TOAST);
  return meet();
}

function clearToasts() {
  part("toasts").replaceChildren();
}

/** @param {import("./lib/board.js").KeptHostSnapshot} kept */
function stand({ at, body: { space: { timezone } } }) {
  const [then, today] = [Date.parse(at), Date.now()].map((moment) => localDay(moment, timezone));
  return then === today ? time(at, timezone) : `${day(then)}, ${time(at, timezone)}`;
}
