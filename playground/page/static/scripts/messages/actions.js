/** What a person can do with a message: the buttons over it, its menu, its reactions, its keys. */

import { character } from "../emoji/names.js";
import { openEmojiPicker } from "../emoji/picker.js";
import { askToConfirm } from "../interface/dialogs.js";
import { h } from "../interface/dom.js";
import { icon } from "../interface/icons.js";
import { openMenu } from "../interface/menus.js";
import { attempt, showToast } from "../interface/toasts.js";
import { act } from "../server/requests.js";
import { SHORTCUTS } from "../state/manifest.js";
import { change, current, openBeside, openThread } from "../state/navigation.js";
import { canLookAt, nameOf } from "../state/workspace.js";

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
  if (event.target.matches("textarea, input")) return; // the person writes or chooses
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
  openEmojiPicker(anchor, (name) => react(message, channel, name));
}

async function copyLink({ permalink }) {
  await attempt(async () => {
    await navigator.clipboard.writeText(permalink);
    showToast("Link copied", { detail: permalink });
  });
}

function openActions(anchor, message, channel) {
  const { person } = current;
  const link = { label: "Copy link", sign: icon("link", { size: 16 }), choose: () => copyLink(message) };
  const beside = {
    label: "Open beside the agent",
    sign: icon("eye", { size: 16 }),
    choose: () => openBeside(channel, message.ts),
  };
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
  const all = [...shortcuts, canLookAt(channel) && beside, link, ...(isOwn(message) ? own : [])];
  openMenu(anchor, all.filter(Boolean), { label: "Message actions" });
}

async function remove(message, channel) {
  if (!(await askToConfirm("Delete this message? It is gone for everybody.", { yes: "Delete" }))) return;
  await attempt(() => act("delete", { user: current.person, channel, ts: message.ts }));
}
