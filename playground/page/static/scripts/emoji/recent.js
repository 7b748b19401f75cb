/** The emoji that the person has used last, kept in the browser. */

import { character, QUICK } from "./names.js";

const KEPT = 16;

/** The names, the last one first; without any, those that people use most. */
export function recent() {
  const kept = JSON.parse(localStorage.getItem("emoji") ?? "[]").filter(character);
  return [...new Set([...kept, ...QUICK])].slice(0, KEPT);
}

export function noteUsed(name) {
  localStorage.setItem("emoji", JSON.stringify([...new Set([name, ...recent()])].slice(0, KEPT)));
}
