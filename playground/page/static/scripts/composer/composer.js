/** The composer, in which people write a message: text with completions, formats and emoji, and files. */

import { character } from "../emoji/names.js";
import { openEmojiPicker } from "../emoji/picker.js";
import { h, update } from "../interface/dom.js";
import { icon } from "../interface/icons.js";
import { attempt } from "../interface/toasts.js";
import { current, prefer } from "../state/navigation.js";
import { Attachments, encoded } from "./attachments.js";
import { CompletionList } from "./completion_list.js";
import { isInCodeBlock, newLine } from "./formatting.js";
import { formatOf, formattingBar } from "./formatting_bar.js";
import { pieces } from "./slack_markup.js";

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
    this.completions = new CompletionList(({ from, insert }) => this.#replace(from, this.input.selectionStart, insert));
    this.attachments = new Attachments({ onChange: () => this.#changed(), onPick: () => this.focus() });
    this.#build();
    this.input.value = text;
    this.#changed();
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

  /** Shows or hides the formatting bar, as the person prefers it now. */
  followPreferences() {
    this.bar.hidden = !current.isFormatting;
    const label = current.isFormatting ? "Hide formatting" : "Show formatting";
    for (const [name, value] of Object.entries({
      "aria-expanded": String(current.isFormatting),
      "aria-label": label,
      title: label,
    }))
      this.toggle.setAttribute(name, value);
  }

  #build() {
    const { save, takesFiles } = this.options;
    this.input = this.#textarea();
    this.mirror = h("div", { class: "composer-mirror", dir: "auto", "aria-hidden": "true" });
    this.bar = formattingBar((format) => this.#apply(format));
    this.button = this.#sendButton();
    const mark = (isOver) => this.element.classList.toggle("is-drop-target", isOver);
    this.element = h(
      "div",
      {
        class: save ? "composer is-editor" : "composer",
        key: "composer",
        keep: this,
        ...(takesFiles && this.attachments.dropping(mark)),
      },
      this.completions.element,
      this.bar,
      h("div", { class: "composer-text" }, this.mirror, this.input),
      this.attachments.chips,
      this.#tools(),
    );
    this.followPreferences();
  }

  #textarea() {
    const { label, takesFiles } = this.options;
    return h("textarea", {
      rows: "1",
      dir: "auto",
      "aria-label": label,
      placeholder: label,
      spellcheck: "true",
      autocomplete: "off",
      enterkeyhint: "send",
      ...this.completions.attributes,
      oninput: () => this.#changed(),
      onkeydown: (event) => this.#key(event),
      onblur: () => this.completions.show(this.input, null),
      onclick: () => this.#changed(),
      onpaste: (event) => takesFiles && this.attachments.take(event, event.clipboardData.files),
    });
  }

  #sendButton() {
    const { save } = this.options;
    const onclick = () => this.#send();
    if (save) return h("button", { type: "button", class: "button button-primary", onclick }, save);
    return h(
      "button",
      { type: "button", class: "send", "aria-label": "Send", title: "Send (Enter)", onclick },
      icon("send"),
    );
  }

  #tools() {
    const { takesFiles, save, onCancel } = this.options;
    this.toggle = tool("format", "", () => prefer("isFormatting", !current.isFormatting));
    const pick = ({ currentTarget }) => openEmojiPicker(currentTarget, (name) => this.#insert(`${character(name)} `));
    return h(
      "div",
      { class: "composer-tools" },
      takesFiles && this.attachments.button(),
      this.toggle,
      tool("smile", "Emoji", pick, { "aria-haspopup": "dialog", "aria-expanded": "false" }),
      tool("at", "Mention somebody", () => this.#begin("@")),
      !save && tool("slash", "Run a command", () => (this.input.value ? this.focus() : this.#begin("/"))),
      h("span", { class: "spacer" }),
      save && h("button", { type: "button", class: "button", onclick: onCancel }, "Cancel"),
      this.button,
    );
  }

  /** Writes `mark` at the caret, as the beginning of a word. */
  #begin(mark) {
    const before = this.input.value.slice(0, this.input.selectionStart);
    this.#insert(before && !/\s$/.test(before) ? ` ${mark}` : mark);
  }

  /** Writes text in place of what is selected. */
  #insert(text) {
    this.#replace(this.input.selectionStart, this.input.selectionEnd, text);
  }

  /** Replaces a part of the text as if the person had typed it, so that Ctrl+Z takes it back. */
  #replace(from, to, text) {
    this.focus();
    this.input.setSelectionRange(from, to);
    const isDone = text ? document.execCommand("insertText", false, text) : document.execCommand("delete");
    if (!isDone) this.input.setRangeText(text, from, to, "end");
    this.#changed();
  }

  get #state() {
    return { text: this.input.value, start: this.input.selectionStart, end: this.input.selectionEnd };
  }

  /** Formats what is selected with a function of formatting.js, which may ask the person something first. */
  async #apply(format) {
    const change = await format(this.#state);
    if (!change) return this.focus();
    this.#replace(change.from, change.to, change.insert);
    this.input.setSelectionRange(change.start, change.end);
  }

  /** Draws everything that depends on the text and the files. */
  #changed() {
    const { value, selectionStart, selectionEnd } = this.input;
    update(
      this.mirror,
      pieces(value).map(([text, mention]) => h(mention ? "mark" : "span", {}, text)),
      "\u200b",
    );
    this.button.disabled = !value.trim() && !this.attachments.files.length;
    const isTyping = selectionStart === selectionEnd && document.activeElement === this.input;
    this.completions.show(this.input, isTyping ? value.slice(0, selectionStart) : null);
  }

  #key(event) {
    if (event.isComposing || this.completions.key(event)) return;
    const format = formatOf(event) ?? (event.key === "Enter" && event.shiftKey ? newLine : undefined);
    if (format) {
      event.preventDefault();
      this.#apply(format);
    } else if (event.key === "Enter") {
      if (isInCodeBlock(this.#state) && !event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      this.#send();
    } else if (event.key === "ArrowUp" && !this.input.value && this.options.onEmptyUp?.()) event.preventDefault();
    else if (event.key === "Escape" && this.options.onCancel) {
      event.stopPropagation();
      this.options.onCancel();
    }
  }

  /**
   * Sends the message. The composer is empty at once, so that the person can go on writing. If sending fails, the
   * message comes back, unless another one was begun.
   */
  async #send() {
    const text = this.input.value.trim();
    const { files } = this.attachments;
    if (!text && !files.length) return;
    this.input.value = "";
    this.attachments.set([]);
    const send = async () => this.options.send({ text, files: await Promise.all(files.map(encoded)) });
    if ((await attempt(send)) || this.input.value || this.attachments.files.length) return;
    this.input.value = text;
    this.attachments.set(files);
  }
}

/** A button with an icon alone. */
function tool(sign, label, onclick, properties = {}) {
  return h(
    "button",
    { type: "button", class: "button-icon", "aria-label": label, title: label, ...properties, onclick },
    icon(sign),
  );
}
