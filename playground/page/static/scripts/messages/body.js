/** The content of a message: its text or blocks, its attachments and its files. */

import { blocks } from "../block_kit/blocks.js";
import { isOnlyEmoji } from "../emoji/names.js";
import { h } from "../interface/dom.js";
import { folded } from "../text/folding.js";
import { link, unescaped } from "../text/links.js";
import { markdown } from "../text/markdown.js";
import { mrkdwn } from "../text/mrkdwn.js";
import { textElement } from "../text/text_element.js";
import { files } from "./files.js";

/** `presses` says what happens when a button is pressed: see block_kit/presses.js. */
export function body(message, presses) {
  return [
    ...content(message, presses),
    (message.attachments ?? []).map((attachment) => attached(attachment, presses)),
    message.files?.length > 0 && files(message.files),
  ];
}

const CARDS = ["task_card", "plan"];

/**
 * If there are blocks, the text is not shown. The text of a streamed message is Markdown, every other text is mrkdwn.
 */
function content(message, presses) {
  const shown = message.blocks ?? [];
  if (message.streaming_state && shown.every((block) => CARDS.includes(block.type)))
    return streamed(message, shown, presses);
  if (!shown.length) return message.text ? [text(message.text, presses)] : [];
  const [first, ...rest] = shown;
  return isMadeOfText(first, message) ? [text(message.text, presses), ...blocks(rest, presses)] : blocks(shown, presses);
}

function streamed(message, cards, presses) {
  const said = message.text ? [textElement(markdown(message.text))] : [];
  return [...blocks(cards, presses), ...said];
}

/**
 * Whether Slack made the block from a text that came without blocks. Then the text is shown, because it has all the
 * formatting.
 */
function isMadeOfText(block, message) {
  return block.type === "rich_text" && block.block_id === message.ts?.slice(-5) && Boolean(message.text);
}

/** A message of emoji alone is shown large. */
function text(written, { folding }) {
  return folded(textElement(mrkdwn(written), isOnlyEmoji(written) ? "is-large" : ""), written, folding);
}

function attached(attachment, presses) {
  const { author_name, title, title_link, pretext, fallback } = attachment;
  const inner = attachment.blocks?.length
    ? blocks(attachment.blocks, presses)
    : [
        author_name && h("p", { class: "attachment-author" }, unescaped(author_name)),
        title && h("p", { class: "attachment-title" }, title_link ? link(unescaped(title_link), unescaped(title)) : unescaped(title)),
        attachment.text ? text(attachment.text, presses) : !title && fallback && text(fallback, presses),
      ];
  return [pretext && text(pretext, presses), h("div", { class: "attachment" }, inner)];
}
