/** Menus that open at a button. Only one menu is open at a time. */

import { h } from "./dom.js";
import { icon } from "./icons.js";

let open = null; // {element, anchor} of the open menu

/**
 * Opens a menu at the button `anchor`.
 *
 * Items are {label, detail?, sign?, group?, isChecked?, isDanger?, choose}: `sign` is an element in front of the label,
 * `choose` is called when the item is chosen. Items that follow each other with the same `group` get its title. The
 * arrow keys and letters move, Enter chooses; Esc, Tab and a click elsewhere close the menu.
 */
export function openMenu(anchor, items, { label } = {}) {
  closeMenu();
  const entries = items.map((item) => entry(item));
  const properties = { class: "menu", role: "menu", "aria-label": label };
  const onkeydown = (event) => move(event, entries);
  const element = h("div", { ...properties, onkeydown }, grouped(items, entries));
  placeFor(anchor).append(element);
  open = { element, anchor };
  anchor.setAttribute("aria-expanded", "true");
  anchor.setAttribute("data-open", "");
  place(element, anchor);
  (entries.find((one) => one.getAttribute("aria-checked") === "true") ?? entries[0])?.focus();
}

/** Takes away what was opened from the button `anchor`. The focus goes back to it. */
export function dismiss({ element, anchor }) {
  if (element.contains(document.activeElement)) anchor.focus();
  anchor.setAttribute("aria-expanded", "false");
  anchor.removeAttribute("data-open");
  element.remove();
}

export function closeMenu() {
  if (!open) return;
  const closing = open;
  open = null;
  dismiss(closing);
}

/** The entries, those of a group in an element of their own. */
function grouped(items, entries) {
  const parts = [];
  entries.forEach((one, at) => {
    const { group } = items[at];
    if (!group) parts.push(one);
    else if (items[at - 1]?.group === group) parts.at(-1).append(one);
    else {
      const title = h("p", { class: "menu-title", "aria-hidden": "true" }, group);
      parts.push(h("div", { role: "group", "aria-label": group }, title, one));
    }
  });
  return parts;
}

function entry({ label, detail, sign, isChecked, isDanger, choose }) {
  const properties = {
    type: "button",
    role: isChecked === undefined ? "menuitem" : "menuitemradio",
    "aria-checked": isChecked === undefined ? null : String(isChecked),
    class: isDanger ? "is-danger" : null,
    tabindex: "-1",
    onclick: () => {
      closeMenu();
      choose();
    },
  };
  const check = isChecked && h("span", { class: "menu-check" }, icon("check", { size: 15 }));
  return h("button", properties, sign, h("span", {}, label), detail && h("small", {}, detail), check);
}

function move(event, entries) {
  const at = entries.indexOf(document.activeElement);
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key === "Escape" || event.key === "Tab") closeMenu();
  else if (event.key in steps) entries[(at + steps[event.key] + entries.length) % entries.length]?.focus();
  else if (event.key === "Home") entries[0].focus();
  else if (event.key === "End") entries.at(-1).focus();
  else if (/^\S$/.test(event.key) && !event.ctrlKey && !event.metaKey) findByLetter(entries, at, event.key);
  else return;
  event.stopPropagation();
  if (event.key !== "Tab") event.preventDefault();
}

/** Goes to the next entry that begins with the letter. */
function findByLetter(entries, at, letter) {
  const round = [...entries.slice(at + 1), ...entries.slice(0, at + 1)];
  round.find((one) => one.textContent.toLowerCase().startsWith(letter.toLowerCase()))?.focus();
}

/** Where to add what opens at the button `anchor`: in its dialog, outside of which nothing can be used, or in the page. */
export function placeFor(anchor) {
  return anchor.closest("dialog") ?? document.querySelector("main");
}

/** Puts an element below the button `anchor` if there is room, else above it; never outside the window. */
export function place(element, anchor) {
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
