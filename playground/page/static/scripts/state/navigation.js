/**
 * What this browser tab shows now: which person speaks, which conversation, thread and drawer are open. The server does
 * not know it.
 *
 * The conversation and the thread are in the address, so that the browser's Back button works. The person is kept in
 * the tab's own storage, so that two tabs can be two people.
 */

export const current = {
  person: sessionStorage.getItem("person") ?? "",
  place: null, // {kind: "channel" | "app", channel, tab?: "home" | "messages"}; null for the list alone
  thread: "", // the ts of the open thread
  drawer: "", // "" | "run" | "traffic" | "break"
  editing: "", // "C1/TS" of the message that is being edited
  beside: JSON.parse(sessionStorage.getItem("beside")), // {channel, ts} that stays open beside the agent; null for none
  theme: localStorage.getItem("theme") ?? "system", // "system" | "light" | "dark"
  clock: localStorage.getItem("clock") ?? "system", // "system" | "12" | "24"
  isFormatting: storedFlag("isFormatting", !matchMedia("(pointer: coarse)").matches), // the bar in composers
  isLost: false, // whether the server has not answered for a while
};

function storedFlag(name, otherwise) {
  return JSON.parse(localStorage.getItem(name)) ?? otherwise;
}

const listeners = new Set();

/** Calls `listener` with the changed fields after each change of `current`. */
export function onChange(listener) {
  listeners.add(listener);
}

/** Changes fields of `current`. `change({})` only has the page drawn again. */
export function change(fields) {
  Object.assign(current, fields);
  if ("beside" in fields) sessionStorage.setItem("beside", JSON.stringify(fields.beside));
  for (const listener of listeners) listener(fields);
}

/** Goes to the agent, and keeps a channel, or with `ts` a message of it, open beside it. */
export function openBeside(channel, ts = "") {
  change({ beside: { channel, ts } });
  go("#/app/messages");
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
  change({ person, editing: "", beside: null });
}

/** Changes a field that is kept for later visits: `theme`, `clock` or `isFormatting`. */
export function prefer(name, value) {
  localStorage.setItem(name, value);
  change({ [name]: value });
}

/** Takes the place and the thread from the browser's address; at the start and whenever the address changes. */
export function readAddress() {
  const [first, ...rest] = location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  if (!first) change({ place: null, thread: "", editing: "" });
  else if (first === "app") {
    const tab = rest[0] === "messages" ? "messages" : "home";
    change({ place: { kind: "app", tab }, thread: tab === "messages" ? (rest[1] ?? "") : "", editing: "" });
  } else {
    const place = { kind: "channel", channel: first };
    change({ place, thread: rest[0] ?? "", editing: "", beside: null });
  }
}

window.addEventListener("popstate", readAddress);
window.addEventListener("hashchange", readAddress);
