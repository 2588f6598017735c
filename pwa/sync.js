// Keeps a page in step with the server: sends the outbox, fetches the snapshot, knows when to try again, and to whom this
// phone belongs, as the server last said.

import { BOOT, ask, serverTime } from "./lib/contact.js";
import { holder } from "./lib/entries.js";
import { finished, run, state } from "./store.js";

/** @typedef {import("./lib/entries.js").Entry} Entry */
/** @typedef {import("./lib/types.js").KeptSnapshot} KeptSnapshot */
/** @typedef {import("./lib/types.js").Session} Session */
/** @typedef {"kept" | "ask" | "left"} Fate what became of an answer: it counts, it has to be asked for again, or others will ask */
/** @typedef {"online" | "offline" | "signed_out"} Reach how the server was last found */

const DAY = 86_400_000;
const KEPT = 30 * DAY;
const ADDRESS = "/api/v1/me/snapshot";
/** @type {(reach: Reach) => void} */
let tell = () => undefined;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
/** @type {Promise<Reach> | null} */
let refreshing = null;
// The first look at the page has the line for itself.
const REST = 2000;

/**
 * Sync now, and again whenever the network comes back, the page is looked at, or a pause ends.
 * @param {(reach: Reach) => void} told
 * @param {number} staleAfter leave a snapshot alone that is younger (milliseconds)
 */
export function attend(told, staleAfter = 0) {
  tell = told;
  const again = async () => {
    await sync(true, staleAfter);
    setTimeout(keyUp, REST);
  };
  addEventListener("online", again);
  addEventListener("pageshow", ({ persisted }) => persisted && again());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && again());
  return again();
}

/**
 * Send what waits and see what is new.
 * @param {boolean} eager
 * @param {number} staleAfter
 */
export async function sync(eager = true, staleAfter = 0) {
  clearTimeout(timer);
  const before = await state();
  // Most visits have nothing to send, so what sends is loaded only then.
  const outbox = before.entries.some(({ state: each }) => each !== "done") ? await import("./outbox.js") : null;
  const witness = outbox || document.cookie?.includes("outbox=") ? (await import("./witness.js")).witness : null;
  await witness?.();
  let drained = await outbox?.drain(eager);
  const age = Date.now() - Date.parse(before.snapshot?.at ?? "");
  /** @type {Reach} */
  let reach = drained?.kind === "offline" ? "offline" : "online";
  const sentSome = before.entries.some(({ state: each }) => each === "waiting") && drained?.kind === "empty";
  const asks = !(age < staleAfter) || drained?.kind === "sign_in" || sentSome;
  if (asks) reach = await refresh();
  // Whether somebody is signed in may be known only now; scans may have found their owner, or a restored server wants them again.
  const again = outbox ?? ((await isWaiting()) ? await import("./outbox.js") : null);
  if (again && reach !== "offline" && drained?.kind !== "stop") drained = await again.drain(eager);
  if (drained && drained.pending > 0 && drained.notBefore > Date.now()) {
    timer = setTimeout(() => sync(false, staleAfter), drained.notBefore - Date.now() + 50);
  }
  await witness?.(asks && reach === "online");
  tell(reach);
}

async function isWaiting() {
  return (await state()).entries.some((entry) => entry.state === "waiting");
}

/** The key of this installation is made when somebody has signed in, and told the server until it has heard. */
export async function keyUp() {
  const { session, keyed } = await run("readonly", async ({ facts }) => ({
    session: await finished(facts.get("session")), keyed: await finished(facts.get("keyed")),
  }));
  if (!session?.signedIn || (keyed?.isKnown && keyed.person === session.person)) return;
  const { ensureKey } = await import("./keys.js");
  await ensureKey(session.person);
}

/** Fetch the snapshot if it changed, and learn who is signed in. Calls that come meanwhile share the answer. */
export function refresh() {
  refreshing ??= fetchSnapshot().finally(() => (refreshing = null));
  return refreshing;
}

/**
 * @param {number} tries how often to ask when answers come to a phone that is another person's by then
 * @returns {Promise<Reach>}
 */
async function fetchSnapshot(tries = 3) {
  const { snapshot, session } = await state();
  /** @type {Record<string, string>} */
  const headers = { "Nahplatz-Client": "1" };
  if (snapshot?.etag) headers["If-None-Match"] = snapshot.etag;
  const { status, body, etag } = await ask(ADDRESS, { headers });
  const at = new Date().toISOString();
  const again = (/** @type {Fate} */ fate) => fate === "ask" && tries > 1;
  if (status === 304 && snapshot) return again(await touch({ ...snapshot, at }, session)) ? fetchSnapshot(tries - 1) : "online";
  if (status === 401 && isOurs(body)) return again(await farewell(session)) ? fetchSnapshot(tries - 1) : "signed_out";
  if (status !== 200 || !isSnapshot(body)) return "offline";
  const skew = Date.parse(body.server_time) - Date.parse(at);
  const fate = await welcome({ etag, at, body, skew }, serverTime(body.server_time), session);
  if (again(fate)) return fetchSnapshot(tries - 1);
  if (fate !== "kept") return "online";
  const since = /** @type {any} */ (body).resend_since;
  if (typeof since === "string" && !Number.isNaN(Date.parse(since))) await (await import("./outbox.js")).resend(since);
  return "online";
}

/**
 * A portal between us and the server may answer 401 too; only our own words end a session.
 * @param {any} body
 */
