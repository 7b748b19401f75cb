/** The thread beside its channel. */

import { act } from "./api.js";
import { composerOf, feedOf, statusLine, suggestions } from "./conversation.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { change, closeThread, look } from "./look.js";
import { asked } from "./menu.js";
import { attempt } from "./toasts.js";
import { channelName, isDirect, openChannel, store } from "./workspace.js";

export function threadPane() {
  const channel = openChannel();
  const messages = store.thread(channel, look.thread);
  const feed = feedOf(channel, look.thread);
  const composer = composerOf(channel, look.thread, "Reply…");
  feed.show(channel, messages, { inThread: true, thread: look.thread });
  const isGone =
    !messages.length && h("p", { class: "empty", key: "gone" }, "This thread is gone: its first message was deleted.");
  return [
    head(channel),
    isGone,
    feed.element,
    statusLine(channel, look.thread),
    suggestions(channel, look.thread),
    composer.element,
  ];
}

function head(channel) {
  const place = store.get(`channel/${channel}`);
  const title = store.get(`session/${channel}/${look.thread}`)?.title;
  const where = isDirect(place) ? channelName(place) : `#${channelName(place)}`;
  const inside = () => change({ drawer: look.drawer === "run" ? "" : "run" });
  const isOpen = String(look.drawer === "run");
  return h(
    "header",
    { class: "pane-head", key: "head" },
    h("button", { class: "button-icon only-narrow", "aria-label": "Back", onclick: closeThread }, icon("back")),
    h("div", { class: "pane-title" }, h("h2", {}, title || "Thread"), h("span", { class: "pane-detail" }, where)),
    title && button("pencil", "Rename this conversation", { onclick: () => rename(channel, look.thread, title) }),
    button("wave", "Look inside this thread", { "aria-pressed": isOpen, onclick: inside }),
    button("close", "Close thread (Esc)", { class: "button-icon not-narrow", onclick: closeThread }),
  );
}

function button(sign, label, properties) {
  return h("button", { class: "button-icon", "aria-label": label, title: label, ...properties }, icon(sign));
}

async function rename(channel, thread, title) {
  const name = await asked("The conversation's title", { yes: "Rename", value: title });
  if (name) await attempt(() => act("rename", { user: look.person, channel, thread_ts: thread, title: name }));
}
