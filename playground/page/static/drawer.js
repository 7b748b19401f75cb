/** The drawer at the side: the run behind the thread, the traffic with Slack, and the buttons that break things. */

import { breakTab } from "./breaking.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { runTab } from "./inside.js";
import { change, look } from "./look.js";
import { trafficTab } from "./traffic.js";

const TABS = { run: ["Run", runTab], traffic: ["Traffic", trafficTab], break: ["Break it", breakTab] };

export function drawer() {
  if (!look.drawer) return null;
  const [, content] = TABS[look.drawer];
  const close = () => change({ drawer: "" });
  return [
    h(
      "header",
      { class: "pane-head", key: "head" },
      h("button", { class: "button-icon only-narrow", "aria-label": "Back", onclick: close }, icon("back")),
      h(
        "div",
        { class: "tabs", role: "tablist", "aria-label": "Look inside", onkeydown: turn },
        Object.entries(TABS).map(tab),
      ),
      h("span", { class: "spacer" }),
      h(
        "button",
        { class: "button-icon not-narrow", "aria-label": "Close the drawer", title: "Close (Esc)", onclick: close },
        icon("close"),
      ),
    ),
    h(
      "div",
      {
        class: "scroller drawer-body",
        key: look.drawer,
        role: "tabpanel",
        id: "drawer-panel",
        "aria-labelledby": `tab-${look.drawer}`,
        tabindex: "0",
      },
      content(),
    ),
  ];
}

function tab([name, [label]]) {
  const isOpen = look.drawer === name;
  const properties = {
    class: "tab",
    role: "tab",
    id: `tab-${name}`,
    "aria-selected": String(isOpen),
    "aria-controls": "drawer-panel",
    tabindex: isOpen ? "0" : "-1",
  };
  return h("button", { ...properties, onclick: () => change({ drawer: name }) }, label);
}

function turn(event) {
  const names = Object.keys(TABS);
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const name = names[(names.indexOf(look.drawer) + step + names.length) % names.length];
  change({ drawer: name });
  requestAnimationFrame(() => document.getElementById(`tab-${name}`)?.focus());
}
