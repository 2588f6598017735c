// After a booking, and not before: whether this device shall remind of it. Asked until somebody has answered.

import { button, el, link, say } from "./dom.js";

/** @param {HTMLElement} place */
export async function offerReminders(place) {
  const isAnswered = "Notification" in window && Notification.permission !== "default";
  if (isAnswered || localStorage.getItem("remind") === "no") return;
  const decline = button(say("remind_no"), () => {
    localStorage.setItem("remind", "no");
    place.hidden = true;
  }, "quiet small");
  const accept = link(say("remind_yes"), "/profil/nachrichten#geraete", "primary small");
  place.replaceChildren(el("h2", {}, say("remind")), el("p", {}, say("remind_why")), el("div", { class: "row" }, accept, decline));
  place.hidden = false;
}
