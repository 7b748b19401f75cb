/** The agent's Home tab, which the agent publishes for each person. */

import { h } from "../interface/dom.js";
import { current } from "../state/navigation.js";
import { bot, store } from "../state/workspace.js";
import { blocks } from "./blocks.js";
import { pressesInHome } from "./presses.js";

export function homeTab() {
  const view = store.get(`home/${current.person}`)?.view;
  const shown = view
    ? blocks(view.blocks, pressesInHome(view))
    : h("p", { class: "empty is-late" }, `${bot().name} has not published a Home tab yet…`);
  return h(
    "div",
    { class: "scroller home", key: "home", tabindex: "0", role: "region", "aria-label": "Home" },
    h("div", { class: "home-page" }, shown),
  );
}
