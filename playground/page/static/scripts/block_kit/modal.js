/** The modal that the agent has opened for the person. */

import { h, update } from "../interface/dom.js";
import { attempt } from "../interface/toasts.js";
import { act } from "../server/requests.js";
import { current } from "../state/navigation.js";
import { store } from "../state/workspace.js";
import { blocks } from "./blocks.js";
import { words } from "./elements.js";
import { NO_PRESSES } from "./presses.js";

let shown = null; // {dialog, id, hash, errors} of the modal on the page; id and hash are those of Slack's view

/** Opens, renews or closes the dialog, so that it shows the modal that the server says is open. */
export function showModal() {
  const modal = store.get(`modal/${current.person}`);
  const isSame = modal && shown?.id === modal.view.id && shown.hash === modal.view.hash;
  if (shown && !isSame) {
    shown.dialog.remove();
    shown = null;
  }
  if (!modal) return;
  if (!shown) open(modal.view);
  if (shown.errors !== modal.errors) showErrors(modal.errors ?? {});
  shown.errors = modal.errors;
}

function open(view) {
  const dialog = h("dialog", { class: "dialog modal", "aria-labelledby": "modal-title" }, form(view));
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    close();
  });
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector("textarea, input")?.focus();
  shown = { dialog, id: view.id, hash: view.hash, errors: null };
}

function form(view) {
  const submit = (event) => {
    event.preventDefault();
    attempt(() => act("submit_modal", { user: current.person, values: values(event.currentTarget) }));
  };
  const cancel = h(
    "button",
    { class: "button", type: "button", onclick: close },
    words(view.close).length ? words(view.close) : "Cancel",
  );
  const send = view.submit && h("button", { class: "button button-primary" }, words(view.submit));
  return h(
    "form",
    { onsubmit: submit },
    h("h2", { id: "modal-title" }, words(view.title)),
    h(
      "div",
      { class: "modal-body" },
      view.blocks.map((block) => (block.type === "input" ? input(block) : blocks([block], NO_PRESSES))),
    ),
    h("div", { class: "dialog-buttons" }, cancel, send),
  );
}

function close() {
  attempt(() => act("close_modal", { user: current.person }));
}

function input({ block_id, label, hint, optional, element }) {
  const id = `input-${block_id}`;
  const field = {
    id,
    "data-block": block_id,
    "data-action": element.action_id ?? block_id,
    placeholder: element.placeholder?.text ?? null,
    maxlength: element.max_length ?? null,
    minlength: element.min_length ?? null,
    required: !optional,
    "aria-describedby": `${id}-more`,
  };
  const entry = element.multiline
    ? h("textarea", { ...field, rows: "4", onkeydown: submitWithEnter })
    : h("input", { ...field, type: "text" });
  entry.value = element.initial_value ?? "";
  return h(
    "div",
    { class: "input" },
    h("label", { for: id }, words(label), optional && h("small", {}, " (optional)")),
    entry,
    h(
      "div",
      { id: `${id}-more` },
      h("p", { class: "input-error", "data-error": block_id, role: "alert" }),
      hint && h("p", { class: "input-hint" }, words(hint)),
    ),
  );
}

/** In a text of several lines Enter begins a new line; Ctrl+Enter or Cmd+Enter submits the modal. */
function submitWithEnter(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.form.requestSubmit();
}

/** The values of the inputs: {block_id: {action_id: text}}. */
function values(element) {
  const found = {};
  for (const field of element.querySelectorAll("[data-block]"))
    found[field.dataset.block] = { [field.dataset.action]: field.value };
  return found;
}

/** Shows each error below its input; `errors` maps a block_id to a sentence. */
function showErrors(errors) {
  for (const place of shown.dialog.querySelectorAll("[data-error]")) update(place, errors[place.dataset.error] ?? "");
}
