/** The line at the top that says what here is not the real thing, and how to change that. */

import { act } from "./api.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { change } from "./look.js";
import { attempt } from "./toasts.js";
import { store } from "./workspace.js";

let isClosed = sessionStorage.getItem("banner") === "closed";

export function banner() {
  const world = store.get("world");
  const sentences = world && (world.notes?.length ? world.notes : usual(world));
  if (!sentences?.length || isClosed) return null;
  const close = () => {
    isClosed = true;
    sessionStorage.setItem("banner", "closed");
    change({});
  };
  return [
    h("span", { class: "banner-sign", "aria-hidden": "true" }, icon("spark", { size: 15 })),
    h(
      "p",
      {},
      sentences.map((sentence) => h("span", {}, code(sentence), " ")),
      servicesSwitch(world),
    ),
    h("button", { class: "button-icon", "aria-label": "Close this note", onclick: close }, icon("close", { size: 15 })),
  ];
}

function usual({ model, services }) {
  return [
    model === "scripted" &&
      "The model is a script that knows a few phrases: set `GOOGLE_API_KEY` and start again for the real Gemini.",
    services === "sample" && "Weather and places are sample data.",
  ].filter(Boolean);
}

/** Names of settings stand out. */
function code(sentence) {
  return sentence
    .split(/`([^`]+)`|\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?:=\w+)?)/)
    .map((part, at) => (part && at % 3 ? h("code", {}, part) : (part ?? "")));
}

export function servicesSwitch(world) {
  if (!world?.services) return null;
  const other = world.services === "sample" ? "real" : "sample";
  const label = other === "real" ? "Ask the real services" : "Back to sample data";
  return h("button", { class: "link-button", onclick: () => attempt(() => act("services", { world: other })) }, label);
}
