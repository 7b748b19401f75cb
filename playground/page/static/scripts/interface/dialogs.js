/** Dialogs: small ones that ask the person a question, and what all dialogs do with the keyboard. */

import { h } from "./dom.js";

const FOCUSABLE = "a[href], button, input, textarea, select, summary, [tabindex]:not([tabindex='-1'])";
let count = 0; // of the dialogs so far, for their ids

/** Asks before something that cannot be undone. `yes` is the label of the button. Returns whether the person agrees. */
export async function askToConfirm(question, { yes }) {
  return (await ask(h("p", {}, question), { yes, isDangerous: true })) !== null;
}

/** Asks what the app wants to be sure of; all parts are texts. Returns whether the person agrees. */
export async function askForConsent({ title, text, confirm, deny, isDangerous }) {
  const content = [h("h2", {}, title), h("p", {}, text)];
  return (await ask(content, { yes: confirm, no: deny, isDangerous, isStyled: true })) !== null;
}

/** Asks for a line of text, with `value` to begin with. Returns null if the person cancels. */
export async function askForLine(question, { yes, value }) {
  const entry = field(question, { required: true, maxlength: "255", autofocus: true }, value);
  return (await ask(h("div", { class: "input" }, entry), { yes }))?.[0] ?? null;
}

/** Asks for a link with `label` as its text. Returns {label, address}, null if the person cancels. */
export async function askForLink(label) {
  const isAddress = /^https?:/.test(label);
  const isTextNext = !label || isAddress; // else the address is missing
  const target = {
    type: "url",
    required: true,
    pattern: "https?://.+",
    placeholder: "https://",
    autofocus: !isTextNext,
  };
  const entries = [
    field("Text", { autofocus: isTextNext }, isAddress ? "" : label),
    field("Link", { ...target, title: "An address that begins with https://" }, isAddress ? label : ""),
  ];
  const answer = await ask([h("h2", {}, "Add a link"), h("div", { class: "input" }, entries)], { yes: "Save" });
  return answer && { label: answer[0].trim(), address: answer[1].trim() };
}

function field(label, properties, value) {
  const entry = h("input", { type: "text", class: "field", dir: "auto", autocomplete: "off", ...properties });
  entry.value = value;
  return h("label", {}, label, entry);
}

/** Opens a dialog. Returns the texts of its inputs if the person agrees, null if not. */
function ask(content, { yes, no = "Cancel", isDangerous = false, isStyled = false }) {
  return new Promise((resolve) => {
    const [title, text] = [content].flat();
    const isSaid = text?.nodeName === "P"; // and not what the person fills in
    const names = { title: `dialog-${++count}-title`, text: isSaid && `dialog-${count}-text` };
    title.id = names.title;
    if (isSaid) text.id = names.text;
    const finish = (answer) => {
      resolve(answer);
      closeDialog(dialog);
    };
    const agree = (event) => {
      event.preventDefault();
      finish([...dialog.querySelectorAll("input")].map(({ value }) => value));
    };
    const looks = isDangerous ? (isStyled ? "button-danger is-strong" : "button-danger") : "button-primary";
    const buttons = [
      h("button", { class: "button", type: "button", onclick: () => finish(null) }, no),
      h("button", { class: `button ${looks}`, autofocus: isDangerous || isStyled }, yes),
    ];
    const form = h("form", { onsubmit: agree }, content, h("div", { class: "dialog-buttons" }, buttons));
    const dialog = h(
      "dialog",
      {
        class: "dialog",
        role: isSaid ? "alertdialog" : null,
        "aria-labelledby": names.title,
        "aria-describedby": names.text,
        onclose: () => finish(null),
      },
      form,
    );
    openDialog(dialog);
  });
}

/** Shows a dialog over the page. Tab goes round in it. */
export function openDialog(dialog) {
  dialog.addEventListener("keydown", (event) => goRound(event, dialog));
  document.body.append(dialog);
  dialog.showModal();
}

/** Takes the dialog away. The focus goes back to where it was before. */
export function closeDialog(dialog) {
  if (dialog.open) dialog.close();
  dialog.remove();
}

function goRound(event, dialog) {
  if (event.key !== "Tab") return;
  const all = [...dialog.querySelectorAll(FOCUSABLE)].filter((one) => !one.disabled && one.offsetParent);
  const end = event.shiftKey ? all[0] : all.at(-1);
  if (document.activeElement !== end && dialog.contains(document.activeElement)) return;
  event.preventDefault();
  (event.shiftKey ? all.at(-1) : all[0])?.focus();
}
