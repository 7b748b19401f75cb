/**
 * Which messages a person has not seen yet. Kept in this tab only, for each person that was chosen under "Speaking as".
 */

import { current } from "./navigation.js";
import { openChannel, store } from "./workspace.js";

const seen = new Map(); // from "U1/C1" to the ts of the newest message that was shown
let start = ""; // the ts of the newest message when the page was opened

/** Takes all messages that exist when the page is opened as seen; later calls change nothing. */
export function markAllAsSeen() {
  const newest = store
    .all("message")
    .map(([, message]) => message.ts)
    .sort()
    .at(-1);
  start ||= newest ?? "0";
}

/** Takes the messages of the open conversation as seen, if the page is visible. */
export function noteSeen() {
  const channel = openChannel();
  const isShown = channel && !document.hidden && !(current.place.kind === "app" && current.place.tab === "home");
  if (isShown) seen.set(`${current.person}/${channel}`, store.messages(channel).at(-1)?.ts ?? "0");
}

/** Whether somebody else has written in the channel, and how many of the new messages mention the person. */
export function unread(channel) {
  const since = seen.get(`${current.person}/${channel}`) ?? start;
  const fresh = store.messages(channel).filter((message) => message.ts > since && message.user !== current.person);
  const mentions = fresh.filter((message) => message.text?.includes(`<@${current.person}>`)).length;
  return { isUnread: fresh.length > 0, mentions };
}
