/**
 * Entries: what a person has written or chosen in an element. An entry is a text (of a field, the value of an option, a
 * user id, a day), or a list of values where several can be chosen. An empty one says that nothing is entered.
 */

const MANY = ["checkboxes", "multi_static_select"];

export const isMany = (part) => MANY.includes(part.type);

/** The id under which an entry is known: that of the element or, without one, that of its block. */
export const actionOf = (part, block) => part.action_id ?? block.block_id;

/** All options of an element, also those in groups, which then have the `group`'s label. */
export function optionsOf({ options = [], option_groups: groups = [] }) {
  const inGroups = groups.flatMap(({ label, options: some }) => some.map((one) => ({ ...one, group: label.text })));
  return [...options, ...inGroups];
}

/** What an element holds that nobody has touched. */
export function initialEntry(part) {
  if (isMany(part)) return (part.initial_options ?? []).map(({ value }) => value);
  return part.initial_value ?? part.initial_option?.value ?? part.initial_user ?? part.initial_date ?? "";
}

/** The entry in a state of Slack's `state.values`; undefined without a state. */
export function entryOf(state) {
  if (!state) return undefined;
  if (state.selected_options) return state.selected_options.map(({ value }) => value);
  return state.value ?? state.selected_option?.value ?? state.selected_user ?? state.selected_date ?? "";
}

/** The attributes by which `read` finds an element again. */
export function marks(part, block) {
  return { "data-block": block.block_id, "data-action": actionOf(part, block) };
}

/** All entries below `parent`: {block_id: {action_id: entry}}. */
export function read(parent) {
  const found = {};
  for (const root of parent.querySelectorAll("[data-block]"))
    (found[root.dataset.block] ??= {})[root.dataset.action] = entryIn(root);
  return found;
}

/** The entry in the element that has the `marks`. */
export function entryIn(root) {
  if (root.matches("input, textarea")) return root.value;
  if (root.matches("button")) return root.dataset.value;
  const chosen = [...root.querySelectorAll("input:checked")].map(({ value }) => value);
  return root.getAttribute("role") === "radiogroup" ? (chosen[0] ?? "") : chosen;
}

const NUMBER = /^-?(\d+\.?\d*|\.\d+)$/;
const WHOLE = /^-?\d+$/;

/** Why Slack's clients do not take this entry, as a sentence; "" if they do. */
export function complaint(part, entry, { optional = false } = {}) {
  if (!entry.length) return optional ? "" : "This is needed.";
  if (part.type === "plain_text_input" && entry.length < (part.min_length ?? 0))
    return `At least ${part.min_length} characters are needed.`;
  return part.type === "number_input" ? complaintOfNumber(part, entry) : "";
}

function complaintOfNumber({ is_decimal_allowed, min_value: least, max_value: most }, entry) {
  if (!(is_decimal_allowed ? NUMBER : WHOLE).test(entry))
    return is_decimal_allowed ? "This must be a number." : "This must be a whole number.";
  if (least !== undefined && Number(entry) < Number(least)) return `The number must be ${least} or more.`;
  if (most !== undefined && Number(entry) > Number(most)) return `The number must be ${most} or less.`;
  return "";
}
