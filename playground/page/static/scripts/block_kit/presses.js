/**
 * What happens when somebody presses, chooses or writes in what the app shows: the server is told, and the two sides of
 * feedback buttons are remembered, as Slack's clients remember them.
 *
 * Each place has
 * - press(part, block, value), choose(part, block, values) and fillIn(part, block, text, {pressesEnter}), which return
 *   whether the server accepted it;
 * - entry(part, block): what the person has entered before, undefined if nothing;
 * - remember(action_id, value) and remembered(action_id);
 * - folding, in messages: whether long texts are folded, see text/folding.js.
 *
 * `part` is the element, `block` its block. What is done is told in the order in which it was done.
 */

import { attempt } from "../interface/toasts.js";
import { act } from "../server/requests.js";
import { current } from "../state/navigation.js";
import { store } from "../state/workspace.js";
import { foldingOf } from "../text/folding.js";
import { actionOf, entryOf } from "./entries.js";

const pressed = new Map(Object.entries(JSON.parse(sessionStorage.getItem("pressed") ?? "{}")));
const FORGETFUL = { remember: () => {}, remembered: () => undefined, entry: () => undefined };
let last = Promise.resolve(); // when the last of the acts is done

/** In a message, also in one that the person alone sees. */
export function pressesInMessage(message, channel) {
  const place = { channel, ts: message.ts };
  const name = (action) => [current.person, channel, message.ts, action].join("/");
  const entered = () => store.get(`entries/${current.person}/${channel}/${message.ts}`);
  return {
    press: (part, block, value) => tell("press", part, block, { ...place, value }),
    choose: (part, block, values) => tell("choose", part, block, { ...place, values }),
    fillIn: (part, block, text, { pressesEnter = false } = {}) =>
      tell("fill_in", part, block, { ...place, text, presses_enter: pressesEnter }),
    entry: (part, block) => entryOf(entered()?.[block.block_id]?.[actionOf(part, block)]),
    remember: (action_id, value) => remember(name(action_id), value),
    remembered: (action_id) => pressed.get(name(action_id)),
    folding: foldingOf(channel, message.ts),
  };
}

/** In the person's Home tab, where nothing is remembered. */
export function pressesInHome(view) {
  const entered = () => store.get(`entries/${current.person}/view/${view.id}`);
  return {
    ...FORGETFUL,
    press: (part, block, value) => tell("press_home", part, block, { value }),
    choose: (part, block, values) => tell("choose_in_home", part, block, { values }),
    fillIn: async () => true,
    entry: (part, block) => entryOf(entered()?.[block.block_id]?.[actionOf(part, block)]),
  };
}

/**
 * In a modal. `drafts` are what was entered in an earlier version of the view, by block_id and action_id. The app is
 * told of an entry in an input block only if it asked for that.
 */
export function pressesInModal(drafts) {
  const asks = (block) => block.type !== "input" || block.dispatch_action;
  return {
    ...FORGETFUL,
    isModal: true,
    press: (part, block, value) => tell("press_modal", part, block, { value }),
    choose: async (part, block, values) => !asks(block) || tell("choose_in_modal", part, block, { values }),
    fillIn: async (part, block, text, { pressesEnter = false } = {}) =>
      !asks(block) || !pressesEnter || tell("fill_in_modal", part, block, { text }),
    entry: (part, block) => drafts[block.block_id]?.[actionOf(part, block)],
  };
}

function tell(what, part, block, fields) {
  const whole = { user: current.person, block_id: block.block_id, action_id: actionOf(part, block), ...fields };
  const told = last.then(() => attempt(() => act(what, whole)));
  last = told;
  return told;
}

function remember(name, value) {
  pressed.set(name, value);
  sessionStorage.setItem("pressed", JSON.stringify(Object.fromEntries(pressed)));
}
