/** Toasts: short notes over the conversation, below its title, that disappear by themselves. */

import { h } from "./dom.js";

const SECONDS = 6;

/** Shows a sentence and, below it, a `detail`. */
export function showToast(sentence, { isBad = false, detail = "" } = {}) {
  const looks = { class: isBad ? "toast is-bad" : "toast", role: isBad ? "alert" : "status" };
  const toast = h("div", looks, sentence, detail && h("small", {}, detail));
  place().append(toast);
  setTimeout(() => toast.remove(), SECONDS * 1000);
}

/** The open dialog, because what lies below it is neither clear to see nor said; else the place in the page. */
function place() {
  const dialog = [...document.querySelectorAll("dialog[open]")].at(-1);
  if (!dialog) return document.getElementById("toasts");
  if (!dialog.querySelector(".toasts")) dialog.append(h("div", { class: "toasts" }));
  return dialog.querySelector(".toasts");
}

/**
 * Calls `action`, which may be asynchronous. If it throws, shows the error as a toast. Returns whether it succeeded.
 */
export async function attempt(action) {
  try {
    await action();
    return true;
  } catch (error) {
    showToast(error.message || String(error), { isBad: true });
    return false;
  }
}
