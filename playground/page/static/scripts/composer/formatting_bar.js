/** The formatting bar of a composer: a toolbar with a button and a shortcut for each of Slack's formats. */

import { askForLink } from "../interface/dialogs.js";
import { h } from "../interface/dom.js";
import { icon } from "../interface/icons.js";
import { codeBlock, linkTo, markLines, markWords } from "./formatting.js";

/** In groups: {name, sign, key, isShifted, isAlt, format}. `key` is pressed together with Ctrl, on a Mac with ⌘. */
const FORMATS = [
  [
    { name: "Bold", sign: "bold", key: "b", format: (state) => markWords(state, "*") },
    { name: "Italic", sign: "italic", key: "i", format: (state) => markWords(state, "_") },
    { name: "Strikethrough", sign: "strike", key: "x", isShifted: true, format: (state) => markWords(state, "~") },
  ],
  [{ name: "Link", sign: "link", key: "u", isShifted: true, format: askedLink }],
  [
    {
      name: "Ordered list",
      sign: "numbers",
      key: "7",
      isShifted: true,
      format: (state) => markLines(state, "numbers"),
    },
    {
      name: "Bulleted list",
      sign: "bullets",
      key: "8",
      isShifted: true,
      format: (state) => markLines(state, "bullets"),
    },
  ],
  [{ name: "Quote", sign: "quote", key: "9", isShifted: true, format: (state) => markLines(state, "quote") }],
  [
    { name: "Code", sign: "code", key: "c", isShifted: true, format: (state) => markWords(state, "`") },
    { name: "Code block", sign: "code_block", key: "c", isShifted: true, isAlt: true, format: codeBlock },
  ],
];
const CONTROL = /mac/i.test(navigator.platform) ? "⌘" : "Ctrl+";

/** `apply(format)` is called with the function of the pressed button; see formatting.js. */
export function formattingBar(apply) {
  const bar = h(
    "div",
    { class: "formatting", role: "toolbar", "aria-label": "Formatting", onkeydown: (event) => walk(event, bar) },
    FORMATS.map((group) =>
      h(
        "div",
        {},
        group.map((one) => button(one, apply)),
      ),
    ),
  );
  bar.querySelector("button").tabIndex = 0;
  return bar;
}

/** The format whose shortcut was pressed; undefined for every other key. */
export function formatOf(event) {
  if (!(event.ctrlKey || event.metaKey)) return undefined;
  const key = /^Digit\d$/.test(event.code) ? event.code.slice(-1) : event.key.toLowerCase(); // Shift+7 is no 7
  const isIt = (one) =>
    one.key === key && Boolean(one.isShifted) === event.shiftKey && Boolean(one.isAlt) === event.altKey;
  return FORMATS.flat().find(isIt)?.format;
}

function button({ name, sign, key, isShifted, isAlt, format }, apply) {
  const keys = `${CONTROL}${isAlt ? "Alt+" : ""}${isShifted ? "Shift+" : ""}${key.toUpperCase()}`;
  return h(
    "button",
    {
      type: "button",
      class: "button-icon",
      tabindex: "-1",
      "aria-label": name,
      title: `${name} (${keys})`,
      onpointerdown: (event) => event.preventDefault(), // the text keeps the focus and what is selected in it
      onclick: () => apply(format),
    },
    icon(sign, { size: 16 }),
  );
}

async function askedLink({ text, start, end }) {
  const asked = await askForLink(text.slice(start, end));
  return asked && linkTo({ start, end }, asked.label, asked.address);
}

/** The arrow keys move through the bar, which is one stop of the Tab key. */
function walk(event, bar) {
  const all = [...bar.querySelectorAll("button")];
  const at = all.indexOf(document.activeElement);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  const next = all[(to + all.length) % all.length];
  for (const one of all) one.tabIndex = one === next ? 0 : -1;
  next.focus();
}
