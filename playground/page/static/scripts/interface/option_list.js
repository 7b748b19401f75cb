/**
 * A text field with options below it. The focus stays in the field, where the person writes to find an option; the arrow
 * keys move through the options, Enter chooses one, and so does a click.
 */

import { h, update } from "./dom.js";

let count = 0; // of the lists so far, for their ids

export class OptionList {
  /**
   * `find(text)` returns what fits the text in the field: pairs of a group's title and its options, each {label, content,
   * value}: `label` is its name, `content` what is shown. `choose(value)` is called with the value of the chosen one.
   * With `isGrid` the options lie side by side.
   */
  constructor({ label, hint, nothing, find, choose, isGrid = false }) {
    Object.assign(this, { find, choose, isGrid, nothing });
    this.id = `options-${++count}`;
    this.field = h("input", {
      type: "text",
      class: "field",
      role: "combobox",
      "aria-label": label,
      "aria-expanded": "true",
      "aria-controls": this.id,
      "aria-autocomplete": "list",
      autocomplete: "off",
      spellcheck: "false",
      placeholder: hint,
      oninput: () => this.show(),
      onkeydown: (event) => this.#key(event),
    });
    const looks = isGrid ? "option-list is-grid" : "option-list";
    this.list = h("div", { class: looks, id: this.id, role: "listbox", "aria-label": label });
    this.note = h("p", { class: "option-none", role: "status" });
    this.element = h("div", { class: "option-finder" }, this.field, this.list, this.note);
    this.show();
  }

  /** Shows what fits the text in the field. */
  show() {
    let at = 0;
    this.values = new Map();
    const groups = this.find(this.field.value.trim()).filter(([, options]) => options.length);
    update(
      this.list,
      groups.map(([title, options]) =>
        h(
          "div",
          { role: "group", "aria-label": title, key: title },
          h("p", { class: "option-title", "aria-hidden": "true" }, title),
          options.map((option) => this.#option(option, at++)),
        ),
      ),
    );
    this.list.hidden = !at;
    update(this.note, at ? null : this.nothing);
    this.#activate(this.list.querySelector("[role=option]"));
  }

  #option({ label, content, value }, at) {
    const id = `${this.id}-${at}`;
    this.values.set(id, value);
    return h(
      "div",
      {
        id,
        role: "option",
        "aria-label": label,
        "aria-selected": "false",
        title: this.isGrid ? label : null,
        onpointerdown: (event) => event.preventDefault(), // the focus stays in the field
        onclick: () => this.choose(this.values.get(id)),
      },
      content,
    );
  }

  #key(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && this.active) this.choose(this.values.get(this.active.id));
    else if (!this.#move(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Makes another option active. Returns whether the key was one that moves. */
  #move(key) {
    const all = [...this.list.querySelectorAll("[role=option]")];
    const at = all.indexOf(this.active);
    const steps = this.isGrid ? { ArrowRight: 1, ArrowLeft: -1 } : { ArrowDown: 1, ArrowUp: -1 };
    if (!all.length) return false;
    if (key in steps) this.#activate(all[(at + steps[key] + all.length) % all.length]);
    else if (this.isGrid && key === "ArrowDown") this.#activate(nearest(all.slice(at + 1), this.active, 1));
    else if (this.isGrid && key === "ArrowUp") this.#activate(nearest(all.slice(0, at).reverse(), this.active, -1));
    else return false;
    return true;
  }

  #activate(option) {
    if (option === null && this.active?.isConnected) return;
    this.active?.setAttribute("aria-selected", "false");
    this.active = option;
    option?.setAttribute("aria-selected", "true");
    if (option) this.field.setAttribute("aria-activedescendant", option.id);
    else this.field.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }
}

/** The option of the next row that lies closest to `from`, null if there is no row more; `others` begin beside `from`. */
function nearest(others, from, direction) {
  const top = others.find((one) => direction * (one.offsetTop - from.offsetTop) > 0)?.offsetTop;
  const row = others.filter((one) => one.offsetTop === top);
  const away = (one) => Math.abs(one.offsetLeft - from.offsetLeft);
  return row.sort((one, other) => away(one) - away(other))[0] ?? null;
}
