/** The agent's steps: task cards, alone or in a plan. */

import { h } from "../interface/dom.js";
import { icon } from "../interface/icons.js";
import { link } from "../text/links.js";
import { markdown } from "../text/markdown.js";
import { richText } from "../text/rich_text.js";
import { textElement } from "../text/text_element.js";

const SAID = { pending: "waiting", in_progress: "in progress", complete: "done", error: "failed" };

export function taskList(cards) {
  return h("ol", { class: "tasks" }, cards.map(taskCard));
}

/** How a plan has ended is for its title to say. Until then, the steps or an ellipsis tell that it goes on. */
export function plan({ title, tasks = [] }) {
  const isRunning = title.endsWith("…") || tasks.some(({ status }) => status === "pending" || status === "in_progress");
  const head = h(
    "summary",
    {},
    isRunning && mark("in_progress"),
    h("span", { class: "plan-title" }, title),
    icon("chevron", { size: 16 }),
  );
  return h("details", { class: "plan", open: true }, head, taskList(tasks));
}

function taskCard({ task_id, title, status = "pending", details, output, sources = [] }) {
  const outcome = shortLine(output);
  const more = [...written(details), ...(outcome ? [] : written(output))];
  const heading = [
    mark(status),
    h("span", { class: "task-title" }, title),
    outcome && h("span", { class: "task-outcome" }, outcome),
  ];
  const head = more.length
    ? h(
        "details",
        { class: "task-more" },
        h("summary", {}, heading, icon("chevron", { size: 14 })),
        textElement(more),
      )
    : h("div", { class: "task-head" }, heading);
  return h(
    "li",
    { class: "task-card", key: task_id, "data-status": status },
    head,
    sources.length > 0 && listed(sources),
  );
}

/** The details or the output of a card: rich text in a block, Markdown in a stream's chunk. */
function written(text) {
  if (!text) return [];
  return typeof text === "string" ? markdown(text) : richText(text);
}

/** An output that is one short line without any formatting; it needs no click to be read. */
function shortLine(output) {
  const [section, ...sections] = output?.elements ?? [];
  const [part, ...parts] = section?.elements ?? [];
  const isPlain = section?.type === "rich_text_section" && part?.type === "text" && !part.style;
  return isPlain && !sections.length && !parts.length && part.text.length <= 100 ? part.text : "";
}

/** The sources of a card as links. */
function listed(sources) {
  const chip = ({ url, text }) => h("li", {}, link(url, [icon("link", { size: 12 }), h("span", {}, text || url)]));
  return h("ul", { class: "sources", "aria-label": "Sources" }, sources.map(chip));
}

/** The sign of a status. */
function mark(status) {
  const sign = { complete: "check", error: "alert" }[status];
  return h(
    "span",
    { class: `mark mark-${status}`, role: "img", "aria-label": SAID[status] ?? status },
    sign && icon(sign, { size: 12 }),
  );
}
