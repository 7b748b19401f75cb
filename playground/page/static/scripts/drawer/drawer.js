/** The drawer at the side, with three tabs: the run behind the thread, the traffic with Slack, and faults to inject. */

import { h } from "../interface/dom.js";
import { icon } from "../interface/icons.js";
import { change, current } from "../state/navigation.js";
import { breakTab } from "./faults.js";
import { runTab } from "./timeline.js";
import { trafficTab } from "./traffic.js";

const TABS = { run: ["Run", runTab], traffic: ["Traffic", trafficTab], break: ["Break it", breakTab] };

export function drawer() {
  if (!current.drawer) return null;
  const [, content] = TABS[current.drawer];
  const close = () => change({ drawer: "" });
  return [
    h(
      "header",
      { class: "pane-head", key: "head" },
      h("h2", { class: "hidden" }, "Look inside"),
      h("button", { class: "button-icon only-narrow", "aria-label": "Back to the conversation", onclick: close }, icon("back")),
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
        key: current.drawer,
        role: "tabpanel",
        id: "drawer-panel",
        "aria-labelledby": `tab-${current.drawer}`,
        tabindex: "0",
      },
      content(),
    ),
  ];
}

function tab([name, [label]]) {
  const isOpen = current.drawer === name;
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

/** The left and right arrow keys open the next tab. */
function turn(event) {
  const names = Object.keys(TABS);
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const name = names[(names.indexOf(current.drawer) + step + names.length) % names.length];
  change({ drawer: name });
  requestAnimationFrame(() => document.getElementById(`tab-${name}`)?.focus());
}
