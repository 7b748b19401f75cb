/** What a person has not seen yet: kept in this tab, for each of the people who are spoken as. */

import { look } from "./look.js";
import { openChannel, store } from "./workspace.js";

const seen = new Map(); // "U1/C1": the ts of the newest message that was shown
let start = ""; // what was there when the page came is not new

export function beginHere() {
  const newest = store
    .all("message")
    .map(([, message]) => message.ts)
    .sort()
    .at(-1);
  start ||= newest ?? "0";
}

/** Whatever is in the open conversation counts as seen, as long as the page itself can be seen. */
export function noteSeen() {
  const channel = openChannel();
  const isShown = channel && !document.hidden && !(look.place.kind === "app" && look.place.tab === "home");
  if (isShown) seen.set(`${look.person}/${channel}`, store.messages(channel).at(-1)?.ts ?? "0");
}

/** {isUnread, mentions}: whether somebody else has written, and how often this person was named. */
export function unread(channel) {
  const since = seen.get(`${look.person}/${channel}`) ?? start;
  const fresh = store.messages(channel).filter((message) => message.ts > since && message.user !== look.person);
  const mentions = fresh.filter((message) => message.text?.includes(`<@${look.person}>`)).length;
  return { isUnread: fresh.length > 0, mentions };
}
