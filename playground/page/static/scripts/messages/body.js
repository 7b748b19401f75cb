/** The content of a message: its text or blocks, its attachments and its files. */

import { blocks } from "../block_kit/blocks.js";
import { h } from "../interface/dom.js";
import { link } from "../text/links.js";
import { markdown } from "../text/markdown.js";
import { mrkdwn } from "../text/mrkdwn.js";
import { files } from "./files.js";

/** `presses` says what happens when a button is pressed: see block_kit/presses.js. */
export function body(message, presses) {
  return [
    ...content(message, presses),
    (message.attachments ?? []).map((attachment) => attached(attachment, presses)),
    message.files?.length > 0 && files(message.files),
  ];
}

/**
 * If there are blocks, the text is not shown. The text of a streamed message is Markdown, every other text is mrkdwn.
 */
function content(message, presses) {
  const shown = message.blocks ?? [];
  if (message.streaming_state && !shown.some((block) => block.type === "markdown"))
    return streamed(message, shown, presses);
  if (!shown.length) return message.text ? [text(message.text)] : [];
  const [first, ...rest] = shown;
  return isMadeOfText(first, message) ? [text(message.text), ...blocks(rest, presses)] : blocks(shown, presses);
}

function streamed(message, shown, presses) {
  const cards = shown.filter((block) => block.type === "task_card");
  const said = message.text ? [h("div", { class: "text" }, markdown(message.text))] : [];
  return [
    ...blocks(cards, presses),
    ...said,
    ...blocks(
      shown.filter((block) => block.type !== "task_card"),
      presses,
    ),
  ];
}

/**
 * Whether Slack made the block from a text that came without blocks. Then the text is shown, because it has all the
 * formatting.
 */
function isMadeOfText(block, message) {
  return block.type === "rich_text" && block.block_id === message.ts?.slice(-5) && Boolean(message.text);
}

function text(written) {
  return h("div", { class: "text" }, mrkdwn(written));
}

function attached(attachment, presses) {
  const { author_name, title, title_link, pretext, fallback } = attachment;
  const inner = attachment.blocks?.length
    ? blocks(attachment.blocks, presses)
    : [
        author_name && h("p", { class: "attachment-author" }, author_name),
        title && h("p", { class: "attachment-title" }, title_link ? link(title_link, title) : title),
        attachment.text ? text(attachment.text) : !title && fallback && text(fallback),
      ];
  return [pretext && text(pretext), h("div", { class: "attachment" }, inner)];
}
