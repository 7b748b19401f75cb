/** Tables, which Markdown and Block Kit both have. */

import { h } from "../interface/dom.js";

/** A table from rows of {classes, content}; the first row is the head. Empty entries of `classes` are left out. */
export function tableElement([first, ...rest]) {
  const cell = (tag) => (part) => h(tag, { class: part.classes.filter(Boolean).join(" ") || null }, part.content);
  const row = (tag) => (parts) => h("tr", {}, parts.map(cell(tag)));
  const table = h("table", {}, h("thead", {}, row("th")(first)), h("tbody", {}, rest.map(row("td"))));
  return h("div", { class: "table", tabindex: "0", role: "group", "aria-label": "Table" }, table);
}
