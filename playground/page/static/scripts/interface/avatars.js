/** Avatars: a person's two letters on a colour that is always the same for that person; for the agent, its own sign. */

import { bot, isBot, store } from "../state/workspace.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";

const COLOURS = 8; // avatar-0 … avatar-7 in styles/colours.css

export function avatar(id, pixels = 36) {
  const size = `avatar avatar-size-${pixels}`;
  if (id === bot().user_id)
    return h(
      "span",
      { class: `${size} avatar-agent`, "aria-hidden": "true" },
      icon("spark", { size: Math.round(pixels * 0.6) }),
    );
  const user = store.get(`user/${id}`);
  const name = user?.real_name || user?.display_name || user?.name || id || "?";
  const letters = name
    .split(/[\s._-]+/)
    .filter(Boolean)
    .slice(0, 2)
    .map((word) => word[0].toUpperCase())
    .join("");
  return h(
    "span",
    { class: `${size} avatar-${colour(id)} ${isBot(id) ? "avatar-bot" : ""}`, "aria-hidden": "true" },
    letters || "?",
  );
}

/** The number of the person's colour. */
function colour(id) {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) % 9973;
  return sum % COLOURS;
}
