/** What a person can do with a message: the buttons over it, its menu, its reactions, its keys. */

import { askToConfirm } from "../interface/dialogs.js";
import { h } from "../interface/dom.js";
import { icon } from "../interface/icons.js";
import { openMenu } from "../interface/menus.js";
import { attempt } from "../interface/toasts.js";
import { act } from "../server/requests.js";
import { SHORTCUTS } from "../state/manifest.js";
import { change, current, openThread } from "../state/navigation.js";
import { nameOf } from "../state/workspace.js";
import { character, names, QUICK } from "../text/emoji.js";

/** Reactions that are offered after the ones that are used most. */
const MORE = [
  "-1",
  "pray",
  "fire",
  "clap",
  "100",
  "bulb",
  "warning",
  "question",
  "sob",
  "sunglasses",
  "wave",
  "robot_face",
];

/** The buttons over a message. They are visible while the pointer or the focus is on the message. */
export function toolbar(message, channel, { inThread }) {
  const button = (sign, label, onclick) =>
    h("button", { class: "button-icon", "aria-label": label, title: label, onclick }, icon(sign));
  return h(
    "div",
    { class: "message-tools", role: "group", "aria-label": "Actions" },
    button("smile", "Add a reaction", (event) => openPicker(event.currentTarget, message, channel)),
    !inThread && button("thread", "Reply in thread", () => openThread(message.ts)),
    button("more", "More actions", (event) => openActions(event.currentTarget, message, channel)),
  );
}

export function reactions(message, channel) {
  if (!message.reactions?.length) return null;
  const one = ({ name, users = [], count }) => {
    const isMine = users.includes(current.person);
    const label = `${name}: ${count ?? users.length}, ${users.map(nameOf).join(", ")}`;
    const properties = {
      class: isMine ? "reaction is-mine" : "reaction",
      "aria-pressed": String(isMine),
      "aria-label": label,
      title: label,
    };
    return h(
      "button",
      { ...properties, onclick: () => react(message, channel, name) },
      h("span", { class: "emoji" }, character(name) || `:${name}:`),
      String(count ?? users.length),
    );
  };
  const add = h(
    "button",
    {
      class: "reaction",
      "aria-label": "Add a reaction",
      onclick: (event) => openPicker(event.currentTarget, message, channel),
    },
    icon("smile", { size: 15 }),
  );
  return h("div", { class: "reactions", role: "group", "aria-label": "Reactions" }, message.reactions.map(one), add);
}

/** Keys that work while the focus is in a message: e edits, r reacts, m opens the menu, t and Enter open the thread. */
export function keyOnMessage(event, element, message, channel, { inThread }) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const isEnter = event.key === "Enter" && event.target === element;
  const tool = (label) => element.querySelector(`.message-tools [aria-label="${label}"]`);
  if (event.key === "e" && isOwn(message)) edit(message, channel);
  else if (event.key === "r") openPicker(tool("Add a reaction"), message, channel);
  else if (event.key === "m") openActions(tool("More actions"), message, channel);
  else if ((event.key === "t" || isEnter) && !inThread) openThread(message.ts);
  else return;
  event.preventDefault();
}

/** Opens the message for editing, in its place in the list. */
export function edit(message, channel) {
  change({ editing: `${channel}/${message.ts}` });
}

/** Whether the person wrote the message, so that they may edit and delete it. */
export function isOwn(message) {
  return message.user === current.person && !message.bot_id && message.subtype !== "tombstone";
}

function react(message, channel, name) {
  return attempt(() => act("react", { user: current.person, channel, ts: message.ts, name }));
}

function openPicker(anchor, message, channel) {
  const known = new Set(names());
  const choices = [...QUICK, ...MORE].filter((name) => known.has(name));
  const items = choices.map((name) => ({
    label: name,
    text: character(name),
    choose: () => react(message, channel, name),
  }));
  openMenu(anchor, items, { label: "Reactions", columns: 5 });
}

function openActions(anchor, message, channel) {
  const { person } = current;
  const shortcuts = SHORTCUTS.map(({ name, callback_id }) => ({
    label: name,
    sign: icon("spark", { size: 16 }),
    choose: () => attempt(() => act("shortcut", { user: person, channel, ts: message.ts, callback_id })),
  }));
  const own = [
    { label: "Edit message", detail: "E", sign: icon("pencil", { size: 16 }), choose: () => edit(message, channel) },
    {
      label: "Delete message…",
      sign: icon("trash", { size: 16 }),
      isDanger: true,
      choose: () => remove(message, channel),
    },
  ];
  openMenu(anchor, isOwn(message) ? [...shortcuts, ...own] : shortcuts, { label: "Message actions" });
}

async function remove(message, channel) {
  if (!(await askToConfirm("Delete this message? It is gone for everybody.", { yes: "Delete" }))) return;
  await attempt(() => act("delete", { user: current.person, channel, ts: message.ts }));
}
