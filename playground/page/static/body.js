/** What a message says: its text or blocks, what is attached to it, its files. */

import { blocks } from "./blocks.js";
import { h } from "./dom.js";
import { files } from "./files.js";
import { link } from "./links.js";
import { markdown } from "./markdown.js";
import { mrkdwn } from "./mrkdwn.js";

/** `hands` says what pressing something does: see presses.js. */
export function body(message, hands) {
  return [
    ...content(message, hands),
    (message.attachments ?? []).map((attachment) => attached(attachment, hands)),
    message.files?.length > 0 && files(message.files),
  ];
}

/** Blocks win over text. While a message is streamed its text is Markdown, otherwise it is mrkdwn. */
function content(message, hands) {
  const shown = message.blocks ?? [];
  if (message.streaming_state && !shown.some((block) => block.type === "markdown"))
    return streamed(message, shown, hands);
  if (!shown.length) return message.text ? [text(message.text)] : [];
  const [first, ...rest] = shown;
  return isMadeOfText(first, message) ? [text(message.text), ...blocks(rest, hands)] : blocks(shown, hands);
}

function streamed(message, shown, hands) {
  const cards = shown.filter((block) => block.type === "task_card");
  const said = message.text ? [h("div", { class: "text" }, markdown(message.text))] : [];
  return [
    ...blocks(cards, hands),
    ...said,
    ...blocks(
      shown.filter((block) => block.type !== "task_card"),
      hands,
    ),
  ];
}

/** Slack makes a block of a text that comes without any; the text itself still has its formatting. */
function isMadeOfText(block, message) {
  return block.type === "rich_text" && block.block_id === message.ts?.slice(-5) && Boolean(message.text);
}

function text(written) {
  return h("div", { class: "text" }, mrkdwn(written));
}

function attached(attachment, hands) {
  const { author_name, title, title_link, pretext, fallback } = attachment;
  const inner = attachment.blocks?.length
    ? blocks(attachment.blocks, hands)
    : [
        author_name && h("p", { class: "attachment-author" }, author_name),
        title && h("p", { class: "attachment-title" }, title_link ? link(title_link, title) : title),
        attachment.text ? text(attachment.text) : !title && fallback && text(fallback),
      ];
  return [pretext && text(pretext), h("div", { class: "attachment" }, inner)];
}
