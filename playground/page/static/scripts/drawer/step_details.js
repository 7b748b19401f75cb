/** What is in one step: its requests to Gemini with their answers, a tool's arguments and result, its calls to Slack. */

import { h } from "../interface/dom.js";
import { secondsOf } from "../interface/times.js";
import { folded, json, part } from "./json_parts.js";
import { exchange } from "./model_requests.js";

/** `told` is the server's answer about the step. */
export function details(told) {
  const { is_tool, given, returned, asked, calls, notes, left_out } = told;
  return [
    notes.map((note) => h("p", { class: "inside-note" }, note)),
    left_out && h("p", { class: "inside-note" }, "Some of this is too large to be shown. Where something is missing, there is a “…”."),
    is_tool ? tool(given, returned) : null,
    asked.map((one, at) => exchange(one, { at, isOnly: asked.length === 1 })),
    slackCalls(calls),
    is_tool ? null : recorded(given, returned),
  ];
}

function tool([given], returned) {
  return [
    part("Arguments", { copied: given, name: "the arguments" }, json(given)),
    returned === null ? null : part("Result", { copied: returned, name: "the result" }, json(returned)),
  ];
}

function slackCalls(calls) {
  if (!calls.length) return null;
  return part(
    "Slack calls",
    { note: String(calls.length), copied: calls.map(copied), name: "all Slack calls" },
    h(
      "ol",
      { class: "inside-calls", "aria-label": "Slack calls" },
      calls.map((call) => h("li", {}, slackCall(call))),
    ),
  );
}

const copied = ({ method, outcome, arguments: given, answer }) => ({ method, arguments: given, outcome, answer });

function slackCall(call) {
  const { method, attempt, time, outcome, arguments: given, answer } = call;
  const isGood = outcome === "ok";
  const title = [
    h("code", {}, method),
    h("small", {}, attempt > 1 ? `attempt ${attempt} · ` : "", secondsOf(time)),
    h("span", { class: isGood ? "outcome is-good" : "outcome is-bad" }, outcome),
  ];
  return folded(
    title,
    { copied: copied(call), name: `the call of ${method}` },
    h("h5", {}, "Arguments"),
    json(given),
    h("h5", {}, "Answer"),
    answer === null ? h("p", {}, "Slack’s answer did not arrive, or there was none.") : json(answer),
  );
}

/** The input and the result of a step as Temporal has them. */
function recorded(given, returned) {
  const both = { input: given.length === 1 ? given[0] : given, result: returned };
  return part(
    "In Temporal’s history",
    {},
    folded(["Input"], { copied: both.input, name: "the input" }, json(both.input)),
    returned === null ? null : folded(["Result"], { copied: returned, name: "the result" }, json(returned)),
  );
}
