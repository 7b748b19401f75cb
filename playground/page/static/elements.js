/** What can be pressed in blocks: buttons, feedback buttons, icon buttons. `hands` says how: see presses.js. */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { emoji, followInside } from "./links.js";
import { look } from "./look.js";
import { inline } from "./mrkdwn.js";

export function element(part, hands) {
  const make = ELEMENTS[part.type];
  return make ? make(part, hands) : h("span", { class: "unknown" }, `[${part.type}]`);
}

/** A text object. In plain text nothing is formatted, except emoji. */
export function words(text) {
  if (!text) return [];
  if (text.type === "mrkdwn") return inline(text.text, text.verbatim);
  return text.text.split(/(:[a-z0-9_+-]+:)/).map((part) => (/^:.+:$/.test(part) ? emoji(part.slice(1, -1)) : part));
}

const ELEMENTS = { button, feedback_buttons: feedback, icon_button: iconButton, image };

function button(part, hands) {
  const look = `button ${part.style ? `button-${part.style}` : ""}`;
  const label = part.accessibility_label;
  return h(
    "button",
    { type: "button", class: look, "aria-label": label, onclick: (event) => press(event, part, hands) },
    words(part.text),
  );
}

async function press(event, part, hands) {
  const pressed = event.currentTarget;
  if (part.url && !followInside(part.url) && /^https?:/i.test(part.url)) window.open(part.url, "_blank", "noopener");
  pressed.setAttribute("aria-busy", "true");
  await hands.press(part.action_id, part.value);
  pressed.removeAttribute("aria-busy");
}

function feedback(part, hands) {
  const now = hands.remembered(part.action_id);
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
        if (!(await hands.press(part.action_id, said.value))) return;
        hands.remember(part.action_id, said.value);
        for (const other of pressed.parentElement.children)
          other.setAttribute("aria-pressed", String(other === pressed));
      },
    };
    return h("button", properties, icon(sign));
  };
  const sides = [side(part.positive_button, "up"), side(part.negative_button, "thumb_down")];
  return h("span", { class: "feedback-buttons", role: "group", "aria-label": "Feedback" }, sides);
}

function iconButton(part, hands) {
  if (part.visible_to_user_ids && !part.visible_to_user_ids.includes(look.person)) return null;
  const label = part.accessibility_label || part.text.text;
  const properties = { type: "button", class: "button-icon", "aria-label": label, title: part.text.text };
  return h(
    "button",
    { ...properties, onclick: (event) => press(event, part, hands) },
    icon(part.icon === "trash" ? "trash" : "more"),
  );
}

/** The page loads nothing from other places, so a picture from there is told of and linked to. */
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
