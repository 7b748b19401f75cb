/** What a channel and a thread have in common: a list and a composer, which are kept while others are looked at. */

import { act } from "./api.js";
import { Composer } from "./composer.js";
import { h } from "./dom.js";
import { Feed } from "./feed.js";
import { icon } from "./icons.js";
import { look, openThread } from "./look.js";
import { COMMANDS } from "./manifest.js";
import { editLast } from "./messages.js";
import { attempt } from "./toasts.js";
import { bot, canStop, isDirect, store, threadStatus } from "./workspace.js";
import { escaped } from "./writing.js";

const feeds = new Map(); // by place: "C1" or "C1/TS"
const composers = new Map();

export function feedOf(channel, thread = "") {
  const name = `${channel}/${thread}`;
  if (!feeds.has(name)) feeds.set(name, new Feed(thread ? "Messages of the thread" : "Messages"));
  return feeds.get(name);
}

/** The composer of a place. What is half written there is still there when the person comes back. */
export function composerOf(channel, thread, label) {
  const name = `${look.person}/${channel}/${thread}`;
  if (!composers.has(name)) {
    const onEmptyUp = () => editLast(thread ? store.thread(channel, thread) : inChannel(channel), channel);
    composers.set(name, new Composer({ label, send: (typed) => send(channel, thread, typed), onEmptyUp }));
  }
  return composers.get(name);
}

export function inChannel(channel) {
  return store
    .messages(channel)
    .filter((message) => message.in_channel ?? (!message.thread_ts || message.thread_ts === message.ts));
}

/** Sends what was typed. What was said to the agent opens its thread, where the answer will be. */
export async function send(channel, thread, { text, files = [] }) {
  const user = look.person;
  if (text.startsWith("/") && (await command(channel, thread, text))) return;
  const written = escaped(text);
  const { ts } = await act("say", {
    user,
    channel,
    text: written,
    ...(thread ? { thread_ts: thread } : {}),
    ...(files.length ? { files } : {}),
  });
  const isToAgent = isDirect(store.get(`channel/${channel}`)) || written.includes(`<@${bot().user_id}>`);
  if (!thread && isToAgent) openThread(ts);
}

async function command(channel, thread, text) {
  const [name, ...rest] = text.split(/\s+/);
  if (!COMMANDS.some((one) => one.command === name))
    throw new Error(`${name} is not a command. There is: ${COMMANDS.map((one) => one.command).join(", ")}`);
  if (thread) throw new Error(`Slack has no commands in threads. Write ${name} in the channel.`);
  await act("command", { user: look.person, channel, command: name, text: rest.join(" ") });
  return true;
}

/** The line that says what the agent is doing, and in direct messages Slack's own button to stop it. */
export function statusLine(channel, thread) {
  const stoppable = canStop(channel, thread);
  const status = threadStatus(channel, thread) || (stoppable && `${bot().name} is working…`);
  const stop = () => attempt(() => act("stop", { user: look.person, channel, thread_ts: thread }));
  return h(
    "div",
    { class: status || stoppable ? "status is-shown" : "status", key: "status" },
    status && [h("span", { class: "dots", "aria-hidden": "true" }), h("span", { class: "status-text" }, status)],
    h("span", { class: "spacer" }),
    stoppable &&
      h("button", { class: "button button-stop", onclick: stop }, icon("stop", { size: 14, filled: true }), "Stop"),
  );
}

/** The prompts that the agent suggests in a place; pressing one says it. */
export function suggestions(channel, thread = "") {
  const suggested = store.get(thread ? `prompts/${channel}/${thread}` : `prompts/${channel}`);
  if (!suggested?.prompts?.length) return null;
  const say = (message) => attempt(() => send(channel, thread, { text: message }));
  const prompt = ({ title, message }) =>
    h("button", { class: "prompt", title: message, onclick: () => say(message) }, icon("spark", { size: 14 }), title);
  return h(
    "div",
    { class: "prompts", role: "group", "aria-label": suggested.title || "Suggestions", key: "prompts" },
    suggested.prompts.map(prompt),
  );
}
