/** Elements for `rich_text` blocks, which Slack's editor makes from what people write. */

import { h } from "../interface/dom.js";
import { dateElement } from "./dates.js";
import { broadcast, channelLink, emoji, link, mention } from "./links.js";

const STYLES = { bold: "strong", italic: "em", strike: "s", code: "code" };

export function richText({ elements = [] }) {
  return elements.map(part);
}

function part(element) {
  const inner = () => (element.elements ?? []).flatMap((one) => (one.elements ? part(one) : piece(one)));
  switch (element.type) {
    case "rich_text_quote":
      return h("blockquote", {}, inner());
    case "rich_text_preformatted":
      return h("pre", {}, h("code", {}, inner()));
    case "rich_text_list": {
      const items = (element.elements ?? []).map((item) => h("li", {}, (item.elements ?? []).flatMap(piece)));
      const classes = element.indent ? "indented" : null;
      return h(
        element.style === "ordered" ? "ol" : "ul",
        { class: classes, start: element.offset ? element.offset + 1 : null },
        items,
      );
    }
    default:
      return h("p", {}, inner());
  }
}

function piece(element) {
  const styled = Object.entries(STYLES).filter(([name]) => element.style?.[name]);
  return styled.reduce((node, [, tag]) => h(tag, {}, node), plain(element));
}

function plain(element) {
  switch (element.type) {
    case "user":
      return mention(element.user_id);
    case "channel":
      return channelLink(element.channel_id);
    case "usergroup":
      return broadcast(element.usergroup_id);
    case "broadcast":
      return broadcast(element.range);
    case "emoji":
      return emoji(element.name);
    case "link":
      return link(element.url, element.text || element.url);
    case "date":
      return date(element);
    default:
      return broken(element.text ?? element.value ?? "");
  }
}

function date({ timestamp, format, url, fallback = "" }) {
  const shown = dateElement(timestamp, format, fallback);
  return url ? link(url, shown) : shown;
}

/** The text, with a line break for each line end. */
function broken(text) {
  return h(
    "span",
    {},
    text.split("\n").flatMap((line, at) => (at ? [h("br"), line] : [line])),
  );
}
