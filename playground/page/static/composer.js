/** Where people write: text with completion, and files by button, paste or drop. */

import { completions } from "./completion.js";
import { h, update } from "./dom.js";
import { size } from "./files.js";
import { icon } from "./icons.js";
import { attempt } from "./toasts.js";
import { parts } from "./writing.js";

const MOST_BYTES = 5 * 1024 * 1024; // of all files together
let count = 0;

/**
 * A composer keeps what is written in it until it is sent: Enter sends, Shift+Enter breaks the line.
 *
 * `send({text, files})` gets what was typed, and throws when it did not work. `onEmptyUp` is for the arrow up in an empty
 * composer, `onCancel` for Esc, where they mean something. `save` is what the button says in an editor.
 */
export class Composer {
  constructor({ label, send, text = "", takesFiles = true, onEmptyUp, onCancel, save = "" }) {
    this.options = { label, send, takesFiles, onEmptyUp, onCancel, save };
    this.files = [];
    this.chosen = 0;
    this.completion = null;
    this.#build(text);
  }

  focus() {
    this.input.focus();
  }

  /** Puts text in, as if it had been typed. */
  set(text) {
    this.input.value = text;
    this.#changed();
    this.focus();
    this.input.setSelectionRange(text.length, text.length);
  }

  #build(text) {
    const { label, takesFiles, save } = this.options;
    const listId = `completions-${++count}`;
    this.input = h("textarea", {
      rows: "1",
      "aria-label": label,
      placeholder: label,
      spellcheck: "true",
      autocomplete: "off",
      enterkeyhint: "send",
      role: "combobox",
      "aria-expanded": "false",
      "aria-controls": listId,
      "aria-autocomplete": "list",
      oninput: () => this.#changed(),
      onkeydown: (event) => this.#key(event),
      onblur: () => this.#complete(null),
      onclick: () => this.#changed(),
      onpaste: (event) => takesFiles && this.#take(event, event.clipboardData.files),
    });
    this.mirror = h("div", { class: "composer-mirror", "aria-hidden": "true" });
    this.list = h("ul", {
      class: "completions",
      id: listId,
      role: "listbox",
      "aria-label": "Suggestions",
      hidden: true,
    });
    this.chips = h("ul", { class: "chips", "aria-label": "Files to send", hidden: true });
    this.button = save
      ? h("button", { class: "button button-primary", onclick: () => this.#send() }, save)
      : h(
          "button",
          { class: "send", "aria-label": "Send", title: "Send (Enter)", onclick: () => this.#send() },
          icon("send"),
        );
    this.element = h(
      "div",
      { class: save ? "composer is-editor" : "composer", keep: this, ...this.#dropping() },
      this.list,
      h("div", { class: "composer-text" }, this.mirror, this.input),
      this.chips,
      h(
        "div",
        { class: "composer-tools" },
        takesFiles && this.#attach(),
        this.#insert("at", "Mention somebody", "@"),
        !save && this.#insert("slash", "Commands", "/"),
        h("span", { class: "spacer" }),
        this.#cancel(),
        this.button,
      ),
    );
    this.input.value = text;
    this.#changed();
  }

  #attach() {
    const picker = h("input", { type: "file", multiple: true, hidden: true, onchange: () => this.#add(picker.files) });
    const button = h(
      "button",
      { class: "button-icon", "aria-label": "Attach files", title: "Attach files", onclick: () => picker.click() },
      icon("clip"),
    );
    return [button, picker];
  }

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

  #cancel() {
    const { onCancel, save } = this.options;
    return save && h("button", { class: "button", onclick: onCancel }, "Cancel");
  }

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

  /** Whether the key was for the completion. */
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

  /** The composer is free for the next message at once. What could not be sent comes back, unless there is one. */
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

async function encoded(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return { name: file.name, mimetype: file.type || "application/octet-stream", base64: btoa(binary) };
}
