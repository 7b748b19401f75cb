/** The modal that the agent has opened for the person. */

import { h } from "../interface/dom.js";
import { closeDialog, openDialog } from "../interface/dialogs.js";
import { icon } from "../interface/icons.js";
import { attempt } from "../interface/toasts.js";
import { act } from "../server/requests.js";
import { current } from "../state/navigation.js";
import { store } from "../state/workspace.js";
import { blocks } from "./blocks.js";
import { read } from "./entries.js";
import { check, focusInput, showProblems } from "./inputs.js";
import { pressesInModal } from "./presses.js";
import { words } from "./words.js";

let shown = null; // {dialog, id, hash, errors} of the modal on the page; id and hash are those of Slack's view
const drafts = new Map(); // from the id of a view that is open to what was entered in it; those below are kept, too

/** Opens, renews or closes the dialog, so that it shows the modal that the server says is open. */
export function showModal() {
  const modal = store.get(`modal/${current.person}`);
  const isSame = modal && shown?.id === modal.view.id && shown.hash === modal.view.hash;
  const focused = shown && !isSame ? leave() : null;
  if (!modal) return drafts.clear();
  if (!shown) open(modal.view, focused);
  if (shown.errors !== modal.errors) showErrors(modal.errors ?? {});
  shown.errors = modal.errors;
}

/** Takes the dialog away, and keeps what was entered. Returns the id of the view and the element that had the focus. */
function leave() {
  const { dialog, id } = shown;
  const active = dialog.contains(document.activeElement) ? document.activeElement.closest("[data-block]") : null;
  drafts.set(id, read(dialog));
  shown = null;
  closeDialog(dialog);
  return { id, ...active?.dataset };
}

function open(view, focused) {
  const dialog = h("dialog", { class: "dialog modal", "aria-labelledby": "modal-title" }, form(view));
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    close();
  });
  openDialog(dialog);
  (focused?.id === view.id && sameField(dialog, focused) ? sameField(dialog, focused) : firstField(dialog))?.focus();
  shown = { dialog, id: view.id, hash: view.hash, errors: null };
}

function sameField(dialog, { block, action }) {
  const isSame = ({ dataset }) => dataset.block === block && dataset.action === action;
  return [...dialog.querySelectorAll(".modal-body [data-block]")].find(isSame);
}

function firstField(dialog) {
  const first = dialog.querySelector("[data-first]");
  return first ?? dialog.querySelector(".modal-body :is(textarea, input, .select)") ?? dialog.querySelector("[data-send]");
}

function form(view) {
  const submit = (event) => {
    event.preventDefault();
    const wrong = check(event.currentTarget, view.blocks);
    if (wrong) return focusInput(wrong);
    attempt(() => act("submit_modal", { user: current.person, values: read(event.currentTarget) }));
  };
  const back = view.previous_view_id ? "Back" : "Cancel";
  const cancel = h(
    "button",
    { class: "button", type: "button", onclick: () => close() },
    words(view.close).length ? words(view.close) : back,
  );
  const send =
    view.submit &&
    h("button", { class: "button button-primary", "data-send": true, disabled: view.submit_disabled }, words(view.submit));
  return h(
    "form",
    { onsubmit: submit, novalidate: true },
    h("div", { class: "modal-head" }, h("h2", { id: "modal-title" }, words(view.title)), cross()),
    h("div", { class: "modal-body" }, blocks(view.blocks, pressesInModal(drafts.get(view.id) ?? {}))),
    h("div", { class: "dialog-buttons" }, cancel, send),
  );
}

/** Closes the modal with all views that lie on each other. */
function cross() {
  const onclick = () => close({ with_all_below: true });
  return h("button", { class: "button-icon", type: "button", "aria-label": "Close", title: "Close", onclick }, icon("close"));
}

function close(fields = {}) {
  attempt(() => act("close_modal", { user: current.person, ...fields }));
}

/** Shows each error of the app below its input, and goes to the first one; `errors` maps a block_id to a sentence. */
function showErrors(errors) {
  showProblems(shown.dialog, errors);
  focusInput(shown.dialog.querySelector("[data-input]:has([aria-invalid])"));
}
