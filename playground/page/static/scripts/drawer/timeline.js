/**
 * The drawer's tab "Run": a timeline of the workflow run behind the open thread, read from the server again and again.
 */

import { h } from "../interface/dom.js";
import { icon } from "../interface/icons.js";
import { duration, moment, secondsOf } from "../interface/times.js";
import { decisions } from "./decisions.js";
import { readOpenSteps, stepInside, stepTitle } from "./open_steps.js";
import { lookInside } from "../server/requests.js";
import { change, current } from "../state/navigation.js";
import { openChannel } from "../state/workspace.js";

const PAUSE = 700; // milliseconds between two requests
const SIGNS = {
  model: "spark",
  tool: "tool",
  post: "message",
  open: "play",
  summary: "book",
  signal: "signal",
  timer: "clock",
  run: "thread",
};
const INSTANT = ["signal", "run", "timer"]; // shown without a bar
const STATES = { running: "running", retrying: "trying again", done: "done", failed: "failed", cancelled: "cancelled" };

let seen = { place: "", run: null, error: "" }; // the server's last answer, and the thread that it is about

/** Asks the server while the tab is open and the page is visible. Never returns. */
export async function keepReading() {
  for (;;) {
    const channel = openChannel();
    if (current.drawer === "run" && channel && current.thread && !document.hidden)
      await readOnce(channel, current.thread);
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

async function readOnce(channel, thread) {
  const place = `${channel}/${thread}`;
  try {
    const run = await lookInside(channel, thread);
    seen = { place, run, error: "" };
    readOpenSteps({ channel, thread, ...run });
  } catch (error) {
    const isNothing = error.status === 404;
    seen = { place, run: seen.place === place && !isNothing ? seen.run : null, error: isNothing ? "" : error.message };
  }
  change({});
}

export function runTab() {
  const place = `${openChannel()}/${current.thread}`;
  if (!current.thread)
    return h("p", { class: "empty" }, "Open a thread: each one is a run of its own, and here are its steps.");
  if (seen.place !== place) return h("p", { class: "empty" }, "Looking…");
  const { run, error } = seen;
  const trouble = error && h("p", { class: "trouble" }, icon("alert", { size: 14 }), error);
  if (!run?.workflow_id)
    return [
      trouble || h("p", { class: "empty" }, "There is no run behind this thread: the agent has not taken part in it."),
    ];
  return [about(run), trouble, decisions(run.decisions), turns(run.steps).map((steps) => turn(steps, run.run_id))];
}

function about({ workflow_id, status, steps }) {
  const state = h("span", { class: `chip chip-${String(status).toLowerCase()}` }, String(status).toLowerCase());
  return h(
    "div",
    { class: "run-about" },
    h("code", { title: "The workflow's id" }, workflow_id),
    h("div", {}, state, h("span", {}, `${steps.length} steps`)),
  );
}

/** The lines, one group for each turn; a signal after other work begins a turn. */
function turns(steps) {
  const groups = [];
  for (const step of steps) {
    const begins = step.kind === "signal" && groups.at(-1)?.some((one) => one.kind !== "signal" && one.kind !== "run");
    if (!groups.length || begins) groups.push([]);
    groups.at(-1).push(step);
  }
  return groups;
}

function turn(steps, run) {
  const now = Date.now();
  const end = (step) => (step.ended ? Number(moment(step.ended)) : now);
  const begin = Math.min(...steps.map((step) => Number(moment(step.started))));
  const span = Math.max(1, Math.max(...steps.filter((step) => !INSTANT.includes(step.kind)).map(end), begin) - begin);
  let worker = "";
  const items = steps.map((step) => {
    const isNews = step.worker !== worker || step.attempts > 1 || step.state === "running";
    worker = step.worker || worker;
    return stepItem(step, { run, begin, span, end: end(step), isNews });
  });
  return h(
    "ol",
    { class: "steps", key: `turn ${steps[0].id}`, "aria-label": `Steps since ${secondsOf(steps[0].started)}` },
    items,
  );
}

/** One line of the timeline. The worker is named if `isNews`: where it is not the same as in the line before. */
function stepItem(step, { run, begin, span, end, isNews }) {
  const isInstant = INSTANT.includes(step.kind);
  const attributes = { class: "step", key: step.id, "data-state": step.state, "data-kind": step.kind };
  const worker = step.worker && isNews && !isInstant && `${secondsOf(step.started)} · ${step.worker}`;
  return h(
    "li",
    { ...attributes, title: `${secondsOf(step.started)} ${step.worker}` },
    h("span", { class: "step-sign" }, icon(SIGNS[step.kind] ?? "play", { size: 14 })),
    h(
      "div",
      { class: "step-main" },
      stepHead(step, run, end),
      !isInstant && bar(step, { begin, span, end }),
      step.asked && h("p", { class: "step-detail" }, step.asked),
      step.returned && h("p", { class: "step-detail" }, `→ ${step.returned}`),
      step.error && h("p", { class: "step-error" }, step.error),
      worker && h("p", { class: "step-detail" }, worker),
    ),
    stepInside(run, step),
  );
}

function stepHead(step, run, end) {
  const isWaiting = step.kind === "timer" && !step.ended;
  const time = INSTANT.includes(step.kind) ? secondsOf(step.started) : duration(end - Number(moment(step.started)));
  return h(
    "div",
    { class: "step-head" },
    stepTitle(run, step),
    step.attempts > 1 && h("span", { class: "chip chip-retry" }, `attempt ${step.attempts}`),
    h("span", { class: "step-time" }, isWaiting ? "waiting" : time),
    h("span", { class: "hidden" }, STATES[step.state]),
  );
}

/** A bar that shows when the step ran within its turn, which began at `begin` and took `span` milliseconds. */
function bar(step, { begin, span, end }) {
  const started = Number(moment(step.started));
  const percent = (milliseconds) => (100 * milliseconds) / span;
  const left = percent(started - begin);
  const width = Math.max(1, Math.min(100 - left, percent(end - started)));
  const style = { marginInlineStart: `${left}%`, width: `${width}%` };
  return h("span", { class: "step-track", "aria-hidden": "true" }, h("span", { class: "step-bar", style }));
}
