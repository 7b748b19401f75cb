/** Block Kit: each kind of block that the agent uses, as Slack lays it out. */

import { h } from "./dom.js";
import { element, words } from "./elements.js";
import { markdown } from "./markdown.js";
import { mrkdwn } from "./mrkdwn.js";
import { richText } from "./richtext.js";
import { plan, taskList } from "./tasks.js";

/** `hands` says what pressing something does: see presses.js. */
export function blocks(list, hands) {
  return grouped(list).map((one) => (Array.isArray(one) ? taskList(one) : block(one, hands)));
}

/** Task cards in a row are one list. */
function grouped(list) {
  const groups = [];
  for (const one of list) {
    const isCard = one.type === "task_card";
    if (isCard && Array.isArray(groups.at(-1))) groups.at(-1).push(one);
    else groups.push(isCard ? [one] : one);
  }
  return groups;
}

function block(one, hands) {
  const make = BLOCKS[one.type];
  return make ? make(one, hands) : h("p", { class: "unknown" }, `A block of type ${one.type} is not shown here.`);
}

const BLOCKS = {
  section,
  markdown: ({ text }) => h("div", { class: "text" }, markdown(text)),
  rich_text: (one) => h("div", { class: "text" }, richText(one)),
  header: ({ text }) => h("p", { class: "block-header", role: "heading", "aria-level": "3" }, words(text)),
  divider: () => h("hr"),
  context: ({ elements }, hands) =>
    h(
      "div",
      { class: "context" },
      elements.map((part) => contextElement(part, hands)),
    ),
  actions: ({ elements }, hands) =>
    h(
      "div",
      { class: "actions" },
      elements.map((part) => element(part, hands)),
    ),
  context_actions: ({ elements }, hands) =>
    h(
      "div",
      { class: "actions context-actions" },
      elements.map((part) => element(part, hands)),
    ),
  image: picture,
  plan,
  table,
  alert: ({ text, level }) => h("div", { class: `alert alert-${level ?? "default"}` }, words(text)),
};

function section({ text, fields = [], accessory }, hands) {
  const said =
    text && h("div", { class: "text" }, text.type === "mrkdwn" ? mrkdwn(text.text, text) : h("p", {}, words(text)));
  const columns =
    fields.length > 0 &&
    h(
      "div",
      { class: "fields" },
      fields.map((field) => h("div", { class: "text" }, mrkdwn(field.text, field))),
    );
  return h("div", { class: "section" }, h("div", {}, said, columns), accessory && element(accessory, hands));
}

function contextElement(part, hands) {
  if (part.type === "image") return element(part, hands);
  return h("div", { class: "text" }, part.type === "mrkdwn" ? mrkdwn(part.text, part) : words(part));
}

function picture(one, hands) {
  const title = one.title && h("figcaption", {}, words(one.title));
  return h("figure", {}, title, element({ ...one, type: "image" }, hands));
}

function table({ rows, column_settings: columns = [] }) {
  const cell = (tag) => (part, at) => {
    const look = [columns[at]?.align && `align-${columns[at].align}`, columns[at]?.is_wrapped && "is-wrapped"];
    return h(tag, { class: look.filter(Boolean).join(" ") || null }, cellContent(part));
  };
  const [first, ...rest] = rows;
  const head = h("thead", {}, h("tr", {}, first.map(cell("th"))));
  const body = h(
    "tbody",
    {},
    rest.map((row) => h("tr", {}, row.map(cell("td")))),
  );
  return h("div", { class: "table", tabindex: "0", role: "group", "aria-label": "Table" }, h("table", {}, head, body));
}

function cellContent(part) {
  if (part?.type === "rich_text") return richText(part);
  return String(part?.text ?? part?.value ?? "");
}
