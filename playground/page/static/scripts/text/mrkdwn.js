/** Elements for mrkdwn, Slack's own markup: `*bold*`, `_italic_`, `~struck~`, code, quotes, lists, mentions, emoji. */

import { h } from "../interface/dom.js";
import { emoji, link, token, unescaped } from "./links.js";

const FENCE = /```\n?([\s\S]*?)\n?```/g;
const QUOTE = /^(?:&gt;|>) ?(.*)$/;
const BULLET = /^( *)(?:[•◦▪] ?|[-*] )(.+)$/;
const NUMBER = /^( *)(\d{1,3})[.)] (.+)$/;
const PIECE = new RegExp(
  [
    "`(?<code>[^`\\n]+)`",
    "<(?<token>[^<>\\n]+)>",
    ":(?<emoji>[a-z0-9_+'-]+(?:::?skin-tone-\\d)?):",
    "(?<![\\p{L}\\p{N}_])(?<mark>[*_~])(?=\\S)(?<marked>[^\\n]*?[^\\s\\n])\\k<mark>(?![\\p{L}\\p{N}_])",
    "(?<url>https?://(?:&amp;|&(?!(?:lt|gt|amp);)|[^\\s<>|&])+(?<![.,;:!?)'\"\\]]))",
  ].join("|"),
  "gu",
);
const TAGS = { "*": "strong", _: "em", "~": "s" };

/** The nodes for a text. With `verbatim`, only addresses in `<…>` become links. */
export function mrkdwn(text, { verbatim = false } = {}) {
  const nodes = [];
  let position = 0;
  for (const fence of text.matchAll(FENCE)) {
    nodes.push(...lines(text.slice(position, fence.index).replace(/\n$/, ""), verbatim));
    nodes.push(h("pre", {}, h("code", {}, codeText(fence[1]))));
    position = fence.index + fence[0].length;
  }
  return [...nodes, ...lines(text.slice(position).replace(/^\n/, ""), verbatim)];
}

/** One element for lines of the same kind that follow each other: a quote, a list or a paragraph. */
function lines(text, verbatim) {
  if (!text) return [];
  const groups = [];
  for (const line of text.split("\n")) {
    const [kind, content] = read(line);
    const last = groups.at(-1);
    if (last?.kind === kind) last.content.push(content);
    else groups.push({ kind, content: [content] });
  }
  return groups.map((group) => GROUPS[group.kind](group.content, verbatim));
}

function read(line) {
  const quote = QUOTE.exec(line);
  if (quote) return ["quote", quote[1]];
  const bullet = BULLET.exec(line);
  if (bullet) return ["bullets", { indent: bullet[1].length, text: bullet[2] }];
  const number = NUMBER.exec(line);
  return number ? ["numbers", { indent: number[1].length, text: number[3], value: number[2] }] : ["text", line];
}

const GROUPS = {
  text: (content, verbatim) => h("p", {}, joined(content, verbatim)),
  quote: (content, verbatim) => h("blockquote", {}, joined(content, verbatim)),
  bullets: (content, verbatim) =>
    h(
      "ul",
      {},
      content.map((item) => listed(item, verbatim)),
    ),
  numbers: (content, verbatim) =>
    h(
      "ol",
      { start: content[0].value },
      content.map((item) => listed(item, verbatim)),
    ),
};

function listed({ indent, text }, verbatim) {
  return h("li", { class: indent >= 2 ? "indented" : null }, inline(text, verbatim));
}

function joined(content, verbatim) {
  return content.flatMap((line, at) => (at ? [h("br"), ...inline(line, verbatim)] : inline(line, verbatim)));
}

/** The nodes for one line or a part of one. */
export function inline(text, verbatim = false) {
  const nodes = [];
  let position = 0;
  for (const piece of text.matchAll(PIECE)) {
    nodes.push(unescaped(text.slice(position, piece.index)), element(piece, verbatim));
    position = piece.index + piece[0].length;
  }
  return [...nodes, unescaped(text.slice(position))].filter((node) => node !== "");
}

function element({ 0: whole, groups }, verbatim) {
  if (groups.code) return h("code", {}, codeText(groups.code));
  if (groups.token) return token(groups.token);
  if (groups.emoji) return emoji(groups.emoji);
  if (groups.mark) return h(TAGS[groups.mark], {}, inline(groups.marked, verbatim));
  return verbatim ? unescaped(whole) : link(unescaped(whole), unescaped(whole));
}

/** Text in code: of `<address|label>` Slack shows the address there, not the label. */
function codeText(text) {
  return unescaped(text.replace(/<([^<>|\n]+)(?:\|[^<>\n]*)?>/g, "$1"));
}
