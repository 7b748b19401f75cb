/** The parts of a text that Slack marks: links, mentions of people, channels and everybody, and emoji. */

import { character } from "../emoji/names.js";
import { h } from "../interface/dom.js";
import { current, go } from "../state/navigation.js";
import { bot, channelName, isDirect, nameOf, store } from "../state/workspace.js";
import { dateElement } from "./dates.js";

const SAFE = /^(https?:|mailto:)/i;
const PERMALINK = /\/archives\/([CDG][A-Z0-9]+)\/p(\d{10})(\d{6})(?:\?[^#]*thread_ts=([\d.]+))?/;

/** A link around `children`; without a link if the address is not http, https or mailto. */
export function link(address, children) {
  const target = address.trim();
  const here = inside(target);
  if (here) return h("a", { href: here, class: "link", onclick: (event) => follow(event, here) }, children);
  if (!SAFE.test(target)) return h("span", {}, children);
  return h("a", { href: target, class: "link", target: "_blank", rel: "noopener noreferrer" }, children);
}

/**
 * Opens the message in this page if `address` is Slack's permalink of a message of this workspace. Returns whether it
 * is.
 */
export function followInside(address) {
  const here = inside(address);
  if (here) go(here);
  return Boolean(here);
}

/** Opens an address: a message of this workspace here, an address of the web in a new tab, anything else not at all. */
export function openAddress(address) {
  if (!followInside(address) && /^https?:/i.test(address)) window.open(address, "_blank", "noopener");
}

function follow(event, here) {
  event.preventDefault();
  go(here);
}

/** The page's own address for Slack's permalink of a message; "" for every other address. */
function inside(address) {
  const [, channel, seconds, fraction, thread] = PERMALINK.exec(address) ?? [];
  const place = channel && store.get(`channel/${channel}`);
  if (!place) return "";
  const ts = thread ?? `${seconds}.${fraction}`;
  return isDirect(place) ? `#/app/messages/${ts}` : `#/${channel}/${ts}`;
}

export function mention(id, label = "") {
  const isKnown = store.get(`user/${id}`) || id === bot().user_id;
  const name = isKnown ? nameOf(id) : label || id;
  return h("span", { class: id === current.person ? "mention mention-me" : "mention" }, `@${name}`);
}

export function channelLink(id, label = "") {
  const channel = store.get(`channel/${id}`);
  const name = `#${channel ? channelName(channel) : label || id}`;
  if (!channel) return h("span", { class: "mention" }, name);
  const here = `#/${id}`;
  return h("a", { class: "mention", href: here, onclick: (event) => follow(event, here) }, name);
}

export function broadcast(range) {
  return h("span", { class: "mention mention-all" }, `@${range}`);
}

export function emoji(name) {
  const sign = character(name);
  return sign ? h("span", { class: "emoji", role: "img", "aria-label": name, title: `:${name}:` }, sign) : `:${name}:`;
}

/** The element for what Slack writes between `<` and `>`: `@U1`, `#C1|general`, `!here`, `https://x|label`. */
export function token(inner) {
  const [, mark, target, label] = /^([@#!]?)([^|]*)(?:\|(.*))?$/s.exec(inner);
  if (mark === "@") return mention(target, label);
  if (mark === "#") return channelLink(target, label);
  if (mark === "!") return special(target, label);
  return link(unescaped(target), unescaped(label || target.replace(/^mailto:/, "")));
}

function special(target, label) {
  if (target.startsWith("date^")) {
    const [, seconds, format = "", address] = target.split("^").map(unescaped);
    const shown = dateElement(seconds, format, unescaped(label ?? ""));
    return address ? link(address, shown) : shown;
  }
  return broadcast(unescaped((label || target).replace(/^@/, "").replace(/^subteam\^/, "")));
}

/** Slack's text with `&lt;`, `&gt;` and `&amp;` as the characters that they stand for. */
export function unescaped(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
