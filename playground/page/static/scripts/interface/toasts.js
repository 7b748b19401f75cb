/** Toasts: short notes at the bottom of the page that disappear by themselves. */

import { h } from "./dom.js";

const SECONDS = 6;

export function showToast(sentence, { isBad = false } = {}) {
  const toast = h("div", { class: isBad ? "toast is-bad" : "toast", role: isBad ? "alert" : "status" }, sentence);
  document.getElementById("toasts").append(toast);
  setTimeout(() => toast.remove(), SECONDS * 1000);
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
