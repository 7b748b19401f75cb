/** The elements in which people write: texts and numbers. */

import { h } from "../interface/dom.js";
import { keyOf } from "./choices.js";
import { complaint, initialEntry, marks } from "./entries.js";

const LONGEST = 3000; // characters; Slack's own limit

/** A plain_text_input. */
export function textField(part, presses) {
  const looks = { placeholder: part.placeholder?.text, maxlength: part.max_length ?? LONGEST };
  const properties = { ...common(part, presses), ...looks, "aria-multiline": part.multiline ? "true" : null };
  return filled(part.multiline ? h("textarea", { ...properties, rows: "4" }) : h("input", properties), part, presses);
}

/** A number_input. It takes every text, so that it can say what is wrong with it. */
export function numberField(part, presses) {
  const looks = { placeholder: part.placeholder?.text, inputmode: part.is_decimal_allowed ? "decimal" : "numeric" };
  return filled(h("input", { ...common(part, presses), ...looks }), part, presses);
}

function common(part, presses) {
  const { block, labels } = presses;
  const tell = (field, pressesEnter) => {
    if (!presses.isModal && part.type === "number_input" && complaint(part, field.value, { optional: true })) return;
    presses.fillIn(part, block, field.value, { pressesEnter });
  };
  const triggers = part.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const onkeydown = (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    if (event.ctrlKey || event.metaKey) event.currentTarget.form?.requestSubmit();
    else if (!part.multiline && (block.dispatch_action || !presses.isModal)) {
      event.preventDefault();
      if (triggers.includes("on_enter_pressed")) tell(event.currentTarget, true);
    }
  };
  return {
    ...marks(part, block),
    ...labels?.ofField,
    key: keyOf(part, block),
    type: part.multiline ? null : "text",
    class: "field",
    autocomplete: "off",
    "data-first": part.focus_on_load,
    onchange: (event) => tell(event.currentTarget, false),
    oninput: (event) =>
      block.dispatch_action && triggers.includes("on_character_entered") && tell(event.currentTarget, true),
    onkeydown,
  };
}

function filled(field, part, presses) {
  field.value = presses.entry(part, presses.block) ?? initialEntry(part);
  return field;
}
