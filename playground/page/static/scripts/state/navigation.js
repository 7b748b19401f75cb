/**
 * What this browser tab shows now: which person speaks, which conversation, thread and drawer are open. The server does
 * not know it.
 *
 * The conversation and the thread are in the address, so that the browser's Back button works. The person is kept in
 * the tab's own storage, so that two tabs can be two people.
 */

const THEMES = ["system", "light", "dark"];

export const current = {
  person: sessionStorage.getItem("person") ?? "",
  place: null, // {kind: "channel" | "app", channel, tab?: "home" | "messages"}; null for the list alone
  thread: "", // the ts of the open thread
  drawer: "", // "" | "run" | "traffic" | "break"
  editing: "", // "C1/TS" of the message that is being edited
  theme: localStorage.getItem("theme") ?? "system",
  isConnected: false,
};

const listeners = new Set();

/** Calls `listener` with the changed fields after each change of `current`. */
export function onChange(listener) {
  listeners.add(listener);
}

/** Changes fields of `current`. `change({})` only has the page drawn again. */
export function change(fields) {
  Object.assign(current, fields);
  for (const listener of listeners) listener(fields);
}

/** Opens an address: `#/C1`, `#/C1/TS`, `#/app/home`, `#/app/messages`, `#/app/messages/TS`, or `#/` for the list. */
export function go(address, { replace = false } = {}) {
  if (replace) history.replaceState(null, "", address);
  else if (location.hash !== address) history.pushState(null, "", address);
  readAddress();
}

/** The address of a place and, if given, of a thread in it. */
export function addressOf(place, thread = "") {
  if (!place) return "#/";
  const base = place.kind === "app" ? `#/app/${place.tab}` : `#/${place.channel}`;
  return thread ? `${base}/${thread}` : base;
}

export function openThread(ts) {
  go(addressOf(current.place, ts));
}

export function closeThread() {
  go(addressOf(current.place));
}

export function speakAs(person) {
  sessionStorage.setItem("person", person);
  change({ person, editing: "" });
}

export function nextTheme() {
  const theme = THEMES[(THEMES.indexOf(current.theme) + 1) % THEMES.length];
  localStorage.setItem("theme", theme);
  change({ theme });
}

/** Takes the place and the thread from the browser's address; at the start and whenever the address changes. */
export function readAddress() {
  const [first, ...rest] = location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  if (!first) change({ place: null, thread: "", editing: "" });
  else if (first === "app") {
    const tab = rest[0] === "messages" ? "messages" : "home";
    change({ place: { kind: "app", tab }, thread: tab === "messages" ? (rest[1] ?? "") : "", editing: "" });
  } else change({ place: { kind: "channel", channel: first }, thread: rest[0] ?? "", editing: "" });
}

window.addEventListener("popstate", readAddress);
window.addEventListener("hashchange", readAddress);
