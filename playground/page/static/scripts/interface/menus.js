/** Menus that open at a button. Only one menu is open at a time. */

import { h } from "./dom.js";

let open = null; // {element, anchor} of the open menu

/**
 * Opens a menu at the button `anchor`.
 *
 * Items are {label, text?, detail?, sign?, isChecked?, isDanger?, choose}: `text` is shown in place of the label,
 * `sign` is an element in front of it, `choose` is called when the item is chosen. With `columns` the items form a grid
 * of so many columns. The arrow keys move, Enter chooses; Esc, Tab and a click elsewhere close the menu.
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

/** Puts the menu below its button if there is room, else above it; never outside the window. */
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
