/** One request to Gemini in an opened step, and its answer with its tokens and what it cost. */

import { h } from "../interface/dom.js";
import { duration } from "../interface/times.js";
import { box, folded, json, part } from "./json_parts.js";

const LONGEST_BEGINNING = 60; // characters of a message in its title
const FAIRLY_FEW = 3; // significant digits of a cost

/** `one` is a request as the server tells it. If there are several, their headings are counted from `at`. */
export function exchange(one, { at, isOnly }) {
  const number = isOnly ? "" : ` ${at + 1}`;
  return [request(one, number), answer(one, number)];
}

function request({ purpose, model, attempt, began, ended, request: body }, number) {
  const { contents = [], systemInstruction, tools = [], ...settings } = body;
  const declared = tools.flatMap(({ functionDeclarations = [] }) => functionDeclarations);
  const took = ended ? duration((ended - began) * 1000) : "";
  const facts = [`for ${purpose}`, model, attempt > 1 && `attempt ${attempt}`, took].filter(Boolean);
  return part(
    `Request to Gemini${number}`,
    { note: facts.join(" · "), copied: body, name: "the request" },
    systemInstruction && folded(["Instructions"], {}, box(textOf(systemInstruction))),
    folded(["Messages", count(contents)], {}, contents.map(message)),
    declared.length > 0 && folded(["Tools", count(declared)], {}, declared.map(tool)),
    Object.keys(settings).length > 0 && folded(["Settings"], {}, json(settings)),
  );
}

const count = (list) => h("small", {}, String(list.length));
const textOf = ({ parts = [] }) => parts.map(({ text }) => text ?? "").join("\n");

/** A message is a content of Gemini's, or a text about those that are left out. */
function message(content) {
  if (typeof content === "string") return h("p", { class: "inside-note" }, content);
  const { role, parts = [] } = content;
  return folded(
    [h("strong", {}, role), h("span", { class: "inside-beginning" }, beginning(parts))],
    { copied: content, name: "the message" },
    parts.map(contentPart),
  );
}

/** What people have said, or else all that is in the message, in short. */
function beginning(parts) {
  const lines = parts.map(line);
  const said = lines.filter(({ from }) => from);
  const shown = said.length ? said.map(({ from, text }) => `${from}: ${text}`) : lines.map(({ text }) => text);
  return shown.map((text) => text.slice(0, LONGEST_BEGINNING)).join(", ");
}

/** {text, from}: a part on one line, and who has said it, if people have: then it is JSON. */
function line({ text, functionCall, functionResponse, inlineData }) {
  if (functionCall) return { text: `calls ${functionCall.name}` };
  if (functionResponse) return { text: `result of ${functionResponse.name}` };
  if (inlineData) return { text: `a file, ${inlineData.mimeType}` };
  try {
    const { from, text: said } = JSON.parse(text);
    if (from && said) return { from, text: String(said) };
  } catch {
    // it is no JSON, but a text
  }
  return { text: String(text ?? "") };
}

function contentPart(one) {
  return Object.keys(one).length === 1 && typeof one.text === "string" ? box(one.text) : json(one);
}

function tool(declared) {
  if (typeof declared === "string") return h("p", { class: "inside-note" }, declared);
  return folded([h("code", {}, declared.name)], { copied: declared, name: `the tool ${declared.name}` }, json(declared));
}

function answer({ answer: body, status, ended, model, tokens, cost }, number) {
  if (!body) return part(`Answer${number}`, {}, h("p", {}, nothing(ended, status)));
  const [candidate = {}] = body.candidates ?? [];
  const { parts = [] } = candidate.content ?? {};
  const reason = status >= 400 ? `refused, ${status}` : [!ended && "still coming", candidate.finishReason].filter(Boolean).join(" · ");
  return part(
    `Answer${number}`,
    { note: reason, copied: body, name: "the answer" },
    parts.length ? parts.map(contentPart) : json(body),
    tokens && counted(tokens),
    cost && costs(cost, model),
  );
}

function nothing(ended, status) {
  if (!ended) return "No answer yet.";
  return status ? `Nothing that can be read has come, with the status ${status}.` : "No answer came: the connection was cut.";
}

function counted({ given, cached, answered, thoughts }) {
  const rows = [
    ["Tokens of input", given, cached > 0 && `${cached.toLocaleString()} of them cached`],
    ["Tokens of output", answered],
    ...(thoughts ? [["Tokens of thoughts", thoughts]] : []),
  ];
  return h(
    "dl",
    { class: "inside-facts" },
    rows.map(([name, number, note]) => [h("dt", {}, name), h("dd", {}, number.toLocaleString(), note && h("small", {}, note))]),
  );
}

function costs({ dollars, at_most, is_scripted, source, list }, model) {
  const link = h("a", { href: list, target: "_blank", rel: "noreferrer" }, "Google’s price list");
  if (dollars === null) return h("p", { class: "inside-cost" }, source, " ", link);
  const price = dollars.toLocaleString("en-US", { style: "currency", currency: "USD", maximumSignificantDigits: FAIRLY_FEW });
  const about = at_most ? `at most ${price}` : price;
  const told = is_scripted ? `Cost: nothing, because a script has answered. ${model} would cost ${about}.` : `Cost: ${about}.`;
  return h("p", { class: "inside-cost" }, h("strong", {}, told), h("small", {}, source, " ", link));
}
