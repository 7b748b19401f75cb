/** The emoji picker: it opens at a button, for a reaction or for the text that is being written. */

import { h } from "../interface/dom.js";
import { dismiss, place, placeFor } from "../interface/menus.js";
import { OptionList } from "../interface/option_list.js";
import { character, groups } from "./names.js";
import { noteUsed, recent } from "./recent.js";

let open = null; // {element, anchor} of the open picker

/** Opens the picker at the button `anchor`. `choose(name)` is called with the name of the chosen emoji. */
export function openEmojiPicker(anchor, choose) {
  closeEmojiPicker();
  const list = new OptionList({
    label: "Find an emoji",
    hint: "Find an emoji",
    nothing: "No emoji is called that.",
    isGrid: true,
    find,
    choose: (name) => {
      noteUsed(name);
      closeEmojiPicker();
      choose(name);
    },
  });
  const onkeydown = (event) => {
    if (event.key !== "Escape" && event.key !== "Tab") return;
    event.preventDefault();
    event.stopPropagation();
    closeEmojiPicker();
  };
  const element = h("div", { class: "picker", role: "dialog", "aria-label": "Emoji", onkeydown }, list.element);
  placeFor(anchor).append(element);
  open = { element, anchor };
  anchor.setAttribute("aria-expanded", "true");
  anchor.setAttribute("data-open", "");
  place(element, anchor);
  list.field.focus();
}

/** Closes the picker. The focus goes back to its button. */
function closeEmojiPicker() {
  if (!open) return;
  const closing = open;
  open = null;
  dismiss(closing);
}

/** The emoji whose names hold the text, those that begin with it first; without a text all, in their groups. */
function find(text) {
  if (!text)
    return [["Frequently used", recent().map(option)], ...groups.map(([title, all]) => [title, all.map(asOption)])];
  const sought = text.toLowerCase().replace(/^:|:$/g, "").replaceAll(" ", "_");
  const fits = groups.flatMap(([, all]) => all).filter(({ names }) => names.some((name) => name.includes(sought)));
  const isFirst = ({ names }) => Number(names.some((name) => name.startsWith(sought)));
  return [["Found", fits.sort((one, other) => isFirst(other) - isFirst(one)).map(asOption)]];
}

const asOption = ({ name }) => option(name);

function option(name) {
  const content = h("span", { class: "emoji", "aria-hidden": "true" }, character(name));
  return { label: `:${name}:`, content, value: name };
}

window.addEventListener("pointerdown", (event) => {
  if (open && !open.element.contains(event.target) && !open.anchor.contains(event.target)) closeEmojiPicker();
});
window.addEventListener("resize", closeEmojiPicker);
