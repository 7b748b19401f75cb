/** The main pane: a channel, or the agent with its two tabs. */

import { homeTab } from "../block_kit/home_tab.js";
import { avatar } from "../interface/avatars.js";
import { h } from "../interface/dom.js";
import { icon } from "../interface/icons.js";
import { attempt } from "../interface/toasts.js";
import { change, current, go } from "../state/navigation.js";
import { agentOf, bot, channelName, isDirect, openChannel, store } from "../state/workspace.js";
import { composerOf, feedOf, inChannel, send, suggestions } from "./conversation.js";

/** Examples to try in a channel that has no messages yet. */
const STARTERS = [
  { title: "Three tools in a row", text: "are there any weather alerts where I am?" },
  { title: "Two at once", text: "any weather alerts in New York and Texas?" },
  { title: "No tool at all", text: "write me a haiku about patience" },
];

const DEFAULT_AGENT = "default";

export function mainPane() {
  const { place } = current;
  if (!place) return [h("p", { class: "empty", key: "empty" }, "Choose a conversation.")];
  if (place.kind === "app") return [appHead(place.tab), ...(place.tab === "home" ? [homeTab()] : messagesTab())];
  const channel = store.get(`channel/${place.channel}`);
  if (!channel) return [h("p", { class: "empty", key: "empty" }, "This conversation does not exist any more.")];
  return [channelHead(channel), ...conversation(channel, channelIntro(channel), `Message ${titleOf(channel)}`)];
}

function conversation(channel, intro, label) {
  const feed = feedOf(channel.id);
  feed.show(channel.id, inChannel(channel.id), { intro });
  const top = isDirect(channel) ? suggestions(channel.id) : null;
  return [feed.element, top, composerOf(channel.id, "", label).element];
}

function messagesTab() {
  const channel = store.get(`channel/${openChannel()}`);
  if (!channel) return [h("p", { class: "empty", key: "empty" }, "Opening your direct messages…")];
  return conversation(channel, appIntro(channel), `Message ${bot().name}`);
}

function titleOf(channel) {
  return channel.kind === "im" || channel.kind === "mpim" ? channelName(channel) : `#${channel.name}`;
}

function channelHead(channel) {
  const sign = channel.kind === "channel" ? "hash" : channel.kind === "private" ? "lock" : "message";
  const faces = channel.members.slice(0, 4).map((id) => avatar(id, 22));
  const count = `${channel.members.length} members`;
  return h(
    "header",
    { class: "pane-head", key: "head" },
    back(),
    icon(sign, { size: 18 }),
    h("div", { class: "pane-title" }, h("h1", {}, channelName(channel)), topic(channel)),
    h(
      "span",
      { class: "faces not-narrow", title: count, role: "img", "aria-label": count },
      faces,
      h("span", { class: "faces-count" }, String(channel.members.length)),
    ),
    drawerButtons(),
  );
}

/** Who answers in the channel, behind its name; nothing where it is the default agent. */
function topic(channel) {
  const agent = agentOf(channel.id);
  if (!agent?.name || agent.name === DEFAULT_AGENT) return null;
  return h("span", { class: "topic", title: agent.description }, `${agent.name} answers here`);
}

function appHead(tab) {
  const link = (name, label) =>
    h(
      "a",
      {
        class: "tab",
        href: `#/app/${name}`,
        "aria-current": tab === name ? "page" : null,
        onclick: (event) => follow(event, name),
      },
      label,
    );
  return h(
    "header",
    { class: "pane-head", key: "head" },
    back(),
    avatar(bot().user_id, 28),
    h("div", { class: "pane-title is-short" }, h("h1", {}, bot().name)),
    h("nav", { class: "tabs", "aria-label": "Tabs of the agent" }, link("home", "Home"), link("messages", "Messages")),
    h("span", { class: "spacer" }),
    drawerButtons(),
  );
}

function follow(event, tab) {
  event.preventDefault();
  go(`#/app/${tab}`);
}

function back() {
  return h(
    "button",
    { class: "button-icon only-narrow", "aria-label": "Back to the list", onclick: () => go("#/") },
    icon("back"),
  );
}

function drawerButtons() {
  const button = (drawer, sign, label) => {
    const isOpen = drawer === "break" ? current.drawer === "break" : ["run", "traffic"].includes(current.drawer);
    const onclick = () => change({ drawer: isOpen ? "" : drawer });
    return h(
      "button",
      { class: `button button-quiet button-${drawer}`, "aria-expanded": String(isOpen), onclick },
      icon(sign, { size: 16 }),
      h("span", { class: "label" }, label),
    );
  };
  return h("div", { class: "pane-buttons" }, button("run", "wave", "Look inside"), button("break", "bolt", "Break it"));
}

function channelIntro(channel) {
  const text = `This is the beginning of ${titleOf(channel)}. Mention @${bot().name} and it answers in a thread.`;
  const intro = [h("p", {}, text), whoAnswers(channel)];
  const isNew = !store.messages(channel.id).length && channel.members.includes(bot().user_id);
  return h(
    "div",
    { class: "intro" },
    h("p", { class: "intro-title" }, titleOf(channel)),
    intro,
    isNew && starters(channel),
  );
}

function whoAnswers(channel) {
  const agent = agentOf(channel.id);
  if (!agent?.name) return null;
  return h("p", { class: "who-answers" }, "The agent here is ", h("strong", {}, agent.name), `. ${agent.description}`);
}

/** What can be asked of the agent here: what its file suggests, and examples for the default agent. */
function questions(channel) {
  const agent = agentOf(channel.id);
  const suggested = agent?.prompts?.map(({ title, message }) => ({ title, text: message })) ?? [];
  return suggested.length || (agent?.name ?? DEFAULT_AGENT) !== DEFAULT_AGENT ? suggested : STARTERS;
}

function starters(channel) {
  const say = (text) => attempt(() => send(channel.id, "", { text }));
  const starter = ({ title, text }) => {
    const whole = `@${bot().name} ${text}`;
    return h("button", { class: "starter", onclick: () => say(whole) }, h("small", {}, title), h("span", {}, whole));
  };
  const offered = questions(channel).map(starter);
  if (!offered.length) return null;
  return h("div", { class: "starters", role: "group", "aria-label": "Try one of these" }, offered);
}

function appIntro(channel) {
  const text = "Write to the agent here. Each message begins a conversation, and the answer comes in its thread.";
  return h(
    "div",
    { class: "intro" },
    avatar(bot().user_id, 48),
    h("p", { class: "intro-title" }, bot().name),
    h("p", {}, text),
    whoAnswers(channel),
  );
}
