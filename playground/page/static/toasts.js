/** Short words at the bottom of the page that go away by themselves: what did not work, and what has happened. */

import { h } from "./dom.js";

const SECONDS = 6;

export function complain(error) {
  tell(error.message || String(error), { isBad: true });
}

export function tell(sentence, { isBad = false } = {}) {
  const toast = h("div", { class: isBad ? "toast is-bad" : "toast", role: isBad ? "alert" : "status" }, sentence);
  document.getElementById("toasts").append(toast);
  setTimeout(() => toast.remove(), SECONDS * 1000);
}

/** Does something that may fail, and says so when it does; whether it worked. */
export async function attempt(doing) {
  try {
    await doing();
    return true;
  } catch (error) {
    complain(error);
    return false;
  }
}
