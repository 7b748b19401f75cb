/** Completions while a person types: `@people`, `#channels`, `:emoji:` and `/commands`. */

import { character, names } from "../emoji/names.js";
import { avatar } from "../interface/avatars.js";
import { h } from "../interface/dom.js";
import { icon } from "../interface/icons.js";
import { COMMANDS } from "../state/manifest.js";
import { bot, store, visibleChannels } from "../state/workspace.js";

const MOST = 8; // options in a list
const BEGUN = /(^|[\s(])([@#:])([\p{L}\p{N}_+.-]*)$/u;

/**
 * The completions for the text before the caret: {from, options: [{insert, label, detail, sign}]}, or null. `insert`
 * replaces the text from the position `from` to the caret.
 */
export function completions(before) {
  const command = commands(before);
  if (command) return command;
  const [, , mark, begun] = BEGUN.exec(before) ?? [];
  if (!mark || (mark === ":" && begun.length < 2)) return null;
  const options = SOURCES[mark](begun.toLowerCase()).slice(0, MOST);
  return options.length ? { from: before.length - begun.length - 1, options } : null;
}

const SOURCES = {
  "@": (begun) => [...users(begun), ...ranges(begun)],
  "#": (begun) =>
    visibleChannels()
      .filter((channel) => channel.name?.startsWith(begun))
      .map(channelOption),
  ":": (begun) =>
    names()
      .filter((name) => name.includes(begun))
      .sort((one, other) => rank(one, begun) - rank(other, begun))
      .map(emojiOption),
};

function users(begun) {
  const fits = (user) =>
    [user.display_name, user.name, user.real_name].some((name) => name?.toLowerCase().startsWith(begun));
  const found = store
    .all("user")
    .map(([, user]) => user)
    .filter(fits);
  const agentFirst = (one, other) => Number(other.id === bot().user_id) - Number(one.id === bot().user_id);
  return found.sort(agentFirst).map((user) => {
    const name = user.display_name || user.name;
    return {
      insert: `@${name} `,
      label: name,
      detail: user.is_bot ? "app" : (user.real_name ?? ""),
      sign: avatar(user.id, 22),
    };
  });
}

function ranges(begun) {
  const found = ["channel", "here"].filter((range) => range.startsWith(begun));
  return found.map((range) => ({
    insert: `@${range} `,
    label: range,
    detail: "everybody in this channel",
    sign: icon("at"),
  }));
}

function channelOption(channel) {
  const sign = icon(channel.kind === "private" ? "lock" : "hash");
  return { insert: `#${channel.name} `, label: channel.name, detail: "", sign };
}

function emojiOption(name) {
  const sign = h("span", { class: "emoji" }, character(name));
  return { insert: `${character(name)} `, label: `:${name}:`, detail: "", sign };
}

/** Emoji that begin with what was typed come first, short names before long ones. */
function rank(name, begun) {
  return name.startsWith(begun) ? name.length : 100 + name.length;
}

/** Commands at the beginning of the text and, after a command, the words that it understands, once one is begun. */
function commands(before) {
  const found = /^\/(\S*)(?: (\S*))?$/.exec(before);
  if (!found) return null;
  const [, name, word] = found;
  const option = (insert, label, detail) => ({ insert, label, detail, sign: icon("slash"), isCommand: true });
  if (word === undefined) {
    const fits = COMMANDS.filter(({ command }) => command.startsWith(`/${name}`));
    const options = fits.map(({ command, description, words }) =>
      option(`${command} `, `${command} [${words.join(" | ")}]`, description),
    );
    return options.length ? { from: 0, options } : null;
  }
  if (!word) return null; // Enter sends the command alone
  const words = COMMANDS.find(({ command }) => command === `/${name}`)?.words.filter(
    (one) => one.startsWith(word) && one !== word,
  );
  return words?.length
    ? { from: before.length - word.length, options: words.map((one) => option(one, one, "")) }
    : null;
}
