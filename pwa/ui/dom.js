// Making and finding what is on the page: elements, texts and times. What the server or a code says goes in as text only.

/** @typedef {Node | string | null | undefined | false} Child */

/** @type {{build: string, origin: string, language: string, icons: string}} */
export const boot = read("boot");
/** @type {Record<string, string>} */
const texts = read("texts");
/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();
const locale = boot.language === "en" ? "en-GB" : "de-DE";

/**
 * A text of the page in its language, with what belongs into its braces.
 * @param {string} key
 * @param {Record<string, string | number>} values
 */
export function say(key, values = {}) {
  return (texts[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | boolean | ((event: any) => void)>} attributes functions are listeners
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** @param {string} name of a symbol in the sheet of icons */
export function icon(name) {
  const [svg, use] = ["svg", "use"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${boot.icons}#${name}`);
  svg.append(use);
  return svg;
}

/**
 * A link that looks like a button.
 * @param {string} text
 * @param {string} href
 * @param {string} kind
 * @param {string} [symbol]
 */
export function link(text, href, kind, symbol) {
  return el("a", { class: `button ${kind}`, href }, symbol && icon(symbol), text);
}

/**
 * @param {string} text
 * @param {() => void} click
 * @param {string} kind
 */
export function button(text, click, kind) {
  return el("button", { type: "button", class: `button ${kind}`, click }, text);
}

/**
 * What a template marked with data-ui.
 * @param {string} name
 */
export function part(name) {
  return /** @type {HTMLElement} */ (document.querySelector(`[data-ui="${name}"]`));
}

/**
 * @param {string | number} moment
 * @param {string} [timeZone] that of the place; without it the phone's own
 */
export function time(moment, timeZone) {
  return format(`time ${timeZone}`, { hour: "2-digit", minute: "2-digit", timeZone }, moment);
}

/** @param {number} cents */
export function money(cents) {
  return new Intl.NumberFormat(locale, { style: "currency", currency: "EUR" }).format(cents / 100);
}

/** @param {string} date YYYY-MM-DD, a day of a calendar and so without a zone */
export function day(date) {
  return format("day", { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" }, date);
}

/**
 * Small phones are slow to make formatters.
 * @param {string} key
 * @param {Intl.DateTimeFormatOptions} options
 * @param {string | number} moment
 */
function format(key, options, moment) {
  const kept = formats.get(key) ?? new Intl.DateTimeFormat(locale, options);
  formats.set(key, kept);
  return kept.format(new Date(moment));
}

/** @param {string} id */
function read(id) {
  return JSON.parse(document.getElementById(id)?.textContent ?? "{}");
}
