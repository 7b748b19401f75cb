/** The button and menu with what a person can choose about this page: its colours and its clock. */

import { h } from "../interface/dom.js";
import { icon } from "../interface/icons.js";
import { openMenu } from "../interface/menus.js";
import { current, prefer } from "../state/navigation.js";

const COLOURS = [
  ["system", "As the system"],
  ["light", "Light"],
  ["dark", "Dark"],
];
const CLOCKS = [
  ["system", "As the browser"],
  ["12", "12 hours (1:05 PM)"],
  ["24", "24 hours (13:05)"],
];

export function preferencesButton() {
  const properties = { class: "button-icon", "aria-label": "Preferences", title: "Preferences" };
  const items = () => [...choices("theme", "Colours", COLOURS), ...choices("clock", "Clock", CLOCKS)];
  const open = (event) => openMenu(event.currentTarget, items(), { label: "Preferences" });
  return h(
    "button",
    { ...properties, "aria-haspopup": "menu", "aria-expanded": "false", onclick: open },
    icon("sliders"),
  );
}

/** The items with which the person chooses the preference `name`. */
function choices(name, group, values) {
  return values.map(([value, label]) => ({
    label,
    group,
    isChecked: current[name] === value,
    choose: () => prefer(name, value),
  }));
}
