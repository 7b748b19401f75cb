/** The agent's steps: task cards, alone or in a plan. */

import { h } from "../interface/dom.js";
import { icon } from "../interface/icons.js";
import { link } from "../text/links.js";
import { markdown } from "../text/markdown.js";
import { richText } from "../text/rich_text.js";

const SAID = { pending: "waiting", in_progress: "in progress", complete: "done", error: "failed" };

export function taskList(cards) {
  return h("ol", { class: "tasks" }, cards.map(taskCard));
}

export function plan({ title, tasks = [] }) {
  const done = tasks.filter((task) => task.status === "complete").length;
  const isOver = tasks.every((task) => task.status === "complete" || task.status === "error");
  const state = !isOver ? "in_progress" : done === tasks.length ? "complete" : "error";
  const count = h(
    "span",
    { class: "plan-count", "aria-label": `${done} of ${tasks.length} steps done` },
    `${done}/${tasks.length}`,
  );
  const head = h(
    "summary",
    {},
    mark(state),
    h("span", { class: "plan-title" }, title),
    count,
    icon("chevron", { size: 16 }),
  );
  return h("details", { class: "plan", open: true, "data-status": state }, head, taskList(tasks));
}

function taskCard({ task_id, title, status = "pending", details, output, sources = [] }) {
  const more = [...written(details), ...written(output)];
  const heading = [mark(status), h("span", { class: "task-title" }, title)];
  const head = more.length
    ? h(
        "details",
        { class: "task-more" },
        h("summary", {}, heading, icon("chevron", { size: 14 })),
        h("div", { class: "text" }, more),
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
