/** A list of messages. It stays scrolled to its end while it grows, and the arrow keys move through it. */

import { h, lazy, update } from "../interface/dom.js";
import { icon } from "../interface/icons.js";
import { dayOf, moment } from "../interface/times.js";
import { countedReplies, ephemeralElement, messageElement } from "../messages/message.js";
import { current } from "../state/navigation.js";
import { bot, isWorking, store, threadStatus } from "../state/workspace.js";
import { isUnfolded } from "../text/folding.js";

const TOGETHER_SECONDS = 300; // messages of one author within this time show the author once
const NEAR_END = 80; // pixels; a list that is scrolled closer to its end follows new messages

const dismissed = new Set(); // the numbers of ephemeral messages that the person has dismissed

export class Feed {
  constructor(label) {
    this.isAtEnd = true;
    this.active = ""; // the ts of the message that Tab moves to
    this.last = null; // the ts of the newest message that was shown
    this.list = h("ol", {
      class: "messages",
      role: "list",
      "aria-label": label,
      onkeydown: (event) => this.#walk(event),
      onfocusin: (event) => this.#activate(event),
    });
    this.top = h("div", { class: "feed-top" });
    this.scroller = h("div", { class: "scroller", onscroll: () => this.#scrolled() }, this.top, this.list);
    this.pill = h(
      "button",
      { class: "pill", hidden: true, onclick: () => this.toEnd({ isSmooth: true }) },
      icon("down", { size: 14 }),
      "Jump to new messages",
    );
    this.element = h("div", { class: "feed", key: "feed", keep: this }, this.scroller, this.pill);
    new ResizeObserver(() => this.isAtEnd && this.toEnd()).observe(this.scroller);
  }

  /** Shows `messages`, which are sorted, with `intro` above them. */
  show(channel, messages, { inThread = false, thread = "", intro = null } = {}) {
    const entries = [...messages, ...ephemerals(channel, thread)].sort((one, other) => placeOf(one) - placeOf(other));
    if (!entries.some((one) => one.ts === this.active)) this.active = entries.at(-1)?.ts ?? "";
    update(this.top, intro);
    update(this.list, this.#items(channel, entries, inThread));
    const newest = messages.at(-1)?.ts ?? "";
    if (this.isAtEnd || (messages.at(-1)?.user === current.person && newest > this.last)) this.toEnd();
    else if (newest > this.last) this.pill.hidden = false;
    this.last = newest;
  }

  toEnd({ isSmooth = false } = {}) {
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: isSmooth ? "smooth" : "instant" });
    this.isAtEnd = true;
    this.pill.hidden = true;
  }

  #items(channel, entries, inThread) {
    const replies = inThread ? new Map() : repliesByRoot(channel);
    let before = null;
    return entries.flatMap((message, at) => {
      const items = [];
      const day = dayOf(message.ts);
      if (!inThread && day !== (before && dayOf(before.ts))) items.push(divider(day));
      if (inThread && at === 1)
        items.push(divider(countedReplies(entries.filter((one) => !one.number).length - 1), "replies"));
      items.push(this.#item(message, before, channel, { inThread, replies: replies.get(message.ts) ?? NONE }));
      before = message;
      return items;
    });
  }

  #item(message, before, channel, { inThread, replies }) {
    const isActive = message.ts === this.active;
    const focus = { tabindex: isActive ? "0" : "-1" };
    if (message.number) {
      const dismiss = () => {
        dismissed.add(message.number);
        this.list.querySelector(`[data-number="${message.number}"]`)?.remove();
      };
      const facts = [message.value, isActive, current.clock, isUnfolded(channel, message.ts)];
      return lazy(`ephemeral ${message.number}`, facts, () =>
        ephemeralElement(message, { ...focus, "data-number": message.number }, dismiss),
      );
    }
    const isCompact = isContinued(before, message) && !(inThread && before.ts === message.thread_ts);
    const doing = inThread ? "" : `${threadStatus(channel, message.ts)}${isWorking(channel, message.ts)}`;
    const facts = [
      message,
      isCompact,
      isActive,
      doing,
      replies.length,
      replies.at(-1),
      current.person,
      current.editing === `${channel}/${message.ts}`,
      current.isFormatting,
      current.clock,
      isUnfolded(channel, message.ts),
      store.get(`user/${message.user}`),
      store.get(`entries/${current.person}/${channel}/${message.ts}`),
    ];
    return lazy(message.ts, facts, () => messageElement(message, channel, { isCompact, inThread, replies, focus }));
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    this.isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_END;
    if (this.isAtEnd) this.pill.hidden = true;
  }

  #walk(event) {
    if (!event.target.matches(".messages > li")) return;
    const all = [...this.list.querySelectorAll(".messages > li[tabindex]")];
    const at = all.indexOf(event.target);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined || event.defaultPrevented) return;
    event.preventDefault();
    all[Math.max(0, Math.min(all.length - 1, to))]?.focus();
  }

  #activate(event) {
    const item = event.target.closest(".messages > li[data-ts]");
    if (!item) return;
    for (const other of this.list.querySelectorAll(":scope > li[tabindex='0']")) other.setAttribute("tabindex", "-1");
    item.setAttribute("tabindex", "0");
    this.active = item.dataset.ts;
  }
}

const NONE = []; // one object, so that a message without replies has the same `replies` each time

/** The replies in a channel, by the ts of the first message of their thread. */
function repliesByRoot(channel) {
  const found = new Map();
  for (const message of store.messages(channel)) {
    if (!message.thread_ts || message.thread_ts === message.ts) continue;
    if (!found.has(message.thread_ts)) found.set(message.thread_ts, []);
    found.get(message.thread_ts).push(message);
  }
  return found;
}

/** The ephemeral messages of the person in this place. They have a `number`, which other messages do not have. */
function ephemerals(channel, thread) {
  return store
    .all("ephemeral")
    .filter(
      ([number, one]) =>
        one.channel === channel &&
        (one.thread_ts || "") === thread &&
        one.to === current.person &&
        !dismissed.has(number),
    )
    .map(([number, value]) => ({ user: bot().user_id, ...value, ts: value.ts ?? arrival(number), number, value }));
}

const arrivals = new Map(); // from the number of an ephemeral message to its time of arrival, in seconds since 1970

/** The time at which an ephemeral message without a ts arrived; the list is sorted by it. */
function arrival(number) {
  if (!arrivals.has(number)) arrivals.set(number, (Date.now() / 1000).toFixed(6));
  return arrivals.get(number);
}

function placeOf(message) {
  return Number(message.ts);
}

/** Whether the message is by the same author as the one before, soon after it. */
function isContinued(before, message) {
  if (
    !before ||
    before.number ||
    before.user !== message.user ||
    before.subtype ||
    dayOf(before.ts) !== dayOf(message.ts)
  )
    return false;
  return moment(message.ts) - moment(before.ts) < TOGETHER_SECONDS * 1000;
}

function divider(words, key = words) {
  return h("li", { class: "divider", key: `divider ${key}` }, h("h3", {}, words));
}
