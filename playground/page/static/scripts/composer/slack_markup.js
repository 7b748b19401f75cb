/** Translates between what people type (`@anna`) and Slack's escaped text (`<@U1>`). */

import { channelName, nameOf, store, visibleChannels } from "../state/workspace.js";
import { unescaped } from "../text/links.js";

const ADDRESS = /(?<![<|\w])https?:\/\/[^\s<>|]*[^\s<>|.,;:!?)'"\]]/g;

/** `@anna see #general & https://x.org` as Slack sends it: `<@U1> see <#C1> &amp; <https://x.org>`. */
export function escaped(typed) {
  const text = typed.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return outsideCode(text, (part) =>
    part.replace(ADDRESS, "<$&>").replace(names(), (whole, sign, name) => token(sign, name) ?? whole),
  );
}

/** Slack's escaped text as a person would type it; for editing a message. */
export function typed(text) {
  const named = text.replace(/<([@#!]?)([^<>|]+)(?:\|([^<>]*))?>/g, (_, sign, target, label) => {
    if (sign === "@") return `@${nameOf(target)}`;
    if (sign === "#") return `#${channelName(store.get(`channel/${target}`)) || label || target}`;
    return sign === "!" ? `@${label || target}` : target;
  });
  return unescaped(named);
}

/** The parts of a typed text: pairs of text and whether it is a mention. The composer colours mentions. */
export function parts(text) {
  const found = [];
  let position = 0;
  for (const name of text.matchAll(names())) {
    if (!token(name[1], name[2])) continue;
    found.push([text.slice(position, name.index), false], [name[0], true]);
    position = name.index + name[0].length;
  }
  return [...found, [text.slice(position), false]];
}

/** Applies `change` to the text outside of code. */
function outsideCode(text, change) {
  return text
    .split(/(```[\s\S]*?```|`[^`\n]+`)/)
    .map((part, at) => (at % 2 ? part : change(part)))
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
