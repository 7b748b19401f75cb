/** The elements inside blocks: buttons and pictures here, what is chosen and written in choices.js and fields.js. */

import { h } from "../interface/dom.js";
import { icon } from "../interface/icons.js";
import { current } from "../state/navigation.js";
import { openAddress } from "../text/links.js";
import { day, menu, optionGroup, overflow, personMenu } from "./choices.js";
import { consent } from "./consent.js";
import { numberField, textField } from "./fields.js";
import { words } from "./words.js";

/** `presses` says what happens when something is pressed, chosen or written, in `presses.block`: see presses.js. */
export function element(part, presses) {
  const make = ELEMENTS[part.type];
  return make ? make(part, presses) : h("span", { class: "unknown" }, `[${part.type}]`);
}

const ELEMENTS = {
  button,
  feedback_buttons: feedback,
  icon_button: iconButton,
  image,
  checkboxes: optionGroup,
  datepicker: day,
  multi_static_select: optionGroup,
  number_input: numberField,
  overflow,
  plain_text_input: textField,
  radio_buttons: optionGroup,
  static_select: menu,
  users_select: personMenu,
};

/** Whether the person sees the element. */
const isHidden = ({ visible_to_user_ids: only }) => Boolean(only) && !only.includes(current.person);

function button(part, presses) {
  if (isHidden(part)) return null;
  const classes = `button ${part.style ? `button-${part.style}` : ""}`;
  const label = part.accessibility_label;
  return h(
    "button",
    { type: "button", class: classes, "aria-label": label, onclick: (event) => press(event, part, presses) },
    words(part.text),
  );
}

async function press(event, part, presses) {
  const pressed = event.currentTarget;
  if (!(await consent(part))) return;
  if (part.url) openAddress(part.url);
  pressed.setAttribute("aria-busy", "true");
  await presses.press(part, presses.block, part.value);
  pressed.removeAttribute("aria-busy");
}

function feedback(part, presses) {
  const now = presses.remembered(part.action_id);
  const side = (said, sign) => {
    const isPressed = now === said.value;
    const label = said.accessibility_label || said.text.text;
    const properties = {
      type: "button",
      class: "button-icon feedback",
      "aria-label": label,
      title: said.text.text,
      "aria-pressed": String(isPressed),
      onclick: async (event) => {
        const pressed = event.currentTarget;
        if (!(await presses.press(part, presses.block, said.value))) return;
        presses.remember(part.action_id, said.value);
        for (const other of pressed.parentElement.children)
          other.setAttribute("aria-pressed", String(other === pressed));
      },
    };
    return h("button", properties, icon(sign));
  };
  const sides = [side(part.positive_button, "up"), side(part.negative_button, "thumb_down")];
  return h("span", { class: "feedback-buttons", role: "group", "aria-label": "Feedback" }, sides);
}

function iconButton(part, presses) {
  if (isHidden(part)) return null;
  const label = part.accessibility_label || part.text.text;
  const properties = { type: "button", class: "button-icon", "aria-label": label, title: part.text.text };
  return h(
    "button",
    { ...properties, onclick: (event) => press(event, part, presses) },
    icon(part.icon === "trash" ? "trash" : "more"),
  );
}

/** A picture. The page loads nothing from other servers, so a picture of theirs becomes a link with its description. */
function image(part) {
  const own = part.slack_file?.url ?? part.image_url ?? "";
  const isHere = own.startsWith(`${location.origin}/`) || own.startsWith("/");
  if (isHere) return h("img", { class: "picture", src: own, alt: part.alt_text, loading: "lazy" });
  return h(
    "a",
    {
      class: "link picture-elsewhere",
      href: /^https?:/i.test(own) ? own : null,
      target: "_blank",
      rel: "noopener noreferrer",
    },
    icon("external", { size: 14 }),
    part.alt_text || "picture",
  );
}
