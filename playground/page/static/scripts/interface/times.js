/** Times and durations as people read them. A `ts` of Slack is seconds since 1970, with six digits after the point. */

import { current } from "../state/navigation.js";

/** Hours as the browser's language writes them, or as the person has chosen: from the chosen clock to options. */
const IS_12 = new Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions().hour12;
const CLOCKS = {
  system: { hour: IS_12 ? "numeric" : "2-digit" },
  12: { hour: "numeric", hourCycle: "h12" },
  24: { hour: "2-digit", hourCycle: "h23" },
};
const made = new Map(); // from options to their formatter, because making one takes long

/** A Date from a time of the server: seconds or milliseconds since 1970, as a number or a string, or ISO 8601. */
export function moment(value) {
  if (value instanceof Date) return value;
  const number = typeof value === "number" ? value : /^[\d.]+$/.test(value) ? Number(value) : NaN;
  if (Number.isNaN(number)) return new Date(value);
  return new Date(number > 1e11 ? number : number * 1000);
}

export const timeOf = (value) => clock({ minute: "2-digit" }).format(moment(value));

/** The time without "am" and "pm", where there is little room. */
export const shortTimeOf = (value) => {
  const parts = clock({ minute: "2-digit" }).formatToParts(moment(value));
  return parts
    .map(({ type, value: text }) => (type === "dayPeriod" ? "" : text))
    .join("")
    .trim();
};
export const secondsOf = (value) => clock({ minute: "2-digit", second: "2-digit" }).format(moment(value));
export const fullTimeOf = (value) => {
  const day = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
  return clock({ ...day, minute: "2-digit", second: "2-digit" }).format(moment(value));
};

/** The date with the fields of Intl.DateTimeFormat's `options`. */
export const dateOf = (value, options) => formatter(options).format(moment(value));

/** "Today", "Yesterday" or the date. */
export function dayOf(value) {
  const near = nearDayOf(value);
  if (near && near !== "tomorrow") return near[0].toUpperCase() + near.slice(1);
  return dateOf(value, { weekday: "long", day: "numeric", month: "long" });
}

/** "yesterday", "today" or "tomorrow"; "" for every other day. */
export function nearDayOf(value) {
  const days = Math.round((midnight(moment(value)) - midnight(new Date())) / 86_400_000);
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[days] ?? "";
}

/** How long ago something was, or in which time it will be, as in `3 minutes ago`. */
export function agoOf(value) {
  const seconds = Math.round((moment(value) - Date.now()) / 1000);
  const units = { day: 86_400, hour: 3600, minute: 60, second: 1 };
  const [unit, length] = Object.entries(units).find(([, one]) => Math.abs(seconds) >= one) ?? ["second", 1];
  return new Intl.RelativeTimeFormat("en").format(Math.trunc(seconds / length), unit);
}

export function midnight(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate());
}

/** A duration, as in `15 ms`, `2.4 s` or `2 min 5 s`. */
export function duration(milliseconds) {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return `${Math.floor(milliseconds / 60_000)} min ${Math.round((milliseconds % 60_000) / 1000)} s`;
}

function clock(options) {
  return formatter({ ...CLOCKS[current.clock], ...options });
}

function formatter(options) {
  const key = JSON.stringify(options);
  if (!made.has(key)) made.set(key, new Intl.DateTimeFormat(undefined, options));
  return made.get(key);
}
