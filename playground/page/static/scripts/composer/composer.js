/** The composer, in which people write a message: text with completions, and files by button, paste or drop. */

import { h, update } from "../interface/dom.js";
import { icon } from "../interface/icons.js";
import { size } from "../interface/sizes.js";
import { attempt } from "../interface/toasts.js";
import { completions } from "./completion.js";
import { parts } from "./slack_markup.js";

const MOST_BYTES = 5 * 1024 * 1024; // of all files of a message together
let count = 0; // of composers so far, for unique ids

/**
 * Enter sends, Shift+Enter begins a new line.
 *
 * `send({text, files})` sends the message and throws an Error if that fails. `onEmptyUp`, if given, is called for the
 * key Up in an empty composer and returns whether it used the key; `onCancel`, if given, is called for Esc. `save` is
 * the label of the button when a message is edited; without it the button is the arrow that sends.
 */
export class Composer {
  constructor({ label, send, text = "", takesFiles = true, onEmptyUp, onCancel, save = "" }) {
    this.options = { label, send, takesFiles, onEmptyUp, onCancel, save };
    this.files = [];
    this.chosen = 0; // which completion is chosen
    this.completion = null; // the completions that are shown: see completion.js
    this.#build(text);
  }

  focus() {
    this.input.focus();
  }

  /** Replaces the text, as if the person had typed it. */
  set(text) {
    this.input.value = text;
    this.#changed();
    this.focus();
    this.input.setSelectionRange(text.length, text.length);
  }

  #build(text) {
    const { save } = this.options;
    this.list = h("ul", {
      class: "completions",
      id: `completions-${++count}`,
      role: "listbox",
      "aria-label": "Suggestions",
      hidden: true,
    });
    this.input = this.#textarea();
    this.mirror = h("div", { class: "composer-mirror", "aria-hidden": "true" });
    this.chips = h("ul", { class: "chips", "aria-label": "Files to send", hidden: true });
    this.button = this.#sendButton();
    this.element = h(
      "div",
      { class: save ? "composer is-editor" : "composer", keep: this, ...this.#dropping() },
      this.list,
      h("div", { class: "composer-text" }, this.mirror, this.input),
      this.chips,
      this.#tools(),
    );
    this.input.value = text;
    this.#changed();
  }

