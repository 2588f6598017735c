// Keeps the cookie that tells the server which events wait here. Only pages can; the service worker has no cookies.

import { COOKIE, told } from "./lib/witness.js";
import { state } from "./store.js";

const DAYS = 180;

/** @param {boolean} isHeard the server has just heard what the cookie said */
export async function witness(isHeard = false) {
  if (typeof document === "undefined" || typeof document.cookie !== "string") return;
  const before = document.cookie.split("; ").find((each) => each.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1) ?? "";
  const now = told((await state()).entries, before, isHeard);
  if (now === before) return;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${COOKIE}=${now}; Path=/; SameSite=Lax; Max-Age=${now === "" ? 0 : DAYS * 86_400}${secure}`;
}
