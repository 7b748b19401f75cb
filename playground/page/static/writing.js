/** What people type, and Slack's escaped text: names on one side, ids and tokens on the other. */

import { unescaped } from "./links.js";
import { channelName, nameOf, store, visibleChannels } from "./workspace.js";

const ADDRESS = /(?<![<|\w])https?:\/\/[^\s<>|]*[^\s<>|.,;:!?)'"\]]/g;

/** `@anna see #general & https://x.org` as Slack sends it: `<@U1> see <#C1> &amp; <https://x.org>`. */
export function escaped(typed) {
  const text = typed.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return outsideCode(text, (part) =>
    part.replace(ADDRESS, "<$&>").replace(names(), (whole, sign, name) => token(sign, name) ?? whole),
  );
}

/** The other way round, to edit what has been written. */
export function typed(text) {
  const named = text.replace(/<([@#!]?)([^<>|]+)(?:\|([^<>]*))?>/g, (_, sign, target, label) => {
    if (sign === "@") return `@${nameOf(target)}`;
    if (sign === "#") return `#${channelName(store.get(`channel/${target}`)) || label || target}`;
    return sign === "!" ? `@${label || target}` : target;
  });
  return unescaped(named);
}

/** The parts of a typed text: pairs of text and whether it is a mention. For the composer, which colours those. */
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

function outsideCode(text, change) {
  return text
    .split(/(```[\s\S]*?```|`[^`\n]+`)/)
    .map((part, at) => (at % 2 ? part : change(part)))
    .join("");
}

/** All names that can be mentioned, the longest first, so that `@anna` does not win over `@anna-b`. */
function names() {
  const known = [...mentionable().keys(), ...channels().keys()].sort((one, other) => other.length - one.length);
  return new RegExp(`(?<![\\p{L}\\p{N}_/])([@#])(${known.map(quoted).join("|")})(?![\\p{L}\\p{N}_])`, "gu");
}

function quoted(name) {
  return name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function token(sign, name) {
  const id = sign === "@" ? mentionable().get(name) : channels().get(name);
  return id && (id.startsWith("!") ? `<${id}>` : `<${sign}${id}>`);
}

function mentionable() {
  const everybody = store.all("user").map(([id, user]) => [user.display_name || user.name, id]);
  return new Map([...["here", "channel", "everyone"].map((range) => [range, `!${range}`]), ...everybody]);
}

function channels() {
  return new Map(
    visibleChannels()
      .filter((channel) => channel.name)
      .map((channel) => [channel.name, channel.id]),
  );
}
