/** The element around formatted text. */

import { h } from "../interface/dom.js";

/** Its direction is that of its first letter, so that Arabic and Hebrew run from right to left. */
export function textElement(nodes, looks = "") {
  return h("div", { class: looks ? `text ${looks}` : "text", dir: "auto" }, nodes);
}
