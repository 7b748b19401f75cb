/** In the drawer's tab "Run": what people were asked in the thread, and what they have decided. */

import { h } from "../interface/dom.js";
import { icon } from "../interface/icons.js";
import { secondsOf } from "../interface/times.js";

const STATES = { rejected: "cancelled", expired: "cancelled", cancelled: "cancelled" };

/** Nothing as long as nobody was asked and nothing was allowed. `told` is the server's `decisions`, or null. */
export function decisions(told) {
  if (!told || !(told.questions || told.records.length)) return null;
  return h(
    "section",
    { class: "decisions", key: "decisions" },
    h("h3", {}, "Decisions", h("small", {}, counted(told))),
    h("ol", { class: "steps", "aria-label": "Decisions" }, told.records.map(item)),
  );
}

function counted({ turns, questions, dropped }) {
  const each = turns ? ` · ${(questions / turns).toFixed(2)} a turn` : "";
  const older = dropped ? ` · ${dropped} older ones are not shown` : "";
  return `${questions} ${questions === 1 ? "question" : "questions"} in ${turns} ${turns === 1 ? "turn" : "turns"}${each}${older}`;
}

function item({ id, title, outcome, at, asked_by, agent, asked, reason, returned, is_error }) {
  return h(
    "li",
    { class: "step", key: id, "data-state": is_error ? "failed" : (STATES[outcome] ?? "done"), "data-kind": "tool" },
    h("span", { class: "step-sign" }, icon("check", { size: 14 })),
    h(
      "div",
      { class: "step-main" },
      h("div", { class: "step-head" }, h("span", { class: "step-title" }, title), h("span", { class: "step-time" }, secondsOf(at))),
      asked && h("p", { class: "step-detail" }, asked),
      reason && h("p", { class: "step-detail" }, reason),
      returned && h("p", { class: is_error ? "step-error" : "step-detail" }, `→ ${returned}`),
      h("p", { class: "step-detail" }, `asked for by ${asked_by} · ${agent}`),
    ),
  );
}
