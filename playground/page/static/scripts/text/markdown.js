/**
 * Markdown as Slack shows it in a `markdown` block. The library marked splits the text into tokens; this module makes
 * the elements.
 *
 * No HTML is ever made: HTML in the text is shown as text. Images become links, as in Slack.
 */

import { Marked } from "../../vendor/marked.esm.js";
import { h } from "../interface/dom.js";
import { emoji, link, token } from "./links.js";
import { tableElement } from "./table.js";

const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };
const reader = new Marked({
  gfm: true,
  breaks: true,
  extensions: [
    inlineExtension("slack", /<[@#!]|<https?:[^<>\s]+\|/, /^<([@#!][^<>\n]+|https?:[^<>|\s]+\|[^<>\n]+)>/),
    inlineExtension("emoji", /:[a-z0-9_+-]+:/, /^:([a-z0-9_+-]+):/),
  ],
});

/** Has marked recognise one more inline form: `start` finds where it may begin, `whole` what belongs to it. */
function inlineExtension(name, start, whole) {
  return {
    name,
    level: "inline",
    start: (source) => start.exec(source)?.index,
    tokenizer: (source) => {
      const found = whole.exec(source);
      return found ? { type: name, raw: found[0], inner: found[1] } : undefined;
    },
  };
}

/** The nodes for a text. The text may still be growing: a mark that is not closed yet is shown as it is written. */
export function markdown(text) {
  const tokens = reader.lexer(text);
  rankHeadings(tokens, []);
  return blocks(tokens);
}

/**
 * Sets the `level` of all headings: 3 and below, because the conversation's own title has level 2. No level is left out,
 * whatever depths the text has. `open` are the depths of the headings that the next one can be below.
 */
function rankHeadings(tokens, open) {
  for (const part of tokens) {
    if (part.type === "heading") {
      while (open.at(-1) >= part.depth) open.pop();
      open.push(part.depth);
      part.level = Math.min(6, 2 + open.length);
    } else if (["blockquote", "list", "list_item"].includes(part.type)) rankHeadings(part.items ?? part.tokens, open);
  }
}

function blocks(tokens) {
  return tokens.flatMap((part) => (BLOCKS[part.type] ?? paragraph)(part));
}

const BLOCKS = {
  space: () => [],
  def: () => [],
  hr: () => h("hr"),
  heading: ({ depth, level, tokens }) =>
    h("p", { class: `heading heading-${depth}`, role: "heading", "aria-level": level }, inline(tokens)),
  paragraph,
  text: paragraph,
  html: ({ raw }) => h("p", {}, raw.trimEnd()),
  blockquote: ({ tokens }) => h("blockquote", {}, blocks(tokens)),
  code: ({ text, lang }) => h("pre", { "data-language": lang || null }, h("code", {}, text)),
  list: ({ ordered, start, items }) =>
    h(ordered ? "ol" : "ul", { start: ordered && start !== 1 ? start : null }, items.map(item)),
  table,
};

function paragraph({ tokens, text, raw }) {
  return h("p", {}, tokens ? inline(tokens) : decoded(text ?? raw));
}

function item({ tokens, task, checked }) {
  const sign =
    task &&
    h("span", { class: checked ? "task is-done" : "task", role: "img", "aria-label": checked ? "done" : "to do" });
  const shown = tokens.filter((part) => part.type !== "checkbox");
  const children = shown.flatMap((part) =>
    part.type === "text" && part.tokens ? inline(part.tokens) : blocks([part]),
  );
  return h("li", { class: task ? "has-task" : null }, sign, children);
}

function table({ header, rows, align }) {
  const cell = (part, at) => ({ classes: [align[at] && `align-${align[at]}`], content: inline(part.tokens) });
  return tableElement([header, ...rows].map((row) => row.map(cell)));
}

function inline(tokens) {
  return tokens.flatMap((part) => (INLINE[part.type] ?? ((other) => decoded(other.text ?? other.raw)))(part));
}

const INLINE = {
  text: ({ tokens, text }) => (tokens ? inline(tokens) : decoded(text)),
  escape: ({ text }) => text,
  html: ({ raw }) => raw,
  checkbox: () => [],
  br: () => h("br"),
  strong: ({ tokens }) => h("strong", {}, inline(tokens)),
  em: ({ tokens }) => h("em", {}, inline(tokens)),
  del: ({ tokens }) => h("s", {}, inline(tokens)),
  codespan: ({ text }) => h("code", {}, text),
  link: ({ href, tokens }) => link(decoded(href), inline(tokens)),
  image: ({ href, text }) => link(decoded(href), decoded(text || href)),
  slack: ({ inner }) => token(inner),
  emoji: ({ inner }) => emoji(inner),
};

/** The text with HTML entities such as `&amp;` as the characters that they stand for. */
function decoded(text) {
  return text.replace(/&(#\d{1,7}|#x[0-9a-f]{1,6}|amp|lt|gt|quot|apos|nbsp);/gi, (whole, name) => {
    if (name[0] !== "#") return ENTITIES[name.toLowerCase()];
    const code = /^#x/i.test(name) ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
