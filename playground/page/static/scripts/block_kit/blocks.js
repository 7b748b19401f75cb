/** Block Kit: an element for each kind of block that the agent uses. */

import { h } from "../interface/dom.js";
import { markdown } from "../text/markdown.js";
import { mrkdwn } from "../text/mrkdwn.js";
import { richText } from "../text/rich_text.js";
import { tableElement } from "../text/table.js";
import { element, words } from "./elements.js";
import { plan, taskList } from "./task_cards.js";

/** `presses` says what happens when a button is pressed: see presses.js. */
export function blocks(list, presses) {
  return grouped(list).map((one) => (Array.isArray(one) ? taskList(one) : block(one, presses)));
}

/** Task cards that follow each other become one list. */
function grouped(list) {
  const groups = [];
  for (const one of list) {
    const isCard = one.type === "task_card";
    if (isCard && Array.isArray(groups.at(-1))) groups.at(-1).push(one);
    else groups.push(isCard ? [one] : one);
  }
  return groups;
}

function block(one, presses) {
  const make = BLOCKS[one.type];
  return make ? make(one, presses) : h("p", { class: "unknown" }, `A block of type ${one.type} is not shown here.`);
}

const BLOCKS = {
  section,
  markdown: ({ text }) => h("div", { class: "text" }, markdown(text)),
  rich_text: (one) => h("div", { class: "text" }, richText(one)),
  header: ({ text }) => h("p", { class: "block-header", role: "heading", "aria-level": "3" }, words(text)),
  divider: () => h("hr"),
  context: ({ elements }, presses) =>
    h(
      "div",
      { class: "context" },
      elements.map((part) => contextElement(part, presses)),
    ),
  actions: ({ elements }, presses) =>
    h(
      "div",
      { class: "actions" },
      elements.map((part) => element(part, presses)),
    ),
  context_actions: ({ elements }, presses) =>
    h(
      "div",
      { class: "actions context-actions" },
      elements.map((part) => element(part, presses)),
    ),
  image: picture,
  plan,
  table,
  alert: ({ text, level }) => h("div", { class: `alert alert-${level ?? "default"}` }, words(text)),
};

function section({ text, fields = [], accessory }, presses) {
  const said =
    text && h("div", { class: "text" }, text.type === "mrkdwn" ? mrkdwn(text.text, text) : h("p", {}, words(text)));
  const columns =
    fields.length > 0 &&
    h(
      "div",
      { class: "fields" },
      fields.map((field) => h("div", { class: "text" }, mrkdwn(field.text, field))),
    );
  return h("div", { class: "section" }, h("div", {}, said, columns), accessory && element(accessory, presses));
}

function contextElement(part, presses) {
  if (part.type === "image") return element(part, presses);
  return h("div", { class: "text" }, part.type === "mrkdwn" ? mrkdwn(part.text, part) : words(part));
}

function picture(one, presses) {
  const title = one.title && h("figcaption", {}, words(one.title));
  return h("figure", {}, title, element({ ...one, type: "image" }, presses));
}

function table({ rows, column_settings: columns = [] }) {
  const classes = ({ align, is_wrapped } = {}) => [align && `align-${align}`, is_wrapped && "is-wrapped"];
  const cell = (part, at) => ({ classes: classes(columns[at]), content: cellContent(part) });
  return tableElement(rows.map((row) => row.map(cell)));
}

function cellContent(part) {
  if (part?.type === "rich_text") return richText(part);
  return String(part?.text ?? part?.value ?? "");
}
