/** The files that go with a message: chosen, pasted or dropped, and shown as chips until they are sent. */

import { h, update } from "../interface/dom.js";
import { icon } from "../interface/icons.js";
import { size } from "../interface/sizes.js";
import { attempt } from "../interface/toasts.js";

const MOST_BYTES = 5 * 1024 * 1024; // of all files of a message together

export class Attachments {
  /** `onChange()` is called whenever the files are others, `onPick()` when the person has added or removed one. */
  constructor({ onChange, onPick }) {
    Object.assign(this, { onChange, onPick });
    this.files = [];
    this.chips = h("ul", { class: "chips", role: "list", "aria-label": "Files to send", hidden: true });
  }

  /** The button that opens the browser's file picker, and the picker. */
  button() {
    const picker = h("input", { type: "file", multiple: true, hidden: true, onchange: () => this.add(picker.files) });
    const properties = { type: "button", class: "button-icon", "aria-label": "Attach files", title: "Attach files" };
    return [h("button", { ...properties, onclick: () => picker.click() }, icon("clip")), picker];
  }

  /** Handlers for files that are dropped on `element`, which `mark(isOver)` makes look like it takes them. */
  dropping(mark) {
    return {
      ondragover: (event) => {
        if (!event.dataTransfer.types.includes("Files")) return;
        event.preventDefault();
        mark(true);
      },
      ondragleave: () => mark(false),
      ondrop: (event) => {
        mark(false);
        this.take(event, event.dataTransfer.files);
      },
    };
  }

  /** Takes the files of a drop or of what was pasted, if there are any. */
  take(event, files) {
    if (!files.length) return;
    event.preventDefault();
    this.add(files);
  }

  add(files) {
    const all = [...this.files, ...files];
    const bytes = all.reduce((sum, file) => sum + file.size, 0);
    attempt(() => {
      if (bytes > MOST_BYTES)
        throw new Error(`The playground takes ${size(MOST_BYTES)} at a time; these are ${size(bytes)}.`);
      this.set(all);
      this.onPick();
    });
  }

  set(files) {
    this.files = files;
    this.chips.hidden = !files.length;
    update(
      this.chips,
      files.map((file) => this.#chip(file)),
    );
    this.onChange();
  }

  #chip(file) {
    const remove = () => {
      this.set(this.files.filter((other) => other !== file));
      this.onPick();
    };
    const cross = { type: "button", "aria-label": `Remove ${file.name}`, onclick: remove };
    return h(
      "li",
      {},
      icon("file", { size: 14 }),
      file.name,
      h("small", {}, size(file.size)),
      h("button", cross, icon("close", { size: 12 })),
    );
  }
}

/** A file as the server takes it. */
export async function encoded(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return { name: file.name, mimetype: file.type || "application/octet-stream", base64: btoa(binary) };
}
