/** The main pane: a channel, or the agent with its two tabs. */

import { homeTab } from "../block_kit/home_tab.js";
import { avatar } from "../interface/avatars.js";
import { h } from "../interface/dom.js";
import { icon } from "../interface/icons.js";
import { attempt } from "../interface/toasts.js";
import { change, current, go, openBeside } from "../state/navigation.js";
import { agentOf, bot, canLookAt, channelName, isDirect, openChannel, store, titleOf } from "../state/workspace.js";
import { composerOf, feedOf, inChannel, looking, send, suggestions } from "./conversation.js";

/** Examples to try in a channel that has no messages yet. */
const STARTERS = [
  { title: "Three tools in a row", text: "are there any weather alerts where I am?" },
  { title: "Two at once", text: "any weather alerts in New York and Texas?" },
  { title: "No tool at all", text: "write me a haiku about patience" },
  { title: "It asks first", text: "file a ticket: the printer on floor 3 is broken" },
];

/** Another one for a channel in which people have talked already. */
const LOOK_BACK = { title: "What was decided?", text: "what did we decide in this channel yesterday?" };

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
  const top = isDirect(channel) ? suggestions(channel.id) : openers(channel);
  return [feed.element, top, looking(channel), composerOf(channel.id, "", label).element];
}

function messagesTab() {
  const channel = store.get(`channel/${openChannel()}`);
  if (!channel) return [h("p", { class: "empty is-late", key: "empty" }, "Opening your direct messages…")];
  return conversation(channel, appIntro(channel), `Message ${bot().name}`);
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
    h("div", { class: "pane-title" }, h("h2", {}, channelName(channel)), topic(channel)),
    h(
      "span",
      { class: "faces not-narrow", title: count, role: "img", "aria-label": count },
      faces,
      h("span", { class: "faces-count" }, String(channel.members.length)),
    ),
    canLookAt(channel.id) && besideButton(channel.id),
    drawerButtons(),
  );
}

function besideButton(channel) {
  const label = "Open beside the agent";
  const onclick = () => openBeside(channel);
  return h("button", { class: "button-icon not-narrow", "aria-label": label, title: label, onclick }, icon("eye"));
}

/** Behind the channel's name: who answers there, where it is not the default agent, and the channel's topic. */
function topic(channel) {
  const agent = agentOf(channel.id);
  const answers = agent?.name && agent.name !== DEFAULT_AGENT && `${agent.name} answers here`;
  const words = [answers, channel.topic].filter(Boolean).join(" · ");
  if (!words) return null;
  return h("span", { class: "topic", title: answers ? agent.description : channel.topic }, words);
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
    h("div", { class: "pane-title is-short" }, h("h2", {}, bot().name)),
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
  const intro = [channel.purpose && h("p", {}, channel.purpose), h("p", {}, text), whoAnswers(channel)];
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
  const starter = ({ title, text }) => {
    const { whole, onclick } = asked(channel, text);
    return h("button", { class: "starter", onclick }, h("small", {}, title), h("span", {}, whole));
  };
  const offered = questions(channel).map(starter);
  if (!offered.length) return null;
  return h("div", { class: "starters", role: "group", "aria-label": "Try one of these" }, offered);
}

/** The same above the composer of a channel in which people have talked, until the agent says something there. */
function openers(channel) {
  const said = store.messages(channel.id);
  const isAgentNew = said.length > 0 && !said.some((message) => message.user === bot().user_id);
  if (!isAgentNew || !channel.members.includes(bot().user_id)) return null;
  const opener = ({ title, text }) => {
    const { whole, onclick } = asked(channel, text);
    return h("button", { class: "prompt", title: whole, onclick }, icon("spark", { size: 14 }), title);
  };
  const offered = questions(channel);
  const all = offered === STARTERS ? [LOOK_BACK, STARTERS[0], STARTERS.at(-1)] : offered;
  if (!all.length) return null;
  return h("div", { class: "prompts", role: "group", "aria-label": "Try one of these", key: "prompts" }, all.map(opener));
}

/** A question to the agent as a person writes it, and what sends it. */
function asked(channel, text) {
  const whole = `@${bot().name} ${text}`;
  return { whole, onclick: () => attempt(() => send(channel.id, "", { text: whole })) };
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
