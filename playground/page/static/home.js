/** The agent's own place: its Home tab, as the agent publishes it for each person. */

import { blocks } from "./blocks.js";
import { h } from "./dom.js";
import { look } from "./look.js";
import { inHome } from "./presses.js";
import { bot, store } from "./workspace.js";

export function homeTab() {
  const view = store.get(`home/${look.person}`)?.view;
  const shown = view
    ? blocks(view.blocks, inHome())
    : h("p", { class: "empty" }, `${bot().name} has not published a Home tab yet…`);
  return h(
    "div",
    { class: "scroller home", key: "home", tabindex: "0", role: "region", "aria-label": "Home" },
    h("div", { class: "home-page" }, shown),
  );
}
