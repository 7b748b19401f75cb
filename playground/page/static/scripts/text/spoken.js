/** Elements as a screen reader should say them: whole sentences, without marks, buttons and icons. */

const LEFT_OUT = "button, input, textarea, select, [aria-hidden=true]";
const LINES = "p, li, tr, pre, blockquote, div, summary, figcaption, br, label, .input-label";
const STOPS = /[.!?:;,…。！？]["')\]]*$/u;
const sentences = new Intl.Segmenter(undefined, { granularity: "sentence" });

/** The text of the nodes. What stands on a line of its own ends with a full stop; cells of a table are set off by commas. */
export function spoken(nodes) {
  const lines = [""];
  for (const node of [nodes].flat(Infinity)) if (node) read(node, lines);
  return lines.map(sentence).filter(Boolean).join(" ");
}

/** The first sentences of the text, as many as fit into `most` characters, and a hint where there are more. */
export function beginning(text, most) {
  if (text.length <= most) return text;
  let kept = "";
  for (const { segment } of sentences.segment(text.slice(0, 2 * most))) {
    if (kept.length + segment.length > most) break;
    kept += segment;
  }
  return `${kept.trim() || text.slice(0, text.lastIndexOf(" ", most))} … and more.`;
}

/** Adds what the node says to the last of the lines, and begins a new line after it where the eye sees one. */
function read(node, lines) {
  const add = (words) => (lines[lines.length - 1] += words);
  if (typeof node === "string") return add(node);
  if (node.nodeType === Node.TEXT_NODE) return add(node.data);
  if (node.nodeType !== Node.ELEMENT_NODE || node.matches(LEFT_OUT)) return;
  if (node.getAttribute("role") === "img") return add(` ${node.getAttribute("aria-label").replaceAll("_", " ")} `);
  if (node.matches("img")) return add(` ${node.alt} `);
  for (const child of node.childNodes) read(child, lines);
  if (node.matches(LINES)) lines.push("");
  else if (node.matches("th, td")) add(", ");
}

function sentence(line) {
  const words = line.replace(/\s+/g, " ").trim().replace(/,$/, "");
  return !words || STOPS.test(words) ? words : `${words}.`;
}
