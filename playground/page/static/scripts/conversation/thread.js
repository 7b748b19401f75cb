/** The thread pane, beside the channel. */

import { askForLine } from "../interface/dialogs.js";
import { h } from "../interface/dom.js";
import { icon } from "../interface/icons.js";
import { attempt } from "../interface/toasts.js";
import { act } from "../server/requests.js";
import { change, closeThread, current } from "../state/navigation.js";
import { channelName, isDirect, openChannel, store } from "../state/workspace.js";
import { composerOf, feedOf, looking, statusLine, suggestions } from "./conversation.js";

export function threadPane() {
  const channel = openChannel();
  const messages = store.thread(channel, current.thread);
  const feed = feedOf(channel, current.thread);
  const composer = composerOf(channel, current.thread, "Reply…");
  feed.show(channel, messages, { inThread: true, thread: current.thread });
  const isGone =
    !messages.length && h("p", { class: "empty", key: "gone" }, "This thread is gone: its first message was deleted.");
  return [
    head(channel),
    isGone,
    feed.element,
    statusLine(channel, current.thread),
    suggestions(channel, current.thread),
    looking(store.get(`channel/${channel}`)),
    composer.element,
  ];
}

function head(channel) {
  const place = store.get(`channel/${channel}`);
  const title = store.get(`session/${channel}/${current.thread}`)?.title;
  const where = isDirect(place) ? channelName(place) : `#${channelName(place)}`;
  const inside = () => change({ drawer: current.drawer === "run" ? "" : "run" });
  const isOpen = String(current.drawer === "run");
  return h(
    "header",
    { class: "pane-head", key: "head" },
    h("button", { class: "button-icon only-narrow", "aria-label": "Back to the channel", onclick: closeThread }, icon("back")),
    h("div", { class: "pane-title" }, h("h2", {}, title || "Thread"), h("span", { class: "pane-detail" }, where)),
    title && button("pencil", "Rename this conversation", { onclick: () => rename(channel, current.thread, title) }),
    button("wave", "Look inside this thread", { "aria-pressed": isOpen, onclick: inside }),
    button("close", "Close thread (Esc)", { class: "button-icon not-narrow", onclick: closeThread }),
  );
}

/** With a key: when the thread gets its title, and with it one button more, each button stays the one that it was. */
function button(sign, label, properties) {
  return h("button", { class: "button-icon", key: sign, "aria-label": label, title: label, ...properties }, icon(sign));
}

async function rename(channel, thread, title) {
  const name = await askForLine("The conversation's title", { yes: "Rename", value: title });
  if (name) await attempt(() => act("rename", { user: current.person, channel, thread_ts: thread, title: name }));
}
