/** Which steps of the timeline are open, and what the server has told of them. */

import { h, lazy } from "../interface/dom.js";
import { icon } from "../interface/icons.js";
import { openStep } from "../server/requests.js";
import { change, current } from "../state/navigation.js";
import { openChannel } from "../state/workspace.js";
import { details } from "./step_details.js";

/**
 * From "RUN STEP" to {content, error, of, isAsking}. `of` is how the step stood when its content was asked for; without
 * it, the server is asked again.
 */
const open = new Map();

/** The title of a step: a button that opens and closes it, if something is in it. */
export function stepTitle(run, step) {
  if (!step.opens) return h("span", { class: "step-title" }, step.title);
  const isOpen = open.has(keyOf(run, step));
  const properties = {
    class: "step-opener",
    "aria-expanded": String(isOpen),
    "aria-controls": isOpen ? idOf(step) : null,
    onclick: () => toggle(run, step),
  };
  return h(
    "h3",
    { class: "step-title" },
    h("button", properties, h("span", {}, step.title), icon("chevron", { size: 12 })),
  );
}

/** What is in a step; null while it is closed. */
export function stepInside(run, step) {
  const found = open.get(keyOf(run, step));
  if (!found) return null;
  const { content, error } = found;
  return lazy(`inside ${step.id}`, [content, error, step.title], () =>
    h(
      "div",
      { class: "step-inside", id: idOf(step), role: "group", "aria-label": `Inside: ${step.title}` },
      error && h("p", { class: "step-error", role: "alert" }, error),
      content ? details(content) : !error && h("p", {}, "Looking…"),
    ),
  );
}

/** Asks again about the open steps of a run that go on, or that have gone on since they were asked about. */
export function readOpenSteps({ channel, thread, run_id, steps }) {
  for (const step of steps) {
    const found = open.get(keyOf(run_id, step));
    if (found && !found.isAsking && (!step.ended || found.of !== stateOf(step))) read(channel, thread, run_id, step);
  }
}

function toggle(run, step) {
  if (!open.delete(keyOf(run, step))) {
    open.set(keyOf(run, step), {});
    read(openChannel(), current.thread, run, step);
  }
  change({});
}

async function read(channel, thread, run, step) {
  const key = keyOf(run, step);
  open.get(key).isAsking = true;
  let told;
  try {
    told = { content: await openStep(channel, thread, run, step.id), of: stateOf(step) };
  } catch (error) {
    told = { error: error.message };
  }
  if (!open.has(key)) return; // closed meanwhile
  const before = open.get(key).content;
  if (!told.content || isEqual(before, told.content)) told.content = before;
  open.set(key, told);
  change({});
}

/** Whether nothing is new: then what is shown stays as it is, with what the person has opened and selected in it. */
function isEqual(before, now) {
  return JSON.stringify(before) === JSON.stringify(now);
}

const keyOf = (run, step) => `${run} ${step.id}`;
const idOf = (step) => `inside-${step.id}`;
const stateOf = ({ state, attempts, ended }) => `${state} ${attempts} ${ended}`;
