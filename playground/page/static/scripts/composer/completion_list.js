/** The list of completions above a text field, from which the person chooses with the keys or by a click. */

import { h, update } from "../interface/dom.js";
import { completions } from "./completion.js";

let count = 0; // of the lists so far, for their ids

export class CompletionList {
  /** `choose({insert, from})` is called with the chosen completion and the place in the text where it begins. */
  constructor(choose) {
    this.choose = choose;
    this.chosen = 0; // which completion is chosen
    this.completion = null; // the completions that are shown: see completion.js
    this.element = h("ul", {
      class: "completions",
      id: `completions-${++count}`,
      role: "listbox",
      "aria-label": "Suggestions",
      hidden: true,
    });
  }

  /** The attributes of the text field to which the list belongs. */
  get attributes() {
    return { "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-controls": this.element.id };
  }

  /** Shows what completes the text before the caret, null for nothing; `field` is the text field. */
  show(field, before) {
    this.field = field;
    this.completion = before === null ? null : completions(before);
    this.chosen = 0;
    this.#draw();
  }

  /** Handles a key in the text field. Returns whether it was used. */
  key(event) {
    if (!this.completion) return false;
    const { length } = this.completion.options;
    const isEnter = event.key === "Enter" && !event.shiftKey;
    if (isEnter && this.#isWritten()) return false; // a whole command: Enter sends it
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      this.chosen = (this.chosen + (event.key === "ArrowDown" ? 1 : -1) + length) % length;
      this.#draw();
    } else if (isEnter || event.key === "Tab") this.#take(event, this.chosen);
    else if (event.key === "Escape") this.show(this.field, null);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  /** Whether the person has written all of the chosen command already. */
  #isWritten() {
    const { from, options } = this.completion;
    const { insert, isCommand } = options[this.chosen];
    return isCommand && this.field.value.slice(from).trimEnd() === insert.trimEnd();
  }

  #take(event, at) {
    event.preventDefault();
    const { from, options } = this.completion;
    this.choose({ from, insert: options[at].insert });
  }

  #draw() {
    const options = this.completion?.options ?? [];
    const id = (at) => `${this.element.id}-${at}`;
    this.element.hidden = !options.length;
    if (options.length) this.field.setAttribute("aria-activedescendant", id(this.chosen));
    else this.field.removeAttribute("aria-activedescendant");
    const item = (option, at) =>
      h(
        "li",
        {
          id: id(at),
          role: "option",
          "aria-selected": String(at === this.chosen),
          onpointerdown: (event) => this.#take(event, at),
        },
        option.sign,
        h("span", {}, option.label),
        option.detail && h("small", {}, option.detail),
      );
    update(this.element, options.map(item));
  }
}
