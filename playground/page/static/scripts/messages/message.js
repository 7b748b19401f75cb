/** One message in a list: its author, time, content, reactions and thread. */

import { pressesInMessage } from "../block_kit/presses.js";
import { Composer } from "../composer/composer.js";
import { escaped, typed } from "../composer/slack_markup.js";
import { avatar } from "../interface/avatars.js";
import { h } from "../interface/dom.js";
import { icon } from "../interface/icons.js";
import { fullTimeOf, shortTimeOf, timeOf } from "../interface/times.js";
import { act } from "../server/requests.js";
import { change, current, openThread } from "../state/navigation.js";
import { bot, isWorking, nameOf, store, threadStatus } from "../state/workspace.js";
import { unescaped } from "../text/links.js";
import { beginning, spoken } from "../text/spoken.js";
import { edit, isOwn, keyOnMessage, reactions, toolbar } from "./actions.js";
import { body } from "./body.js";

const LONGEST = 400; // characters of a message that are said at once

/**
 * The list item of a message. `isCompact` leaves out the author, who also wrote the message before; `replies` are the
 * messages of its thread; `focus` are the attributes that the list gives it for the keyboard.
 */
export function messageElement(message, channel, { isCompact, inThread, replies, focus }) {
  if (message.subtype === "tombstone") return gone(focus);
  if (/^(channel|group)_(join|leave|topic|purpose|name)$/.test(message.subtype ?? "")) return happening(message, focus);
  const isEditing = current.editing === `${channel}/${message.ts}`;
  const isStreaming = message.streaming_state === "in_progress";
  const looks = ["message", isCompact && "is-compact", isStreaming && "is-streaming", isEditing && "is-editing"];
  const content = isEditing
    ? editor(message, channel)
    : h(
        "div",
        { class: "body" },
        body(message, pressesInMessage(message, channel)),
        message.edited && !message.bot_id && edited(message),
      );
  const properties = {
    ...focus,
    class: looks.filter(Boolean).join(" "),
    "data-ts": message.ts,
    "aria-label": label(message, isEditing || isStreaming ? "" : spoken(content)),
    "aria-busy": isStreaming ? "true" : null,
    onkeydown: (event) => !isEditing && keyOnMessage(event, event.currentTarget, message, channel, { inThread }),
  };
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

/** What a screen reader says when it comes to the message: who wrote what, and when. */
function label(message, said) {
  const who = said ? `${nameOf(message.user)}: ${beginning(said, LONGEST)}` : `${nameOf(message.user)},`;
  return `${who} ${timeOf(message.ts)}`;
}

function author(message) {
  const user = store.get(`user/${message.user}`);
  const isApp = message.bot_id || message.user === bot().user_id;
  const isForeign = user?.team_id && user.team_id !== store.get("team")?.id;
  return h(
    "div",
    { class: "message-head" },
    h("span", { class: "author", title: user && whoIs(user) }, nameOf(message.user)),
    isApp && h("span", { class: "badge" }, "app"),
    user?.is_guest && h("span", { class: "badge" }, "guest"),
    isForeign && h("span", { class: "badge" }, "other workspace"),
    h("time", { class: "time", title: fullTimeOf(message.ts) }, timeOf(message.ts)),
  );
}

/** "Anna Berg · Head of Finance · Europe/Berlin" */
function whoIs({ real_name, title, tz, is_bot }) {
  return [real_name, title, !is_bot && tz].filter(Boolean).join(" · ");
}

function edited(message) {
  return h("span", { class: "edited", title: fullTimeOf(message.edited.ts) }, "(edited)");
}

/** Below the first message of a thread: how many replies it has, or what the agent is doing there. */
function footer(message, channel, replies) {
  const status = threadStatus(channel, message.ts);
  if (!replies.length && !isWorking(channel, message.ts)) return null;
  const faces = [...new Set(replies.map((reply) => reply.user))].slice(0, 4).map((id) => avatar(id, 22));
  const doing = h(
    "span",
    { class: "thread-status" },
    h("span", { class: "dots", "aria-hidden": "true" }),
    status || `${bot().name} is working…`,
  );
  const last = replies.length > 0 && h("span", { class: "thread-last" }, `Last reply at ${timeOf(replies.at(-1).ts)}`);
  return h(
    "button",
    { class: "thread-link", title: "Open the thread", onclick: () => openThread(message.ts) },
    h("span", { class: "faces" }, faces),
    replies.length > 0 && h("span", { class: "thread-count" }, countedReplies(replies.length)),
    isWorking(channel, message.ts) ? doing : last,
    icon("chevron", { size: 14 }),
  );
}

/** "1 reply" or "3 replies". */
export function countedReplies(count) {
  return count === 1 ? "1 reply" : `${count} replies`;
}

const editors = new Map(); // from "C1/TS" to the composer of a message that is edited; it outlives a new drawing

function editor(message, channel) {
  const name = `${channel}/${message.ts}`;
  if (!editors.get(name)?.element.isConnected) {
    const close = () => {
      editors.delete(name);
      change({ editing: "" });
      document.querySelector(`[data-ts="${message.ts}"]`)?.focus({ preventScroll: true });
    };
    const send = async ({ text }) => {
      await act("edit", { user: current.person, channel, ts: message.ts, text: escaped(text) });
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
  const composer = editors.get(name);
  composer.followPreferences();
  return composer.element;
}

/** Opens the person's last message for editing. Returns whether there is one. */
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

/** "Anna joined the channel.", or what Slack says of a new topic, purpose or name. */
function happening(message, focus) {
  const [, what] = message.subtype.split("_");
  const moved = { join: "joined the channel.", leave: "left the channel." }[what];
  const said = moved ?? unescaped(message.text.replace(/^<@[^>]+> /, ""));
  return h(
    "li",
    { ...focus, class: "message is-event" },
    icon(moved ? "wave" : "pencil", { size: 16 }),
    h("p", {}, `${nameOf(message.user)} ${said}`),
  );
}

/** A message that only one person sees. `dismiss` is called when the person dismisses it. */
export function ephemeralElement(message, focus, dismiss) {
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
    h("div", { class: "message-main" }, note, head, h("div", { class: "body" }, body(message, pressesInMessage(message, message.channel)))),
  );
}
