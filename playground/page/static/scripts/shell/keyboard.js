/** The keys that work everywhere in the page: Esc, F6 and Ctrl+K. */

import { closeMenu } from "../interface/menus.js";
import { change, closeThread, current } from "../state/navigation.js";
import { isLoaded } from "../state/workspace.js";
import { openSwitcher } from "./switcher.js";

const PARTS = ["sidebar", "main", "thread", "drawer"];

export function listenToKeys() {
  window.addEventListener("keydown", escape);
  window.addEventListener("keydown", goToNextPart);
  window.addEventListener("keydown", jump);
}

/** Ctrl+K, on a Mac ⌘K, asks for the conversation to go to, as in Slack. */
function jump(event) {
  if (event.key.toLowerCase() !== "k" || event.shiftKey || event.altKey || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  if (isLoaded() && !document.querySelector("dialog[open]")) openSwitcher();
}

/** Esc closes the open menu, and the drawer or the thread. */
function escape(event) {
  if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  if (document.getElementById("drawer").contains(document.activeElement) || (current.drawer && !current.thread))
    change({ drawer: "" });
  else if (current.thread) closeThread();
  closeMenu();
}

/** F6 moves the focus to the next part of the page, Shift+F6 to the one before, as in Slack. */
function goToNextPart(event) {
  if (event.key !== "F6") return;
  event.preventDefault();
  const parts = PARTS.map((id) => document.getElementById(id)).filter((part) => part.offsetParent);
  const at = parts.findIndex((part) => part.contains(document.activeElement));
  const next = parts[(at + (event.shiftKey ? -1 : 1) + parts.length) % parts.length];
  const first = ["[aria-current=page]", "textarea", "[role=tab][tabindex='0']", "button, a"];
  first
    .map((selector) => next.querySelector(`:is(${selector}):not(.only-narrow)`))
    .find(Boolean)
    ?.focus();
}
