/** Input blocks: an element with its label, its hint, and what is wrong with what was entered. */

import { h, update } from "../interface/dom.js";
import { current } from "../state/navigation.js";
import { complaint, entryIn } from "./entries.js";
import { words } from "./words.js";

const GROUPS = ["radio_buttons", "checkboxes", "multi_static_select"];
let count = 0; // of the inputs so far, for their ids: a message can be on the page twice

/** `make` makes the element, which is handed in because elements and blocks know each other. */
export function input(block, presses, make) {
  const { block_id, label, hint, optional, element } = block;
  const id = `input-${++count}`;
  const more = { "aria-describedby": `${id}-more` };
  const required = optional ? {} : { "aria-required": "true" };
  const isMenu = element.type === "static_select" || element.type === "users_select";
  const ofField = { id, ...more, ...(isMenu ? { "aria-labelledby": `${id}-label ${id}` } : required) };
  const labels = { ofField, ofGroup: { ...more, "aria-labelledby": `${id}-label` } };
  const said = [words(label), optional && h("small", {}, " (optional)")];
  const checked = (event) => {
    const place = event.currentTarget;
    if (!presses.isModal || place.querySelector("[aria-invalid]")) showProblem(place, problem(place, block, presses));
  };
  return h(
    "div",
    { class: "input", key: [current.person, block_id, element.type].join("/"), "data-input": block_id, onchange: checked },
    GROUPS.includes(element.type)
      ? h("span", { class: "input-label", id: `${id}-label` }, said)
      : h("label", { for: id, id: `${id}-label` }, said),
    make(element, { ...presses, block, labels }),
    h(
      "div",
      { id: `${id}-more` },
      h("p", { class: "input-error", role: "alert", keep: true }),
      hint && h("p", { class: "input-hint" }, words(hint)),
    ),
  );
}

/** What is wrong with the entry: in a modal everything, in a message only what makes no sense. */
function problem(place, block, { isModal = false }) {
  const { element, optional } = block;
  const entry = entryIn(place.querySelector("[data-block]"));
  if (isModal) return complaint(element, entry, { optional });
  return element.type === "number_input" ? complaint(element, entry, { optional: true }) : "";
}

/** Shows what is wrong with each of the input blocks below `parent`. Returns the first one with a problem, or null. */
export function check(parent, blocks) {
  let first = null;
  for (const block of blocks.filter(({ type }) => type === "input")) {
    const place = placeOf(parent, block.block_id);
    const sentence = problem(place, block, { isModal: true });
    showProblem(place, sentence);
    if (sentence) first ??= place;
  }
  return first;
}

/** Shows each sentence at the input of its block_id; no sentence is left at the others. */
export function showProblems(parent, sentences) {
  for (const place of parent.querySelectorAll("[data-input]")) showProblem(place, sentences[place.dataset.input] ?? "");
}

/** Puts the focus on what is to be filled in there. */
export function focusInput(place) {
  const field = place?.querySelector("[data-block]");
  (field?.matches("[role]") ? field.querySelector("input:checked, input") : field)?.focus();
}

function placeOf(parent, blockId) {
  return [...parent.querySelectorAll("[data-input]")].find(({ dataset }) => dataset.input === blockId);
}

function showProblem(place, sentence) {
  update(place.querySelector(".input-error"), sentence);
  const field = place.querySelector("[data-block]");
  if (sentence) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}
