/** Small dialogs that ask the person a question. */

import { h } from "./dom.js";

/** Asks before something that cannot be undone. `yes` is the label of the button. Returns whether the person agrees. */
export async function askToConfirm(question, { yes }) {
  return (await open(h("p", {}, question), yes, { isDangerous: true })) !== null;
}

/** Asks for a line of text, with `value` to begin with. Returns null if the person cancels. */
export function askForLine(question, { yes, value }) {
  const entry = h("input", { type: "text", "aria-label": question, required: true, maxlength: "255", autofocus: true });
  entry.value = value;
  return open(h("div", { class: "input" }, h("label", {}, question, entry)), yes);
}

/** Opens a dialog. Returns the text of its input ("" without an input) if the person agrees, null if not. */
function open(content, yes, { isDangerous = false } = {}) {
  return new Promise((resolve) => {
    const finish = (answer) => {
      dialog.remove();
      resolve(answer);
    };
    const agree = (event) => {
      event.preventDefault();
      finish(dialog.querySelector("input")?.value ?? "");
    };
    const classes = isDangerous ? "button button-danger" : "button button-primary";
    const buttons = [
      h("button", { class: "button", type: "button", onclick: () => finish(null) }, "Cancel"),
      h("button", { class: classes, autofocus: isDangerous }, yes),
    ];
    const form = h("form", { onsubmit: agree }, content, h("div", { class: "dialog-buttons" }, buttons));
    const dialog = h(
      "dialog",
      { class: "dialog", "aria-label": content.textContent, onclose: () => finish(null) },
      form,
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}
