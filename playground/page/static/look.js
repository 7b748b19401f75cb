/**
 * What this page shows just now: as whom, which conversation, which thread, which drawer. None of it is on the server.
 *
 * The conversation is in the address, so that "back" works; the person belongs to the tab, so that two tabs can be two
 * people.
 */

const THEMES = ["system", "light", "dark"];

export const look = {
  person: sessionStorage.getItem("person") ?? "",
  place: null, // {kind: "channel" | "app", channel, tab?: "home" | "messages"}; null for the list alone
  thread: "", // the ts of the thread that is open beside it
  drawer: "", // "" | "run" | "traffic" | "break"
  editing: "", // "C1/TS" of the message that is being edited
  theme: localStorage.getItem("theme") ?? "system",
  isConnected: false,
};

const listeners = new Set();

export function onLook(listener) {
  listeners.add(listener);
}

export function change(fields) {
  Object.assign(look, fields);
  for (const listener of listeners) listener(fields);
}

/** Goes somewhere: `#/C1`, `#/C1/TS`, `#/app/home`, `#/app/messages`, `#/app/messages/TS`, or `#/` for the list. */
export function go(address, { replace = false } = {}) {
  if (replace) history.replaceState(null, "", address);
  else if (location.hash !== address) history.pushState(null, "", address);
  arrive();
}

export function addressOf(place, thread = "") {
  if (!place) return "#/";
  const base = place.kind === "app" ? `#/app/${place.tab}` : `#/${place.channel}`;
  return thread ? `${base}/${thread}` : base;
}

export function openThread(ts) {
  go(addressOf(look.place, ts));
}

export function closeThread() {
  go(addressOf(look.place));
}

export function speakAs(person) {
  sessionStorage.setItem("person", person);
  change({ person, editing: "" });
}

export function nextTheme() {
  const theme = THEMES[(THEMES.indexOf(look.theme) + 1) % THEMES.length];
  localStorage.setItem("theme", theme);
  change({ theme });
}

/** Reads the address, at the start and whenever it changes. */
export function arrive() {
  const [first, ...rest] = location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  if (!first) change({ place: null, thread: "", editing: "" });
  else if (first === "app") {
    const tab = rest[0] === "messages" ? "messages" : "home";
    change({ place: { kind: "app", tab }, thread: tab === "messages" ? (rest[1] ?? "") : "", editing: "" });
  } else change({ place: { kind: "channel", channel: first }, thread: rest[0] ?? "", editing: "" });
}

window.addEventListener("popstate", arrive);
window.addEventListener("hashchange", arrive);
