/** Block Kit: an element for each kind of block that the agent uses. */

import { h } from "../interface/dom.js";
import { folded } from "../text/folding.js";
import { markdown } from "../text/markdown.js";
import { mrkdwn } from "../text/mrkdwn.js";
import { richText } from "../text/rich_text.js";
import { tableElement } from "../text/table.js";
import { textElement } from "../text/text_element.js";
import { element } from "./elements.js";
import { input } from "./inputs.js";
import { plan, taskList } from "./task_cards.js";
import { words } from "./words.js";

/** `presses` says what happens when something is pressed, chosen or written: see presses.js. */
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
  return make ? make(one, { ...presses, block: one }) : h("p", { class: "unknown" }, `A block of type ${one.type} is not shown here.`);
}

const BLOCKS = {
  section,
  markdown: ({ text }) => textElement(markdown(text)),
  rich_text: (one) => textElement(richText(one)),
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
  input: (one, presses) => input(one, presses, element),
  plan,
  table,
  alert: ({ text, level }) => h("div", { class: `alert alert-${level ?? "default"}` }, words(text)),
};

function section({ text, fields = [], accessory, expand }, presses) {
  const said = text && textElement(text.type === "mrkdwn" ? mrkdwn(text.text, text) : h("p", {}, words(text)));
  const columns =
    fields.length > 0 &&
    h(
      "div",
      { class: "fields" },
      fields.map((field) => textElement(mrkdwn(field.text, field))),
    );
  const part = accessory && element(accessory, { ...presses, name: said?.textContent });
  const isWide = ["checkboxes", "multi_static_select", "radio_buttons"].includes(accessory?.type);
  const shown = said && folded(said, text.text, expand ? null : presses.folding);
  return h("div", { class: isWide ? "section is-wide" : "section" }, h("div", {}, shown, columns), part);
}

function contextElement(part, presses) {
  if (part.type === "image") return element(part, presses);
  return textElement(part.type === "mrkdwn" ? mrkdwn(part.text, part) : words(part));
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
