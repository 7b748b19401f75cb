/**
 * Formatting a text that is being written, in Slack's own marks.
 *
 * Each function takes {text, start, end}, a text and what is selected of it, and returns {from, to, insert, start, end}:
 * the part of the text to replace, what by, and what is selected then. Formatting again takes the marks away.
 */

const LINES = {
  quote: { mark: () => "> ", has: /^> ?/ },
  bullets: { mark: () => "• ", has: /^[•*-] / },
  numbers: { mark: (at) => `${at + 1}. `, has: /^\d{1,3}[.)] / },
};
const LIST_LINE = /^(> ?|[•*-] |(\d{1,3})([.)]) )(.*)$/;

/** Puts `mark` around the selected words, in each line of its own, because Slack's marks do not reach over lines. */
export function markWords({ text, start, end }, mark) {
  const selected = text.slice(start, end);
  const size = mark.length;
  if (text.slice(start - size, start) === mark && text.slice(end, end + size) === mark)
    return { from: start - size, to: end + size, insert: selected, start: start - size, end: end - size };
  if (!selected) return { from: start, to: end, insert: mark + mark, start: start + size, end: start + size };
  const lines = selected.split("\n").map((line) => markLine(line, mark));
  const insert = lines.join("\n");
  return { from: start, to: end, insert, start, end: start + insert.length };
}

function markLine(line, mark) {
  const [, before, words, after] = /^(\s*)(.*?)(\s*)$/.exec(line);
  if (!words) return line;
  const isMarked = words.length > 2 * mark.length && words.startsWith(mark) && words.endsWith(mark);
  return before + (isMarked ? words.slice(mark.length, -mark.length) : mark + words + mark) + after;
}

/** Makes the selected lines a `quote`, or a list with `bullets` or `numbers`. */
export function markLines({ text, start, end }, kind) {
  const from = text.lastIndexOf("\n", start - 1) + 1;
  const next = text.indexOf("\n", end);
  const to = next < 0 ? text.length : next;
  const lines = text.slice(from, to).split("\n");
  const { mark, has } = LINES[kind];
  const isMarked = lines.every((line) => has.test(line));
  const other = Object.values(LINES).find((one) => lines.every((line) => one.has.test(line)))?.has;
  const insert = lines
    .map((line, at) => (isMarked ? line.replace(has, "") : mark(at) + (other ? line.replace(other, "") : line)))
    .join("\n");
  return { from, to, insert, start: from + insert.length, end: from + insert.length };
}

/** Puts the selected lines into a code block. */
export function codeBlock({ text, start, end }) {
  const selected = text.slice(start, end);
  const before = start > 0 && text[start - 1] !== "\n" ? "\n" : "";
  const after = end < text.length && text[end] !== "\n" ? "\n" : "";
  const at = start + before.length + 4;
  return {
    from: start,
    to: end,
    insert: `${before}\`\`\`\n${selected}\n\`\`\`${after}`,
    start: at,
    end: at + selected.length,
  };
}

/** Writes a link in place of what is selected. */
export function linkTo({ start, end }, label, address) {
  const insert = label && label !== address ? `[${label}](${address})` : address;
  return { from: start, to: end, insert, start: start + insert.length, end: start + insert.length };
}

/** A new line. In a list or a quote it goes on with it; an empty last entry ends it, as in Slack. */
export function newLine({ text, start, end }) {
  const from = text.lastIndexOf("\n", start - 1) + 1;
  const [, mark, number, sign, words] = LIST_LINE.exec(text.slice(from, start)) ?? [];
  if (mark && !words) return { from, to: end, insert: "", start: from, end: from };
  const insert = `\n${number ? `${Number(number) + 1}${sign} ` : (mark ?? "")}`;
  return { from: start, to: end, insert, start: start + insert.length, end: start + insert.length };
}

/** Whether the caret is in a code block, where Enter begins a new line and does not send. */
export function isInCodeBlock({ text, start }) {
  return text.slice(0, start).split("```").length % 2 === 0;
}
