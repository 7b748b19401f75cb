/** Times and durations as people read them. A `ts` of Slack is seconds since 1970, with six digits after the point. */

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const seconds = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

/** A Date from a time of the server: seconds or milliseconds since 1970, as a number or a string, or ISO 8601. */
export function moment(value) {
  const number = typeof value === "number" ? value : /^[\d.]+$/.test(value) ? Number(value) : NaN;
  if (Number.isNaN(number)) return new Date(value);
  return new Date(number > 1e11 ? number : number * 1000);
}

export const timeOf = (value) => clock.format(moment(value));

/** The time without "am" and "pm", where there is little room. */
export const shortTimeOf = (value) => {
  const parts = clock.formatToParts(moment(value));
  return parts
    .map(({ type, value: text }) => (type === "dayPeriod" ? "" : text))
    .join("")
    .trim();
};
export const secondsOf = (value) => seconds.format(moment(value));
export const fullTimeOf = (value) => full.format(moment(value));

/** "Today", "Yesterday" or the date. */
export function dayOf(value) {
  const then = moment(value);
  const days = Math.round((midnight(new Date()) - midnight(then)) / 86_400_000);
  return days === 0 ? "Today" : days === 1 ? "Yesterday" : day.format(then);
}

function midnight(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate());
}

/** A duration, as in `15 ms`, `2.4 s` or `2 min 5 s`. */
export function duration(milliseconds) {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return `${Math.floor(milliseconds / 60_000)} min ${Math.round((milliseconds % 60_000) / 1000)} s`;
}
