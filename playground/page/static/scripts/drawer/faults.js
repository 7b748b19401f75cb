/**
 * The drawer's tab "Break it": faults to inject. The tests inject the same faults. Each says what the person should
 * see.
 */

import { h } from "../interface/dom.js";
import { icon } from "../interface/icons.js";
import { attempt, showToast } from "../interface/toasts.js";
import { damage } from "../server/requests.js";
import { servicesSwitch } from "../shell/banner.js";
import { store } from "../state/workspace.js";

const PROCESSES = [
  {
    name: "worker",
    title: "Worker",
    says: "Thinks and acts. Killed in mid-step, it comes back and goes on from the last finished step.",
  },
  { name: "bot", title: "Bot", says: "Listens. What Slack could not deliver meanwhile is delivered again." },
  {
    name: "temporal",
    title: "Temporal",
    says: "Remembers. While it is gone nothing is acknowledged, so nothing is lost.",
  },
];
const AWAY = [
  { what: "gemini", title: "Gemini", says: "The model call waits and tries again; the thread is told so, once." },
  { what: "slack", title: "Slack’s Web API", says: "Posts wait and are made once it is back. None is made twice." },
  {
    what: "tools",
    title: "Weather and places",
    says: "A tool tries again, then the model hears that it did not work.",
  },
  { what: "temporal", title: "Temporal", says: "The bot acknowledges nothing until it is reachable again." },
];
const ONCE = [
  {
    title: "Lose the next reply",
    label: "Lose",
    detail: "Slack posts, but the answer to the worker is lost. It looks in the thread before it posts again.",
    what: "lose_reply",
    fields: {},
    done: "The next reply of Slack’s will be lost.",
  },
  {
    title: "Rate-limit for 10 s",
    label: "Limit",
    detail: "Slack answers 429. Everything waits for as long as it says.",
    what: "rate_limit",
    fields: { seconds: 10 },
    done: "Slack limits every call for 10 seconds.",
  },
  {
    title: "Close the socket",
    label: "Close",
    detail: "The bot connects again, and hears what it missed.",
    what: "close_socket",
    fields: {},
    done: "The Socket Mode connection is closed.",
  },
];

export function breakTab() {
  return [
    h("p", { class: "drawer-lead" }, "Ask something, break something, and watch the conversation survive it."),
    section("Kill", "SIGKILL, as a crash would do it", PROCESSES.map(processRow)),
    section("Take away", "until you bring it back", AWAY.map(awayRow)),
    section("Once", "and then all is well again", ONCE.map(onceRow)),
    section("Weather and places", "", [worldRow()]),
  ];
}

function section(title, detail, rows) {
  const shown = rows.filter(Boolean);
  if (!shown.length) return null;
  return h(
    "section",
    { class: "faults", key: title },
    h("h3", {}, title, detail && h("small", {}, detail)),
    h("ul", { role: "list" }, shown),
  );
}

function item(key, sign, title, says, control) {
  return h("li", { key }, sign, h("div", { class: "fault-text" }, h("strong", {}, title), h("p", {}, says)), control);
}

function processRow({ name, title, says }) {
  const process = store.get(`process/${name}`);
  if (!process) return null;
  const { pid, is_up, restarts, why } = process;
  const state = is_up ? `pid ${pid}${restarts ? ` · started again ${restarts} ×` : ""}` : why || "down, starting again…";
  const kill = () => attempt(() => damage("kill", { process: name }));
  const light = h("span", {
    class: is_up ? "light is-up" : "light is-down",
    role: "img",
    "aria-label": is_up ? "up" : "down",
  });
  const button = h(
    "button",
    { class: "button button-danger", disabled: !is_up, "aria-label": `Kill the ${name}`, onclick: kill },
    icon("bolt", { size: 14 }),
    "Kill",
  );
  return item(name, light, [title, h("small", {}, state)], says, button);
}

function awayRow({ what, title, says }) {
  const state = store.get(`away/${what}`);
  if (!state) return null;
  const isAway = Boolean(state.is_away);
  const toggle = () => attempt(() => damage("away", { what, is_away: !isAway }));
  const light = h("span", { class: isAway ? "light is-down" : "light is-up", "aria-hidden": "true" });
  const label = isAway ? `Bring ${title} back` : `Take ${title} away`;
  const button = h(
    "button",
    {
      class: isAway ? "switch" : "switch is-on",
      "aria-label": label,
      title: label,
      onclick: toggle,
    },
    h("span", {}),
  );
  return item(what, light, [title, h("small", {}, isAway ? "away" : "there")], says, button);
}

function onceRow({ title, label, detail, what, fields, done }) {
  const act = async () => {
    if (await attempt(() => damage(what, fields))) showToast(done);
  };
  return item(
    what,
    h("span", { class: "light", "aria-hidden": "true" }),
    title,
    detail,
    h("button", { class: "button", "aria-label": title, onclick: act }, label),
  );
}

function worldRow() {
  const world = store.get("world");
  const control = servicesSwitch(world);
  if (!control) return null;
  const says =
    world.services === "sample"
      ? "Sample data now, the same each time."
      : "The real services now: api.weather.gov and its like.";
  return item("services", h("span", { class: "light is-up", "aria-hidden": "true" }), "Services", says, control);
}

/** What is broken now, in words, for the line at the top of the page. */
export function troubles() {
  const down = PROCESSES.filter(({ name }) => store.get(`process/${name}`)?.is_up === false);
  const why = ({ name }) => store.get(`process/${name}`).why || "down, starting again";
  const away = AWAY.filter(({ what }) => store.get(`away/${what}`)?.is_away);
  return [...down.map((one) => `${one.title} ${why(one)}`), ...away.map(({ title }) => `${title} away`)];
}
