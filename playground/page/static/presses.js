/** What a person has pressed: sent to the app, and remembered where Slack's clients remember it: feedback buttons. */

import { act } from "./api.js";
import { look } from "./look.js";
import { complain } from "./toasts.js";

const remembered = new Map(Object.entries(JSON.parse(sessionStorage.getItem("pressed") ?? "{}")));

/** How the elements of a message are pressed. */
export function inMessage(message, channel) {
  const name = (action) => [look.person, channel, message.ts, action].join("/");
  return {
    place: `${channel}/${message.ts}`,
    press: (action_id, value) => send("press", { user: look.person, channel, ts: message.ts, action_id, value }),
    remember: (action_id, value) => remember(name(action_id), value),
    remembered: (action_id) => remembered.get(name(action_id)),
  };
}

/** How those of a person's Home tab are pressed; nothing is remembered there. */
export function inHome() {
  return {
    place: "home",
    press: (action_id, value) => send("press_home", { user: look.person, action_id, value }),
    remember: () => {},
    remembered: () => undefined,
  };
}

/** In a modal only its own two buttons can be pressed. */
export const NOWHERE = { place: "modal", press: () => {}, remember: () => {}, remembered: () => undefined };

function remember(name, value) {
  remembered.set(name, value);
  sessionStorage.setItem("pressed", JSON.stringify(Object.fromEntries(remembered)));
}

async function send(what, fields) {
  try {
    await act(what, fields);
    return true;
  } catch (error) {
    complain(error);
    return false;
  }
}
