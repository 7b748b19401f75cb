/**
 * "See more": long texts in messages are folded, as Slack's clients fold them, until the person unfolds the message.
 *
 * An agent's answer (Markdown, streamed or not) is shown whole, and so is a section that says `expand`.
 */

import { h } from "../interface/dom.js";
import { change } from "../state/navigation.js";

const LINE = 90; // characters that fit into a line, about
const MOST_LINES = 20; // of a text that is not folded

const unfolded = new Set(); // "C1/TS" of the messages that the person has unfolded

/** What block_kit/presses.js hands to the texts of a message. */
export function foldingOf(channel, ts) {
  const key = `${channel}/${ts}`;
  return {
    isUnfolded: () => unfolded.has(key),
    toggle: () => {
      if (!unfolded.delete(key)) unfolded.add(key);
      change({});
    },
  };
}

export const isUnfolded = (channel, ts) => unfolded.has(`${channel}/${ts}`);

/** The element for a text, folded if `written` is long. Without `folding` it is as it is. */
export function folded(element, written, folding) {
  if (!folding || !isLong(written)) return element;
  const isOpen = folding.isUnfolded();
  const label = isOpen ? "See less" : "See more";
  const show = () => !isOpen && folding.toggle(); // what is focused has to be visible
  return h(
    "div",
    { class: isOpen ? "folding is-open" : "folding" },
    h("div", { class: "folding-text", onfocusin: show }, element),
    h(
      "button",
      { type: "button", class: "link-button", "aria-expanded": String(isOpen), onclick: folding.toggle },
      label,
    ),
  );
}

function isLong(written) {
  const lines = written.split("\n").reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / LINE)), 0);
  return lines > MOST_LINES;
}
