/** The building blocks of an opened step: parts with a heading, parts that are folded away, JSON, and its copying. */

import { h } from "../interface/dom.js";
import { icon } from "../interface/icons.js";
import { showToast } from "../interface/toasts.js";

const SHOWN_OF_SIGNATURE = 16; // characters

/** A part with a heading. `copied` is what its button copies as JSON, and `name` what that is; `note` is small. */
export function part(title, { note = "", copied, name }, ...content) {
  const head = [h("h4", {}, title), note && h("small", {}, note), copyButton(copied, name)];
  return h("section", { class: "inside-part" }, h("div", { class: "inside-head" }, head), content);
}

/** A part that the person unfolds. `title` are elements and texts. */
export function folded(title, { copied, name }, ...content) {
  const button = copyButton(copied, name);
  return h(
    "details",
    { class: "inside-folded" },
    h("summary", {}, icon("chevron", { size: 12 }), title),
    h("div", { class: "inside-content" }, button && h("div", { class: "inside-copy" }, button), content),
  );
}

/** A JSON value as text. Gemini's signatures are shown by their beginnings: only Gemini can read them. */
export function json(value) {
  const short = (name, inner) =>
    name === "thoughtSignature" && inner.length > SHOWN_OF_SIGNATURE ? `${inner.slice(0, SHOWN_OF_SIGNATURE)}…` : inner;
  return box(JSON.stringify(value, short, 2));
}

/** A text in a box of its own that scrolls, with the keyboard, too. */
export function box(text) {
  return h("pre", { tabindex: "0", role: "group", "aria-label": "Text" }, text);
}

function copyButton(copied, name) {
  if (copied === undefined) return null;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(JSON.stringify(copied, null, 2));
      showToast(`Copied ${name} as JSON.`);
    } catch {
      showToast("The browser does not let the page copy. Select the text and copy it.", { isBad: true });
    }
  };
  return h("button", { class: "inside-copier", type: "button", "aria-label": `Copy ${name} as JSON`, onclick: copy }, "Copy as JSON");
}
