/** The traffic between Slack and the agent: calls of the Web API and deliveries over Socket Mode, the newest first. */

import { h, lazy } from "../interface/dom.js";
import { icon } from "../interface/icons.js";
import { moment, secondsOf } from "../interface/times.js";
import { change, current } from "../state/navigation.js";
import { openChannel, store } from "../state/workspace.js";

const KINDS = { all: "All", calls: "Web API", envelopes: "Socket Mode" };

const shown = { kind: "all", onlyHere: false }; // the chosen filters

export function trafficTab() {
  const rows = found();
  return [
    filters(),
    rows.length
      ? h(
          "ol",
          { class: "traffic", key: "traffic", "aria-label": "Traffic" },
          rows.map(({ key, value, make }) => lazy(key, [value], () => make(value))),
        )
      : h("p", { class: "empty", key: "none" }, "Nothing has happened here yet."),
  ];
}

function filters() {
  const choose = (fields) => () => {
    Object.assign(shown, fields);
    change({});
  };
  const kinds = Object.entries(KINDS).map(([kind, label]) =>
    h("button", { "aria-pressed": String(shown.kind === kind), onclick: choose({ kind }) }, label),
  );
  const here = h(
    "button",
    { class: "chip", "aria-pressed": String(shown.onlyHere), onclick: choose({ onlyHere: !shown.onlyHere }) },
    "This conversation only",
  );
  return h(
    "div",
    { class: "filters", key: "filters" },
    h("div", { class: "segments", role: "group", "aria-label": "Show" }, kinds),
    here,
  );
}

/** The chosen calls and deliveries, the newest first. */
function found() {
  const calls =
    shown.kind === "envelopes"
      ? []
      : store.all("call").map(([number, value]) => ({ key: `call ${number}`, value, time: value.time, make: callRow }));
  const envelopes =
    shown.kind === "calls"
      ? []
      : store.all("envelope").map(([number, value]) => ({
          key: `envelope ${number}`,
          value,
          time: value.time ?? value.ts,
          make: envelopeRow,
        }));
  const all = [...calls, ...envelopes].filter(({ value }) => !shown.onlyHere || isHere(value));
  return all.sort((one, other) => moment(other.time || 0) - moment(one.time || 0));
}

/** Whether a call or a delivery belongs to the open thread or, if none is open, to the open channel. */
function isHere({ channel, thread_ts }) {
  return channel === openChannel() && (!current.thread || thread_ts === current.thread);
}

function callRow({ time, method, arguments: given, outcome }) {
  const isGood = outcome === "ok";
  const end = h(
    "span",
    { class: isGood ? "outcome is-good" : "outcome is-bad" },
    isGood ? "ok" : String(outcome ?? "…"),
  );
  const head = [h("span", { class: "traffic-way", title: "to Slack" }, "→"), h("code", {}, method), end];
  return row(head, time, given);
}

function envelopeRow({ event_type, attempts, acked, time, ts, ...rest }) {
  const again =
    attempts > 1 &&
    h(
      "span",
      { class: "chip chip-retry", title: "Slack delivered it again, as it was not acknowledged" },
      `delivered ${attempts} ×`,
    );
  const state = acked
    ? h(
        "span",
        { class: "outcome is-good", role: "img", "aria-label": "acknowledged", title: "acknowledged" },
        icon("check", { size: 15 }),
      )
    : h("span", { class: "outcome" }, attempts ? "not acknowledged" : "waiting");
  return row(
    [h("span", { class: "traffic-way is-in", title: "from Slack" }, "←"), h("code", {}, event_type), state, again],
    time ?? ts,
    { ...rest, ts },
  );
}

/** One line of the list. `content` is written out when the person opens the line. */
function row(head, time, content) {
  const text = h("pre", {});
  const ontoggle = () => {
    text.textContent ||= JSON.stringify(content, null, 2);
  };
  const details = h(
    "details",
    { ontoggle },
    h("summary", {}, h("time", {}, time ? secondsOf(time) : ""), ...head),
    text,
  );
  return h("li", {}, details);
}
