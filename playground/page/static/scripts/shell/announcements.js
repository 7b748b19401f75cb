/** Announcements for screen readers: the agent's complete answers, and what it is doing. */

import { bot, openChannel, store, threadStatus } from "../state/workspace.js";

const LONGEST = 400; // characters of an answer

/** Announces what is new in the open conversation. */
export function announceChanges(patch) {
  if (patch.reset) return;
  for (const [key, value] of Object.entries(patch.set)) {
    const [kind, channel, ts] = key.split("/");
    if (channel !== openChannel()) continue;
    if (kind === "status") say(threadStatus(channel, ts));
    if (kind === "message" && value.user === bot().user_id && value.streaming_state !== "in_progress")
      answer(value, key);
  }
}

const said = new Map(); // from a message's key to the announced text, so that a change of its buttons announces nothing

function answer(message, key) {
  const text = (message.visible_text ?? message.text ?? "").slice(0, LONGEST);
  if (!text || said.get(key) === text) return;
  said.set(key, text);
  say(`${bot().name}: ${text}`);
}

function say(sentence) {
  if (sentence) document.getElementById("announcements").textContent = sentence;
}

/** Takes all messages that exist as announced; called when the page is opened. */
export function skipWhatIsThere() {
  for (const [rest, message] of store.all("message"))
    said.set(`message/${rest}`, (message.visible_text ?? message.text ?? "").slice(0, LONGEST));
}
