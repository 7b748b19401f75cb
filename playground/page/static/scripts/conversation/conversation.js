/**
 * What a channel and a thread have in common: a list of messages and a composer. Both are kept while another
 * conversation is open.
 */

import { Composer } from "../composer/composer.js";
import { escaped } from "../composer/slack_markup.js";
import { h } from "../interface/dom.js";
import { icon } from "../interface/icons.js";
import { attempt } from "../interface/toasts.js";
import { editLast } from "../messages/message.js";
import { act } from "../server/requests.js";
import { COMMANDS } from "../state/manifest.js";
import { change, current, go, openThread } from "../state/navigation.js";
import { bot, canStop, isDirect, lookOf, nameOf, store, threadStatus, titleOf } from "../state/workspace.js";
import { Feed } from "./feed.js";

const feeds = new Map(); // by place: "C1/" or "C1/TS"
const composers = new Map(); // by person and place: "U1/C1/" or "U1/C1/TS"

/** The list of messages of a place. */
export function feedOf(channel, thread = "") {
  const name = `${channel}/${thread}`;
  if (!feeds.has(name)) feeds.set(name, new Feed(thread ? "Messages of the thread" : "Messages"));
  return feeds.get(name);
}

/** The person's composer of a place. It keeps a text that was not sent until the person comes back. */
export function composerOf(channel, thread, label) {
  const name = `${current.person}/${channel}/${thread}`;
  if (!composers.has(name)) {
    const onEmptyUp = () => editLast(thread ? store.thread(channel, thread) : inChannel(channel), channel);
    composers.set(name, new Composer({ label, send: (typed) => send(channel, thread, typed), onEmptyUp }));
  }
  const composer = composers.get(name);
  composer.followPreferences();
  return composer;
}

/** The messages that the channel itself shows: all except those that are only in threads. */
export function inChannel(channel) {
  return store
    .messages(channel)
    .filter((message) => message.in_channel ?? (!message.thread_ts || message.thread_ts === message.ts));
}

/** Sends a message or runs a slash command. A message to the agent opens its thread, where the answer will come. */
export async function send(channel, thread, { text, files = [] }) {
  const user = current.person;
  if (text.startsWith("/")) return command(channel, thread, text);
  const written = escaped(text);
  const { ts } = await act("say", {
    user,
    channel,
    text: written,
    ...(thread ? { thread_ts: thread } : {}),
    ...(files.length ? { files } : {}),
  });
  const isToAgent = isDirect(store.get(`channel/${channel}`)) || written.includes(`<@${bot().user_id}>`);
  if (thread || !isToAgent) return;
  await arrived(channel, ts);
  openThread(ts);
}

/** Resolves when the page has this message: the server answers who has sent it before it tells everybody. */
function arrived(channel, ts) {
  return new Promise((resolve) => {
    const end = store.subscribe(look);
    function look() {
      if (!store.message(channel, ts)) return;
      end();
      resolve();
    }
    look();
  });
}

/** Runs a slash command; throws an Error with a sentence if it does not exist or is not possible here. */
async function command(channel, thread, text) {
  const [name, ...rest] = text.split(/\s+/);
  if (!COMMANDS.some((one) => one.command === name))
    throw new Error(`${name} is not a command. There is: ${COMMANDS.map((one) => one.command).join(", ")}`);
  if (thread) throw new Error(`Slack has no commands in threads. Write ${name} in the channel.`);
  await act("command", { user: current.person, channel, command: name, text: rest.join(" ") });
}

/** Slack's status line and, in direct messages, Slack's button to stop the agent. */
export function statusLine(channel, thread) {
  const stoppable = canStop(channel, thread);
  const status = threadStatus(channel, thread) || (stoppable && `${bot().name} is working…`);
  const stop = () => attempt(() => act("stop", { user: current.person, channel, thread_ts: thread }));
  return h(
    "div",
    { class: status || stoppable ? "status is-shown" : "status", key: "status" },
    status && [h("span", { class: "dots", "aria-hidden": "true" }), h("span", { class: "status-text" }, status)],
    h("span", { class: "spacer" }),
    stoppable &&
      h("button", { class: "button button-stop", onclick: stop }, icon("stop", { size: 14, filled: true }), "Stop"),
  );
}

/**
 * Above the composer of the agent's direct messages: what it is told that the person looks at, with a button that ends
 * that. Nothing in other conversations, where it is told nothing.
 */
export function looking(channel) {
  const look = isDirect(channel) && lookOf(current.person);
  const place = look && store.get(`channel/${look.channel}`);
  if (!place) return null;
  const message = store.message(look.channel, look.ts);
  const here = `#/${[look.channel, message && (message.thread_ts || message.ts)].filter(Boolean).join("/")}`;
  const follow = (event) => {
    event.preventDefault();
    go(here);
  };
  const where = look.ts ? `a message in ${titleOf(place)}` : titleOf(place);
  const words = message && `${nameOf(message.user)}: ${message.visible_text}`;
  return h(
    "div",
    { class: "looking", role: "group", "aria-label": "What the agent is told that you look at", key: "looking" },
    icon("eye", { size: 14 }),
    h("span", { class: "looking-at" }, "Looking at ", h("a", { class: "link", href: here, onclick: follow }, where)),
    words && h("span", { class: "looking-words" }, words),
    h(
      "button",
      { class: "button-icon", "aria-label": "Stop looking at it", title: "Stop looking at it", onclick: () => change({ beside: null }) },
      icon("close", { size: 12 }),
    ),
  );
}

/** The prompts that the agent suggests in a place. Pressing a prompt sends it as a message. */
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
