// What the page says, in the person's language, and the bot's time on the institute's wall clock.

import { ask } from "./door.js";

export const start = await (await ask("/local/start")).json();

export let lang =
  localStorage.getItem("lang") ?? (navigator.language.startsWith("en") ? "en" : "nl");
export let ahead = 0; // seconds that the bot's clock runs ahead of the real one
let offset = 0; // the bot's clock minus this computer's

export function setLanguage(wanted) {
  lang = wanted;
  localStorage.setItem("lang", lang);
}

export function setTime(told) {
  offset = new Date(told.now) - Date.now();
  ahead = told.ahead;
}

export const word = (key, values = {}) =>
  start.words[lang][key].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

function format(moment, options) {
  const locale = lang === "nl" ? "nl-NL" : "en-GB";
  return new Intl.DateTimeFormat(locale, { timeZone: start.zone, ...options }).format(moment);
}

export const now = () => new Date(Date.now() + offset);
export const clockTime = (moment) => format(moment, { hour: "2-digit", minute: "2-digit" });
export const dayOf = (moment) =>
  format(moment, { weekday: "long", day: "numeric", month: "long", year: "numeric" });

/** Now on the institute's wall clock, as an input wants it. */
export const localMoment = () =>
  new Intl.DateTimeFormat("sv-SE", {
    timeZone: start.zone,
    dateStyle: "short",
    timeStyle: "short",
  })
    .format(now())
    .replace(" ", "T");
