/** Announcements for screen readers: what others write in the open conversation, and what the agent is doing. */

import { pressesInMessage } from "../block_kit/presses.js";
import { h } from "../interface/dom.js";
import { body } from "../messages/body.js";
import { current } from "../state/navigation.js";
import { bot, nameOf, openChannel, store, threadStatus } from "../state/workspace.js";
import { beginning, spoken } from "../text/spoken.js";

const LONGEST = 600; // characters of a message
const KEPT_SECONDS = 10; // long enough for every screen reader to take up an announcement
const QUIET = 700; // milliseconds without a change of a message until it is announced: some answers grow by updates

const told = new Map(); // from a message's key to the message as it was when it was announced or skipped
const waiting = new Map(); // from a message's key to the timer of its announcement

/** Announces what is new in the open conversation. An answer is announced when it is complete. */
export function announceChanges(patch) {
  if (patch.reset) return;
  for (const [key, value] of Object.entries(patch.set)) {
    const [kind, channel, ts] = key.split("/");
    if (kind === "status" && channel === openChannel()) say(asSentence(threadStatus(channel, ts)));
    if (kind === "message") expect(key, value, channel);
    if (kind === "ephemeral" && value.to === current.person)
      expect(key, { ...value, user: bot().user_id }, value.channel, "only visible to you");
  }
}

/** Announces the message as soon as it changes no more. */
function expect(key, message, channel, note = "") {
  clearTimeout(waiting.get(key));
  if (!isUnfinished(message))
    waiting.set(
      key,
      setTimeout(() => tell(key, message, channel, note), QUIET),
    );
}

/** Announces the message, unless only its buttons have changed or it is somewhere else. */
function tell(key, message, channel, note) {
  const before = told.get(key);
  told.set(key, message);
  if (channel !== openChannel() || message.user === current.person) return;
  const text = spokenMessage(message, channel);
  if (!text || (before && spokenMessage(before, channel) === text)) return;
  say(`${[nameOf(message.user), note].filter(Boolean).join(", ")}: ${beginning(text, LONGEST)}`);
}

const isUnfinished = (message) => message.streaming_state === "in_progress";

/** The content of a message in whole sentences. */
function spokenMessage(message, channel) {
  return spoken(body(message, pressesInMessage(message, channel)));
}

/** Adds the sentence below the ones before, which some screen readers have not said yet. */
function say(sentence) {
  if (!sentence) return;
  const line = h("p", {}, sentence);
  document.getElementById("announcements").append(line);
  setTimeout(() => line.remove(), KEPT_SECONDS * 1000);
}

function asSentence(status) {
  return status.replace(/\.{3}$|…$/, "").replace(/[^.!?]$/, "$&.");
}

/** Takes all messages that exist as announced; called when the page is opened. */
export function skipWhatIsThere() {
  for (const [rest, message] of store.all("message")) if (!isUnfinished(message)) told.set(`message/${rest}`, message);
}
