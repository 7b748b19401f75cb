/** The elements in which people choose: menus, radio buttons, checkboxes, overflow menus, days. */

import { h, update } from "../interface/dom.js";
import { icon } from "../interface/icons.js";
import { openMenu } from "../interface/menus.js";
import { current } from "../state/navigation.js";
import { nameOf, people } from "../state/workspace.js";
import { openAddress } from "../text/links.js";
import { consent } from "./consent.js";
import { actionOf, entryIn, initialEntry, isMany, marks, optionsOf } from "./entries.js";
import { words } from "./words.js";

let groups = 0; // for the names of radio buttons, which must differ also between two drawings of one message

/** The key of an element: one person's entry must not stay in the place of another's. */
export const keyOf = (part, block) => [current.person, block.block_id, actionOf(part, block), part.type].join("/");

/** A static_select. */
export function menu(part, presses) {
  const options = optionsOf(part).map((one) => ({
    value: one.value,
    label: one.text.text,
    detail: one.description?.text ?? one.group,
  }));
  return menuButton(part, presses, options);
}

/** A users_select. */
export function personMenu(part, presses) {
  const everybody = people().map(({ id, real_name }) => ({ value: id, label: nameOf(id), detail: real_name }));
  return menuButton(part, presses, everybody);
}

function menuButton(part, presses, options) {
  const { block, labels } = presses;
  const hint = part.placeholder?.text ?? "Choose…";
  const label = (value) => options.find((one) => one.value === value)?.label;
  const now = presses.entry(part, block) ?? initialEntry(part);
  const show = (button, value) => {
    button.dataset.value = value;
    button.firstChild.textContent = label(value) ?? hint;
    button.classList.toggle("is-empty", !value);
  };
  const choose = async (button, value) => {
    const before = button.dataset.value;
    if (!(await consent(part))) return;
    show(button, value);
    button.dispatchEvent(new Event("change", { bubbles: true }));
    if (!(await presses.choose(part, block, value ? [value] : []))) show(button, before);
  };
  const open = ({ currentTarget: button }) => {
    const none = presses.isModal && block.optional && { value: "", label: "None" };
    const items = [none, ...options].filter(Boolean).map(({ value, label: text, detail }) => ({
      label: text,
      detail,
      isChecked: value === button.dataset.value,
      choose: () => choose(button, value),
    }));
    openMenu(button, items, { label: hint });
  };
  const properties = {
    ...marks(part, block),
    ...labels?.ofField,
    key: keyOf(part, block),
    type: "button",
    class: now ? "button select" : "button select is-empty",
    "data-value": now,
    "aria-haspopup": "menu",
    "aria-expanded": "false",
    "aria-label": labels ? null : label(now) && `${hint}: ${label(now)}`,
    onclick: open,
  };
  return h("button", properties, h("span", {}, label(now) ?? hint), icon("expand", { size: 14 }));
}

/** Radio buttons, checkboxes and a multi_static_select: all options lie open. */
export function optionGroup(part, presses) {
  const { block, labels } = presses;
  const several = isMany(part);
  const name = `choice-${++groups}`;
  const now = [presses.entry(part, block) ?? initialEntry(part)].flat();
  const changed = async ({ currentTarget: root }) => {
    const before = root.entry;
    const values = [entryIn(root)].flat();
    const isTold = (await consent(part)) && (await presses.choose(part, block, values.filter(Boolean)));
    check(root, isTold ? values : before, part);
  };
  const properties = {
    ...marks(part, block),
    ...(labels?.ofGroup ?? { "aria-label": part.placeholder?.text ?? presses.name ?? "Choices" }),
    key: keyOf(part, block),
    class: part.type === "multi_static_select" ? "options is-long" : "options",
    role: several ? "group" : "radiogroup",
    onchange: changed,
  };
  const type = several ? "checkbox" : "radio";
  const root = h(
    "div",
    properties,
    optionsOf(part).map((one) => option(one, { type, name })),
  );
  check(root, now, part);
  return root;
}

function option({ text, value, description, group }, properties) {
  const more = description ? words(description) : group;
  return h(
    "label",
    { class: "option" },
    h("input", { ...properties, value }),
    h("span", {}, words(text), more && h("small", {}, more)),
  );
}

/** Checks the options with these values. When as many as may be chosen are, the others cannot be. */
function check(root, values, { max_selected_items: most = Infinity }) {
  root.entry = values;
  for (const input of root.querySelectorAll("input")) {
    input.checked = values.includes(input.value);
    input.disabled = !input.checked && values.length >= most;
  }
}

/** An overflow menu: it keeps nothing of what was chosen. */
export function overflow(part, presses) {
  const items = optionsOf(part).map(({ text, value, url, description }) => ({
    label: text.text,
    detail: description?.text,
    choose: async () => {
      if (!(await consent(part))) return;
      if (url) openAddress(url);
      await presses.choose(part, presses.block, [value]);
    },
  }));
  const properties = { type: "button", class: "button-icon overflow", "aria-label": "More choices", title: "More choices" };
  return h(
    "button",
    {
      ...properties,
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      onclick: (event) => openMenu(event.currentTarget, items, { label: "More choices" }),
    },
    icon("more"),
  );
}

/** A datepicker. */
export function day(part, presses) {
  const { block, labels } = presses;
  const before = presses.entry(part, block) ?? initialEntry(part);
  const changed = async ({ currentTarget: field }) => {
    if (!field.value && !presses.isModal) return;
    if (!(await consent(part)) || !(await presses.choose(part, block, [field.value]))) field.value = before;
  };
  const properties = {
    ...marks(part, block),
    ...(labels?.ofField ?? { "aria-label": part.placeholder?.text ?? presses.name ?? "Day" }),
    key: keyOf(part, block),
    type: "date",
    class: "field",
    onchange: changed,
  };
  const field = h("input", properties);
  field.value = before;
  return field;
}