  #textarea() {
    const { label, takesFiles } = this.options;
    return h("textarea", {
      rows: "1",
      "aria-label": label,
      placeholder: label,
      spellcheck: "true",
      autocomplete: "off",
      enterkeyhint: "send",
      role: "combobox",
      "aria-expanded": "false",
      "aria-controls": this.list.id,
      "aria-autocomplete": "list",
      oninput: () => this.#changed(),
      onkeydown: (event) => this.#key(event),
      onblur: () => this.#complete(null),
      onclick: () => this.#changed(),
      onpaste: (event) => takesFiles && this.#take(event, event.clipboardData.files),
    });
  }

  #sendButton() {
    const { save } = this.options;
    const onclick = () => this.#send();
    if (save) return h("button", { class: "button button-primary", onclick }, save);
    return h("button", { class: "send", "aria-label": "Send", title: "Send (Enter)", onclick }, icon("send"));
  }

  #tools() {
    const { takesFiles, save, onCancel } = this.options;
    return h(
      "div",
      { class: "composer-tools" },
      takesFiles && this.#attach(),
      this.#insert("at", "Mention somebody", "@"),
      !save && this.#insert("slash", "Commands", "/"),
      h("span", { class: "spacer" }),
      save && h("button", { class: "button", onclick: onCancel }, "Cancel"),
      this.button,
    );
  }

  /** The button that opens the browser's file picker, and the picker. */
  #attach() {
    const picker = h("input", { type: "file", multiple: true, hidden: true, onchange: () => this.#add(picker.files) });
    const button = h(
      "button",
      { class: "button-icon", "aria-label": "Attach files", title: "Attach files", onclick: () => picker.click() },
      icon("clip"),
    );
    return [button, picker];
  }

  /** A button that writes `mark` at the caret. */
  #insert(sign, label, mark) {
    const put = () => {
      const before = this.input.value.slice(0, this.input.selectionStart);
      if (mark === "/" && this.input.value) return this.focus();
      this.input.setRangeText(
        before && !/\s$/.test(before) ? ` ${mark}` : mark,
        this.input.selectionStart,
        this.input.selectionEnd,
        "end",
      );
      this.focus();
      this.#changed();
    };
    return h("button", { class: "button-icon", "aria-label": label, title: label, onclick: put }, icon(sign));
  }

  /** Handlers for files that are dropped on the composer. */
  #dropping() {
    if (!this.options.takesFiles) return {};
    const mark = (isOver) => this.element.classList.toggle("is-drop-target", isOver);
    return {
      ondragover: (event) => {
        if (!event.dataTransfer.types.includes("Files")) return;
        event.preventDefault();
        mark(true);
      },
      ondragleave: () => mark(false),
      ondrop: (event) => {
        mark(false);
        this.#take(event, event.dataTransfer.files);
      },
    };
  }

  #take(event, files) {
    if (!files.length) return;
    event.preventDefault();
    this.#add(files);
  }

  #add(files) {
    const all = [...this.files, ...files];
    const bytes = all.reduce((sum, file) => sum + file.size, 0);
    attempt(async () => {
      if (bytes > MOST_BYTES)
        throw new Error(`The playground takes ${size(MOST_BYTES)} at a time; these are ${size(bytes)}.`);
      this.files = all;
      this.#changed();
      this.focus();
    });
  }

  #remove(file) {
    this.files = this.files.filter((other) => other !== file);
    this.#changed();
    this.focus();
  }

  /** Draws everything that depends on the text and the files. */
  #changed() {
    const { value, selectionStart, selectionEnd } = this.input;
    update(
      this.mirror,
      parts(value).map(([text, isMention]) => h(isMention ? "mark" : "span", {}, text)),
      "\u200b",
    );
    this.chips.hidden = !this.files.length;
    update(
      this.chips,
      this.files.map((file) =>
        h(
          "li",
          {},
          icon("file", { size: 14 }),
          file.name,
          h("small", {}, size(file.size)),
          h(
            "button",
            { "aria-label": `Remove ${file.name}`, onclick: () => this.#remove(file) },
            icon("close", { size: 12 }),
          ),
        ),
      ),
    );
    this.button.disabled = !value.trim() && !this.files.length;
    const isTyping = selectionStart === selectionEnd && document.activeElement === this.input;
    this.#complete(isTyping ? completions(value.slice(0, selectionStart)) : null);
  }

  #complete(completion) {
    this.completion = completion;
    this.chosen = 0;
    this.#showCompletion();
  }

  #showCompletion() {
    const options = this.completion?.options ?? [];
    const id = (at) => `${this.list.id}-${at}`;
    this.list.hidden = !options.length;
    this.input.setAttribute("aria-expanded", String(options.length > 0));
    if (options.length) this.input.setAttribute("aria-activedescendant", id(this.chosen));
    else this.input.removeAttribute("aria-activedescendant");
    update(
      this.list,
      options.map((option, at) =>
        h(
          "li",
          {
            id: id(at),
            role: "option",
            "aria-selected": String(at === this.chosen),
            onpointerdown: (event) => this.#choose(event, at),
          },
          option.sign,
          h("span", {}, option.label),
          option.detail && h("small", {}, option.detail),
        ),
      ),
    );
  }

  #choose(event, at) {
    event.preventDefault();
    const { from, options } = this.completion;
    this.input.setRangeText(options[at].insert, from, this.input.selectionStart, "end");
    this.#changed();
  }

  #key(event) {
    if (event.isComposing) return;
    if (this.completion && this.#keyInCompletion(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#send();
    } else if (event.key === "ArrowUp" && !this.input.value && this.options.onEmptyUp?.()) event.preventDefault();
    else if (event.key === "Escape" && this.options.onCancel) {
      event.stopPropagation();
      this.options.onCancel();
    }
  }

  /** Handles a key while completions are shown. Returns whether the key was used. */
  #keyInCompletion(event) {
    const { length } = this.completion.options;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      this.chosen = (this.chosen + (event.key === "ArrowDown" ? 1 : -1) + length) % length;
      this.#showCompletion();
    } else if ((event.key === "Enter" && !event.shiftKey) || event.key === "Tab") this.#choose(event, this.chosen);
    else if (event.key === "Escape") this.#complete(null);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  /**
   * Sends the message. The composer is empty at once, so that the person can go on writing. If sending fails, the
   * message comes back, unless another one was begun.
   */
  async #send() {
    const text = this.input.value.trim();
    const files = this.files;
    if (!text && !files.length) return;
    this.input.value = "";
    this.files = [];
    this.#changed();
    const send = async () => this.options.send({ text, files: await Promise.all(files.map(encoded)) });
    if ((await attempt(send)) || this.input.value || this.files.length) return;
    this.input.value = text;
    this.files = files;
    this.#changed();
  }
}

/** A file as the server takes it. */
async function encoded(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return { name: file.name, mimetype: file.type || "application/octet-stream", base64: btoa(binary) };
}
