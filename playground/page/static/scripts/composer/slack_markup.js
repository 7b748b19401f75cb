/** Translates between what people type (`@anna`, `[our page](https://x.org)`) and Slack's escaped text (`<@U1>`). */

import { withNames, withSigns } from "../emoji/names.js";
import { channelName, nameOf, store, visibleChannels } from "../state/workspace.js";
import { unescaped } from "../text/links.js";

const CODE = /(```[\s\S]*?```|`[^`\n]+`)/;
const BRACKETS = String.raw`\([^\s<>|()]*\)`; // as in https://en.wikipedia.org/wiki/Slack_(software)
const ADDRESS = String.raw`https?:\/\/(?:${BRACKETS}|(?!${BRACKETS})[^\s<>])*(?:${BRACKETS}|[^\s<>|.,;:!?()'"\]])`;
const LINK = new RegExp(
  String.raw`\[(?<label>[^\[\]\n]+)\]\((?<target>(?:https?:\/\/|mailto:)[^\s<>()]+)\)|(?<!\w)(?<address>${ADDRESS})`,
  "g",
);
const TOKEN = /<([@#!]?)([^<>|]+)(?:\|([^<>]*))?>/g;

/** `@anna see #general & https://x.org` as Slack sends it: `<@U1> see <#C1> &amp; <https://x.org>`. */
export function escaped(typed) {
  return outsideCode(typed, withLinks, entities);
}

/** Text outside of code, escaped, with its links and mentions as Slack writes them. */
function withLinks(text) {
  const parts = [];
  let position = 0;
  for (const { 0: whole, index, groups } of text.matchAll(LINK)) {
    parts.push(withMentions(text.slice(position, index)), linkToken(groups));
    position = index + whole.length;
  }
  return [...parts, withMentions(text.slice(position))].join("");
}

/** `<https://x.org/?a&amp;b|label>`: in the address also the sign that ends it is written otherwise. */
function linkToken({ label, target, address }) {
  const written = entities(target ?? address).replaceAll("|", "%7C");
  return label ? `<${written}|${entities(label)}>` : `<${written}>`;
}

function withMentions(text) {
  return pieces(text)
    .map(([piece, mention]) => mention ?? entities(withNames(piece)))
    .join("");
}

function entities(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Slack's escaped text as a person would type it; for editing a message. */
export function typed(text) {
  return outsideCode(text, (part) => unescaped(withSigns(part.replace(TOKEN, written))), withoutTokens);
}

function written(_, sign, target, label) {
  if (sign === "@") return `@${nameOf(target)}`;
  if (sign === "#") return `#${channelName(store.get(`channel/${target}`)) || label || target}`;
  if (sign === "!") return target.startsWith("date^") ? label : `@${(label || target).replace(/^@/, "")}`;
  const plain = target.replace(/^mailto:/, "");
  return !label || label === plain || label === target ? plain : `[${label}](${target})`;
}

/** Text in code: people see the addresses there as they are. */
function withoutTokens(text) {
  return unescaped(text.replace(TOKEN, (_, sign, target) => `${sign}${target}`));
}

/** The pieces of a typed text: pairs of text and, for a mention, Slack's form of it. The composer colours mentions. */
export function pieces(text) {
  const found = [];
  let position = 0;
  for (const { 0: whole, 1: sign, 2: name, index } of text.matchAll(names())) {
    const mention = token(sign, name);
    if (!mention) continue;
    found.push([text.slice(position, index)], [whole, mention]);
    position = index + whole.length;
  }
  return [...found, [text.slice(position)]];
}

/** Applies `change` to the text outside of code, and `changeCode` to the code. */
function outsideCode(text, change, changeCode) {
  return text
    .split(CODE)
    .map((part, at) => (at % 2 ? changeCode(part) : change(part)))
    .join("");
}

/** Matches every name that can be mentioned. Longer names come first, so that `@anna-b` is not read as `@anna`. */
function names() {
  const known = [...mentionable().keys(), ...channels().keys()].sort((one, other) => other.length - one.length);
  return new RegExp(`(?<![\\p{L}\\p{N}_/])([@#])(${known.map(quoted).join("|")})(?![\\p{L}\\p{N}_])`, "gu");
}

function quoted(name) {
  return name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** Slack's form of a mention, as in `<@U1>`; undefined for an unknown name. */
function token(sign, name) {
  const id = sign === "@" ? mentionable().get(name) : channels().get(name);
  return id && (id.startsWith("!") ? `<${id}>` : `<${sign}${id}>`);
}

/** From the names that can follow `@` to their ids. */
function mentionable() {
  const everybody = store.all("user").map(([id, user]) => [user.display_name || user.name, id]);
  return new Map([...["here", "channel", "everyone"].map((range) => [range, `!${range}`]), ...everybody]);
}

/** From the names that can follow `#` to their ids. */
function channels() {
  return new Map(
    visibleChannels()
      .filter((channel) => channel.name)
      .map((channel) => [channel.name, channel.id]),
  );
}
