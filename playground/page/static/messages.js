/** One message in a list: who, when, what, and what has come of it. */

import { edit, isOwn, keyOnMessage, reactions, toolbar } from "./actions.js";
import { act } from "./api.js";
import { avatar } from "./avatars.js";
import { body } from "./body.js";
import { Composer } from "./composer.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { change, look, openThread } from "./look.js";
import { inMessage } from "./presses.js";
import { fullTimeOf, shortTimeOf, timeOf } from "./times.js";
import { bot, isWorking, nameOf, store, threadStatus } from "./workspace.js";
import { escaped, typed } from "./writing.js";

/** `isCompact`: the author has just spoken. `replies` and `focus` are what the list knows: see feed.js. */
export function messageElement(message, channel, { isCompact, inThread, replies, focus }) {
  if (message.subtype === "tombstone") return gone(focus);
  if (/^(channel|group)_(join|leave)$/.test(message.subtype ?? "")) return happening(message, focus);
  const isEditing = look.editing === `${channel}/${message.ts}`;
  const isStreaming = message.streaming_state === "in_progress";
  const looks = ["message", isCompact && "is-compact", isStreaming && "is-streaming", isEditing && "is-editing"];
  const properties = {
    ...focus,
    class: looks.filter(Boolean).join(" "),
    "data-ts": message.ts,
    "aria-label": `${nameOf(message.user)}, ${timeOf(message.ts)}`,
    "aria-busy": isStreaming ? "true" : null,
    onkeydown: (event) => !isEditing && keyOnMessage(event, event.currentTarget, message, channel, { inThread }),
  };
  const content = isEditing
    ? editor(message, channel)
    : h(
        "div",
        { class: "body" },
        body(message, inMessage(message, channel)),
        message.edited && !message.bot_id && edited(message),
      );
  return h(
    "li",
    properties,
    isCompact
      ? h("time", { class: "time-beside", title: fullTimeOf(message.ts) }, shortTimeOf(message.ts))
      : avatar(message.user),
    h(
      "div",
      { class: "message-main" },
      !isCompact && author(message),
      content,
      reactions(message, channel),
      !inThread && footer(message, channel, replies),
    ),
    !isEditing && toolbar(message, channel, { inThread }),
  );
}

function author(message) {
  const user = store.get(`user/${message.user}`);
  const isApp = message.bot_id || message.user === bot().user_id;
  const isForeign = user?.team_id && user.team_id !== store.get("team")?.id;
  return h(
    "div",
    { class: "message-head" },
    h("span", { class: "author" }, nameOf(message.user)),
    isApp && h("span", { class: "badge" }, "app"),
    user?.is_guest && h("span", { class: "badge" }, "guest"),
    isForeign && h("span", { class: "badge" }, "other workspace"),
    h("time", { class: "time", title: fullTimeOf(message.ts) }, timeOf(message.ts)),
  );
}

function edited(message) {
  return h("span", { class: "edited", title: fullTimeOf(message.edited.ts) }, "(edited)");
}

/** Under the first message of a thread: what has become of it. */
function footer(message, channel, replies) {
  const status = threadStatus(channel, message.ts);
  if (!replies.length && !isWorking(channel, message.ts)) return null;
  const faces = [...new Set(replies.map((reply) => reply.user))].slice(0, 4).map((id) => avatar(id, 22));
  const count = replies.length === 1 ? "1 reply" : `${replies.length} replies`;
  const doing = h(
    "span",
    { class: "thread-status" },
    h("span", { class: "dots", "aria-hidden": "true" }),
    status || `${bot().name} is working…`,
  );
  const last = replies.length > 0 && h("span", { class: "thread-last" }, `Last reply at ${timeOf(replies.at(-1).ts)}`);
  return h(
    "button",
    { class: "thread-link", onclick: () => openThread(message.ts) },
    h("span", { class: "faces" }, faces),
    replies.length > 0 && h("span", { class: "thread-count" }, count),
    isWorking(channel, message.ts) ? doing : last,
    icon("chevron", { size: 14 }),
  );
}

const editors = new Map(); // by "C1/TS"; what is typed there stays while the list changes around it

function editor(message, channel) {
  const name = `${channel}/${message.ts}`;
  if (!editors.get(name)?.element.isConnected) {
    const close = () => {
      editors.delete(name);
      change({ editing: "" });
      document.querySelector(`[data-ts="${message.ts}"]`)?.focus({ preventScroll: true });
    };
    const send = async ({ text }) => {
      await act("edit", { user: look.person, channel, ts: message.ts, text: escaped(text) });
      close();
    };
    const composer = new Composer({
      label: "Edit message",
      save: "Save",
      takesFiles: false,
      text: typed(message.text),
      send,
      onCancel: close,
    });
    editors.set(name, composer);
    setTimeout(() => composer.set(typed(message.text)));
  }
  return editors.get(name).element;
}

/** The person's last message in the list is opened for editing; whether there is one. */
export function editLast(messages, channel) {
  const last = messages.findLast(isOwn);
  if (last) edit(last, channel);
  return Boolean(last);
}

function gone(focus) {
  return h(
    "li",
    { ...focus, class: "message is-gone" },
    icon("trash", { size: 16 }),
    h("p", {}, "This message was deleted."),
  );
}

function happening(message, focus) {
  const what = message.subtype.endsWith("join") ? "joined" : "left";
  return h(
    "li",
    { ...focus, class: "message is-event" },
    icon("wave", { size: 16 }),
    h("p", {}, `${nameOf(message.user)} ${what} the channel.`),
  );
}

/** A message that only one person sees. */
export function ephemeralElement(message, focus, dismiss) {
  const hands = { place: "ephemeral", press: async () => false, remember: () => {}, remembered: () => undefined };
  const note = h(
    "p",
    { class: "only-you" },
    icon("eye", { size: 14 }),
    "Only visible to you",
    h("button", { class: "link-button", onclick: dismiss }, "Dismiss"),
  );
  const head = h(
    "div",
    { class: "message-head" },
    h("span", { class: "author" }, bot().name),
    h("span", { class: "badge" }, "app"),
  );
  return h(
    "li",
    { ...focus, class: "message is-ephemeral" },
    avatar(bot().user_id),
    h("div", { class: "message-main" }, note, head, h("div", { class: "body" }, body(message, hands))),
  );
}