function isOurs(body) {
  return typeof body?.code === "string" && body.status === 401;
}

/**
 * @param {any} body
 * @returns {body is import("./lib/bookings.js").Snapshot}
 */
function isSnapshot(body) {
  return body?.schema === 1 && typeof body.person?.id === "string" && Array.isArray(body.bookings) && typeof body.spaces === "object";
}

/**
 * This person is signed in: another one's snapshot goes, and fresh scans without an owner are given to this one. Not to somebody
 * who was about to leave: the question may have been older than the next one's sign-in, so it is asked again.
 * @param {KeptSnapshot} snapshot
 * @param {import("./lib/contact.js").ServerTime} time
 * @param {Session | null} asker who was signed in when the server was asked
 * @returns {Promise<Fate>}
 */
export function welcome(snapshot, time, asker) {
  const now = Date.parse(snapshot.at);
  const person = snapshot.body.person.id;
  return run("readwrite", async (stores) => {
    const overtaken = await overtakenBy(stores, asker);
    if (overtaken) return overtaken;
    if (asker?.isLeft && asker.person === person) {
      stores.facts.put({ person, signedIn: true }, "session");
      return "ask";
    }
    for (const entry of /** @type {Entry[]} */ (await finished(stores.outbox.getAll()))) {
      if (canBeAdopted(entry, now)) stores.outbox.put({ ...entry, ...adoption(entry, person, now) });
      else if (isOver(entry, now)) stores.outbox.delete(entry.id);
      else if (entry.verdict?.verdict === "stored") stores.outbox.put({ ...entry, verdict: inFull(entry.verdict, snapshot.body) });
    }
    // The installation of somebody else, with a key or not yet, stays somebody else's: this person begins a new one.
    const [keyed, before] = [await finished(stores.facts.get("keyed")), await finished(stores.facts.get("session"))];
    if ([keyed, before].some((each) => each && each.person !== person)) for (const name of ["device", "keyed", "key"]) stores.facts.delete(name);
    stores.facts.put({ person, signedIn: true }, "session");
    stores.facts.put(time, "server_time");
    stores.snapshot.put(snapshot, "mine");
    return "kept";
  });
}

/**
 * What to do with an answer when somebody signed in or out here, in another tab, while the server was asked: it may be of another
 * person. Whoever is about to sign in, or has signed out, leads to another page, which asks itself.
 * @param {import("./lib/types.js").Stores} stores
 * @param {Session | null} asker
 * @returns {Promise<Fate | null>} null when nothing has changed
 */
async function overtakenBy({ facts }, asker) {
  /** @type {Session | undefined} */
  const present = await finished(facts.get("session"));
  if (present?.person === asker?.person && present?.signedIn === asker?.signedIn && present?.isLeft === asker?.isLeft) return null;
  return present?.signedIn ? "ask" : "left";
}

/**
 * The snapshot was found unchanged: it is as good as new.
 * @param {KeptSnapshot} snapshot
 * @param {Session | null} asker
 * @returns {Promise<Fate>}
 */
function touch(snapshot, asker) {
  return run("readwrite", async (stores) => {
    const overtaken = await overtakenBy(stores, asker);
    if (!overtaken) stores.snapshot.put(snapshot, "mine");
    return overtaken ?? "kept";
  });
}

/**
 * Nobody is signed in: bookings go from this phone, but scans stay with the person who made them.
 * @param {Session | null} asker
 * @returns {Promise<Fate>}
 */
export function farewell(asker) {
  return run("readwrite", async (stores) => {
    const overtaken = await overtakenBy(stores, asker);
    if (overtaken) return overtaken;
    const session = await finished(stores.facts.get("session"));
    if (session) stores.facts.put({ person: session.person, signedIn: false }, "session");
    stores.snapshot.clear();
    return "kept";
  });
}

/**
 * What was sent without a session was only stored; the snapshot tells what became of it.
 * @param {import("./lib/types.js").Verdict} verdict
 * @param {any} body
 * @returns {import("./lib/types.js").Verdict}
 */
export function inFull(verdict, body) {
  const known = body.checkins?.find((/** @type {any} */ { id }) => id === verdict.id);
  if (!known) return verdict;
  const space = body.spaces[known.space];
  return { ...verdict, ...known, space: space ? { slug: known.space, name: space.name } : null };
}

/**
 * Signing in leads through other pages, so a scan of this very page's life was made while the person was signed in already:
 * the phone had only not asked yet.
 * @param {Entry} entry
 * @param {string} person
 * @param {number} now
 */
export function adoption({ event }, person, now) {
  const isOwn = event.boot === BOOT && now - Date.parse(event.captured_at) < 120_000;
  return isOwn ? { owner: person } : { adopter: person };
}

/**
 * A scan made while nobody was signed in goes to whoever signs in within a day.
 * @param {Entry} entry
 * @param {number} now
 */
export function canBeAdopted(entry, now) {
  return entry.state === "waiting" && holder(entry) === null && Math.abs(now - Date.parse(entry.event.captured_at)) <= DAY;
}

/**
 * Whether the phone may forget an event: it arrived, and the time in which a restored server could ask for it again is over.
 * @param {Entry} entry
 * @param {number} now
 */
export function isOver(entry, now) {
  return entry.state === "done" && entry.sent_at !== null && now - Date.parse(entry.sent_at) > KEPT;
}
