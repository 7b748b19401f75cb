/**
 * What happens when somebody presses a button of the app: the server is told, and the two sides of feedback buttons are
 * remembered, as Slack's clients remember them.
 *
 * Each place has {press(action_id, value), remember(action_id, value), remembered(action_id)}. `press` returns whether
 * the server accepted it.
 */

import { attempt } from "../interface/toasts.js";
import { act } from "../server/requests.js";
import { current } from "../state/navigation.js";

const pressed = new Map(Object.entries(JSON.parse(sessionStorage.getItem("pressed") ?? "{}")));
const FORGETFUL = { remember: () => {}, remembered: () => undefined };

/** In a message. */
export function pressesInMessage(message, channel) {
  const place = { channel, ts: message.ts };
  const name = (action) => [current.person, channel, message.ts, action].join("/");
  return {
    press: (action_id, value) => attempt(() => act("press", { user: current.person, ...place, action_id, value })),
    remember: (action_id, value) => remember(name(action_id), value),
    remembered: (action_id) => pressed.get(name(action_id)),
  };
}

/** In the person's Home tab, where nothing is remembered. */
export function pressesInHome() {
  const press = (action_id, value) => attempt(() => act("press_home", { user: current.person, action_id, value }));
  return { ...FORGETFUL, press };
}

/** In a modal or in a message that one person alone sees: nothing can be pressed there. */
export const NO_PRESSES = { ...FORGETFUL, press: async () => false };

function remember(name, value) {
  pressed.set(name, value);
  sessionStorage.setItem("pressed", JSON.stringify(Object.fromEntries(pressed)));
}
