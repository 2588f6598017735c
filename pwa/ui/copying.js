// What is there to be passed on gets a button that copies it. Without this it is marked and copied by hand.

import { button, say } from "./dom.js";
import { toast } from "./frame.js";

/** @param {HTMLElement} box around one field and its label */
export function copyable(box) {
  const field = box.querySelector("input");
  if (!field) return;
  const copy = async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      toast(say("copied"));
    } catch {
      // Some browsers refuse; what is marked can still be copied by hand.
      toast(say("not_copied"));
    }
  };
  box.append(button(say("copy"), copy, "small"));
}
