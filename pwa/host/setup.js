// Makes this browser a device of a space: asks for its name and fetches the token it shows from then on.

import { ask } from "../lib/contact.js";
import { el, link, part, say } from "../ui/dom.js";
import { finished, run } from "./store.js";

const REASONS = new Map([[401, "setup_sign_in"], [403, "setup_sign_in"], [404, "setup_not_host"], [0, "setup_offline"]]);

/**
 * @param {string} slug
 * @param {"new" | "revoked"} why
 * @param {() => void} done
 */
export function showSetup(slug, why, done) {
  const region = part("setup");
  if (region.dataset.why === why && !region.hidden) return;
  region.dataset.why = why;
  region.hidden = false;
  const field = el("input", { id: "device-name", name: "name", type: "text", required: true, maxlength: "60", autocomplete: "off", value: say("setup_name_default") });
  const wrong = el("div", { role: "alert", class: "stack tight" });
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    wrong.replaceChildren();
    const status = await register(slug, field.value.trim() || say("setup_name_default"));
    if (status === 200) {
      region.hidden = true;
      return done();
    }
    const key = REASONS.get(status) ?? "setup_failed";
    const way = key === "setup_sign_in" && link(say("sign_in"), `/anmelden?next=${encodeURIComponent(location.pathname)}`, "primary small");
    return wrong.replaceChildren(el("p", { class: "wrong" }, say(key)), ...(way ? [way] : []));
  };
  region.replaceChildren(
    el("h2", {}, say(`setup_${why}`)), el("p", {}, say(`setup_${why}_what`)),
    el("form", { class: "stack", submit },
      el("div", { class: "field" }, el("label", { for: "device-name" }, say("setup_name")),
        el("p", { class: "hint", id: "device-name-hint" }, say("setup_name_hint")), field),
      wrong, el("button", { type: "submit", class: "button primary" }, say("setup_do"))));
  field.setAttribute("aria-describedby", "device-name-hint");
}

/**
 * @param {string} slug
 * @param {string} name
 * @returns {Promise<number>} the server's status; 200 when the token is kept
 */
async function register(slug, name) {
  const known = await run("readonly", ({ facts }) => finished(facts.get(`device ${slug}`)));
  const device = known ?? { id: crypto.randomUUID(), seq: 0 };
  const { status, body } = await ask(`/api/v1/host/${encodeURIComponent(slug)}/device`, {
    method: "PUT", headers: { "Content-Type": "application/json", "Nahplatz-Client": "1" },
    body: JSON.stringify({ device: device.id, name, public_key: null }),
  });
  const { token } = /** @type {any} */ (body ?? {});
  if (status !== 200 || typeof token !== "string") return status === 200 ? 0 : status;
  await run("readwrite", async ({ facts }) => {
    const now = (await finished(facts.get(`device ${slug}`))) ?? device;
    facts.put({ id: now.id, seq: now.seq, token, name }, `device ${slug}`);
  });
  await navigator.storage?.persist?.();
  return 200;
}
