/** The line at the top that says what is not real here, and how to change that. */

import { h } from "../interface/dom.js";
import { icon } from "../interface/icons.js";
import { attempt } from "../interface/toasts.js";
import { act } from "../server/requests.js";
import { change } from "../state/navigation.js";
import { store } from "../state/workspace.js";

let isLong = false; // whether all of it is shown on a phone, where there is room for the beginning
let isClosed = sessionStorage.getItem("banner") === "closed";

export function banner() {
  const world = store.get("world");
  const sentences = world?.notes;
  if (!sentences?.length || isClosed) return null;
  const close = () => {
    isClosed = true;
    sessionStorage.setItem("banner", "closed");
    change({});
  };
  const more = () => {
    isLong = !isLong;
    change({});
  };
  return [
    h("span", { class: "banner-sign", "aria-hidden": "true" }, icon("spark", { size: 15 })),
    h(
      "p",
      { class: isLong ? "is-long" : null },
      sentences.map((sentence) => h("span", {}, code(sentence), " ")),
      servicesSwitch(world),
    ),
    h(
      "button",
      { class: "link-button only-narrow", "aria-expanded": String(isLong), onclick: more },
      isLong ? "Less" : "More",
    ),
    h("button", { class: "button-icon", "aria-label": "Close this note", onclick: close }, icon("close", { size: 15 })),
  ];
}

/** The sentence, with names of settings such as `GOOGLE_API_KEY=…` set as code. */
function code(sentence) {
  return sentence
    .split(/`([^`]+)`|\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?:=\w+)?)/)
    .map((part, at) => (part && at % 3 ? h("code", {}, part) : (part ?? "")));
}

/** The button that changes between the real services and sample data; null if that cannot be changed here. */
export function servicesSwitch(world) {
  if (!world?.services) return null;
  const other = world.services === "sample" ? "real" : "sample";
  const label = other === "real" ? "Ask the real services" : "Back to sample data";
  return h("button", { class: "link-button", onclick: () => attempt(() => act("services", { world: other })) }, label);
}
