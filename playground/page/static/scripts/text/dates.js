/** Moments in Slack's text, `<!date^1795948728^{date_short_pretty} {time}|2026-11-29>`, in the reader's own time. */

import { h } from "../interface/dom.js";
import { agoOf, dateOf, fullTimeOf, midnight, moment, nearDayOf, secondsOf, timeOf } from "../interface/times.js";

const HALF_A_YEAR = 183 * 86_400_000; // milliseconds; Slack leaves out the year of dates that are closer
const LONG = { weekday: "long", day: "numeric", month: "long" };
const PLAIN = { day: "numeric", month: "long" };
const SHORT = { day: "numeric", month: "short" };

/** What each `{name}` in a format stands for, from a Date to a text. */
const PARTS = {
  date_num: (then) => [then.getFullYear(), padded(then.getMonth() + 1), padded(then.getDate())].join("-"),
  date_slash: (then) => dateOf(then, { day: "2-digit", month: "2-digit", year: "numeric" }),
  date: (then) => dated(then, PLAIN),
  date_short: (then) => dated(then, SHORT),
  date_long: (then) => dated(then, LONG),
  date_long_full: (then) => dateOf(then, { ...PLAIN, year: "numeric" }),
  date_pretty: (then) => nearDayOf(then) || dated(then, PLAIN),
  date_short_pretty: (then) => nearDayOf(then) || dated(then, SHORT),
  date_long_pretty: (then) => nearDayOf(then) || dated(then, LONG),
  day_divider_pretty: (then) => nearDayOf(then) || dated(then, LONG),
  time: timeOf,
  time_secs: secondsOf,
  ago: agoOf,
};

/**
 * The element for a moment, `seconds` since 1970 as a text or a number. `otherwise` is what Slack shows if the moment or
 * the format makes no sense.
 */
export function dateElement(seconds, format, otherwise) {
  const shown = /^\d{1,12}$/.test(seconds) ? formatted(moment(Number(seconds)), format) : "";
  return shown ? h("time", { title: fullTimeOf(Number(seconds)) }, shown) : h("time", {}, otherwise);
}

/** The text for a moment, with a capital at the beginning as in Slack; "" if the format has an unknown part. */
function formatted(then, format) {
  const names = [...format.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  if (!names.every((name) => Object.hasOwn(PARTS, name))) return "";
  const shown = format.replace(/\{(\w+)\}/g, (_, name) => PARTS[name](then));
  return shown.charAt(0).toUpperCase() + shown.slice(1);
}

function dated(then, options) {
  const isNear = Math.abs(midnight(new Date()) - midnight(then)) < HALF_A_YEAR;
  return dateOf(then, isNear ? options : { ...options, year: "numeric" });
}

function padded(number) {
  return String(number).padStart(2, "0");
}
