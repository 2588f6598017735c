// The codes of the printed day sheet. The server prints them (app/hosting/sheets.py). Pure functions.

import { DIGITS } from "./codes.js";

/** @typedef {import("./board.js").Guest} Guest */

/**
 * The short code of a booking on the day sheet, as the server prints it: the first 20 bits of what its pass names it by.
 * @param {string} pass 16 hex digits
 */
export function sheetCode(pass) {
  const bits = Number.parseInt(pass.slice(0, 5), 16);
  return [15, 10, 5, 0].map((shift) => DIGITS[(bits >> shift) & 31]).join("");
}

/**
 * The bookings that a typed code may mean: none, one, or by a rare chance two.
 * @param {readonly Guest[]} guests
 * @param {string} typed
 */
export function byCode(guests, typed) {
  const code = typed.toUpperCase().replaceAll("O", "0").replace(/[IL]/g, "1").replace(/[^0-9A-Z]/g, "");
  return guests.filter(({ pass }) => pass !== null && sheetCode(pass) === code);
}
