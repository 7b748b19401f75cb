/** Menus that open at a button, and the small questions that are asked before something is gone. */

import { h } from "./dom.js";

let open = null; // {element, anchor}

/**
 * Opens a menu at `anchor`. Items are {label, text?, detail?, sign?, isChecked?, isDanger?, choose}: `text` is shown in
 * place of the label, `sign` is an element before it. With `columns` they stand side by side, as emoji do.
 * Arrows move, Enter chooses, Esc and a click elsewhere close.
 */
export function openMenu(anchor, items, { label, columns = 0 } = {}) {
  closeMenu();
  const entries = items.map((item) => entry(item));
  const properties = { class: columns ? "menu menu-grid" : "menu", role: "menu", "aria-label": label };
  const element = h("div", { ...properties, onkeydown: (event) => move(event, entries, columns) }, entries);
  document.body.append(element);
  open = { element, anchor };
  anchor.setAttribute("aria-expanded", "true");
  anchor.setAttribute("data-open", "");
  place(element, anchor);
  (entries.find((one) => one.getAttribute("aria-checked") === "true") ?? entries[0])?.focus();
}

export function closeMenu() {
  if (!open) return;
  const { element, anchor } = open;
  open = null;
  if (element.contains(document.activeElement)) anchor.focus();
  anchor.setAttribute("aria-expanded", "false");
  anchor.removeAttribute("data-open");
  element.remove();
}

function entry({ label, text, detail, sign, isChecked, isDanger, choose }) {
  const properties = {
    type: "button",
    role: isChecked === undefined ? "menuitem" : "menuitemradio",
    "aria-checked": isChecked === undefined ? null : String(isChecked),
    "aria-label": text ? label : null,
    class: isDanger ? "is-danger" : null,
    tabindex: "-1",
    onclick: () => {
      closeMenu();
      choose();
    },
  };
  return h("button", properties, sign, h("span", {}, text ?? label), detail && h("small", {}, detail));
}

function move(event, entries, columns) {
  const at = entries.indexOf(document.activeElement);
  const steps = columns
    ? { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }
    : { ArrowDown: 1, ArrowUp: -1 };
  if (event.key === "Escape" || event.key === "Tab") closeMenu();
  else if (event.key in steps) entries[(at + steps[event.key] + entries.length) % entries.length]?.focus();
  else if (event.key === "Home") entries[0].focus();
  else if (event.key === "End") entries.at(-1).focus();
  else return;
  event.stopPropagation();
  if (event.key !== "Tab") event.preventDefault();
}

/** Below the button where there is room, above it otherwise, and never outside the window. */
function place(element, anchor) {
  const button = anchor.getBoundingClientRect();
  const { width, height } = element.getBoundingClientRect();
  const isBelow = button.bottom + height + 8 < window.innerHeight;
  element.style.top = `${Math.max(8, isBelow ? button.bottom + 4 : button.top - height - 4)}px`;
  element.style.left = `${Math.max(8, Math.min(button.left, window.innerWidth - width - 8))}px`;
}

window.addEventListener("pointerdown", (event) => {
  if (open && !open.element.contains(event.target) && !open.anchor.contains(event.target)) closeMenu();
});
window.addEventListener("resize", closeMenu);

/** Asks before something is done that cannot be undone; whether the person agrees. */
export async function confirmed(question, { yes }) {
  return (await answered(h("p", {}, question), yes, { isDangerous: true })) !== null;
}

/** Asks for a line of text; null when the person does not want to. */
export function asked(question, { yes, value }) {
  const entry = h("input", { type: "text", "aria-label": question, required: true, maxlength: "255", autofocus: true });
  entry.value = value;
  return answered(h("div", { class: "input" }, h("label", {}, question, entry)), yes);
}

/** What is written in the dialog when it is agreed to ("" where there is nothing to write); null otherwise. */
function answered(content, yes, { isDangerous = false } = {}) {
  return new Promise((resolve) => {
    const finish = (answer) => {
      dialog.remove();
      resolve(answer);
    };
    const agree = (event) => {
      event.preventDefault();
      finish(dialog.querySelector("input")?.value ?? "");
    };
    const look = isDangerous ? "button button-danger" : "button button-primary";
    const buttons = [
      h("button", { class: "button", type: "button", onclick: () => finish(null) }, "Cancel"),
      h("button", { class: look, autofocus: isDangerous }, yes),
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
