/** Says for screen readers what comes from the agent: its answers once they are whole, and what it is doing. */

import { bot, openChannel, store, threadStatus } from "./workspace.js";

const LONGEST = 400; // characters

export function announceFrom(patch) {
  if (patch.reset) return;
  for (const [key, value] of Object.entries(patch.set)) {
    const [kind, channel, ts] = key.split("/");
    if (channel !== openChannel()) continue;
    if (kind === "status") say(threadStatus(channel, ts));
    if (kind === "message" && value.user === bot().user_id && value.streaming_state !== "in_progress")
      answer(value, key);
  }
}

const said = new Map(); // by key: the text that was said, so that a press of a button repeats nothing

function answer(message, key) {
  const text = (message.visible_text ?? message.text ?? "").slice(0, LONGEST);
  if (!text || said.get(key) === text) return;
  said.set(key, text);
  say(`${bot().name}: ${text}`);
}

function say(sentence) {
  if (sentence) document.getElementById("announcements").textContent = sentence;
}

/** What was there before is not news. */
export function knowWhatIsThere() {
  for (const [rest, message] of store.all("message"))
    said.set(`message/${rest}`, (message.visible_text ?? message.text ?? "").slice(0, LONGEST));
}
