/** Ctrl+K: a dialog in which the person writes a few letters of a conversation and goes there. */

import { avatar } from "../interface/avatars.js";
import { closeDialog, openDialog } from "../interface/dialogs.js";
import { h } from "../interface/dom.js";
import { icon } from "../interface/icons.js";
import { OptionList } from "../interface/option_list.js";
import { addressOf, current, go, onChange } from "../state/navigation.js";
import { unread } from "../state/unread.js";
import {
  bot,
  channelName,
  directChannel,
  isDirect,
  nameOf,
  store,
  titleOf,
  visibleChannels,
} from "../state/workspace.js";

const MOST_THREADS = 20; // that are offered
const MOST_RECENT = 5; // places that are offered first, where the person was before
const LONGEST = 80; // characters of a thread's first message

/** The keys that open it, as people of this system write them. */
export const SWITCHER_KEY = /mac/i.test(navigator.platform) ? "⌘K" : "Ctrl K";

let visited = []; // the addresses of the places where the person was, the last one first

onChange(() => {
  const here = addressOf(current.place, current.thread);
  if (visited[0] !== here) visited = [here, ...visited.filter((other) => other !== here)];
});

export function openSwitcher() {
  const here = addressOf(current.place, current.thread);
  const places = [...channels(), ...agentPlaces(), ...threads()].filter(({ address }) => address !== here);
  const list = new OptionList({
    label: "Jump to a channel, a direct message or a thread",
    hint: "Where to?",
    nothing: "Nothing is called that.",
    find: (text) => found(places, text),
    choose: (address) => {
      closeDialog(dialog);
      go(address);
    },
  });
  const onclick = (event) => event.target === dialog && closeDialog(dialog);
  const properties = { class: "dialog switcher", "aria-label": "Jump to a conversation", onclick };
  const dialog = h("dialog", { ...properties, onclose: () => closeDialog(dialog) }, list.element);
  openDialog(dialog);
  list.field.focus();
}

/** The places whose words begin with the words of the text, in their groups. Without a text, the last ones come first. */
function found(places, text) {
  const sought = text.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = places.filter(({ words }) => sought.every((part) => words.some((word) => word.startsWith(part))));
  const groups = Map.groupBy(text ? shown : withRecent(shown), ({ group }) => group);
  const option = ({ label, content, address }) => ({ label, content: content(), value: address });
  return [...groups].map(([title, members]) => [title, members.map(option)]);
}

/** The places with those where the person was last, and those with something unread, in front. */
function withRecent(places) {
  const isRecent = ({ address, isUnread }) => isUnread || visited.slice(1, MOST_RECENT + 1).includes(address);
  const since = ({ address }) => visited.indexOf(address) + (visited.includes(address) ? 0 : places.length);
  const recent = places.filter(isRecent).sort((one, other) => since(one) - since(other));
  return [...recent.map((one) => ({ ...one, group: "Recent" })), ...places.filter((one) => !isRecent(one))];
}

function channels() {
  return visibleChannels().map((channel) => {
    const isRoom = channel.kind === "channel" || channel.kind === "private";
    const sign = () =>
      isRoom
        ? icon(channel.kind === "private" ? "lock" : "hash", { size: 16 })
        : avatar(
            channel.members.find((id) => id !== current.person),
            22,
          );
    const { isUnread } = unread(channel.id);
    const group = isRoom ? "Channels" : "Direct messages";
    return place({ group, title: channelName(channel), address: `#/${channel.id}`, sign, isUnread });
  });
}

function agentPlaces() {
  const sign = () => avatar(bot().user_id, 22);
  const tab = (name, title) => place({ group: "Apps", title, address: `#/app/${name}`, sign });
  return [tab("messages", `${bot().name}: Messages`), tab("home", `${bot().name}: Home`)];
}

/** The threads of the person's conversations, those with the newest messages first. */
function threads() {
  const newest = new Map(); // from the address of a thread to {ts of its last message, channel, root}
  const direct = store.get(`channel/${directChannel()}`);
  for (const channel of [...visibleChannels(), direct].filter(Boolean)) {
    for (const { ts, thread_ts: root } of store.messages(channel.id)) {
      if (root && root !== ts) newest.set(`${channel.id}/${root}`, { ts, channel, root });
    }
  }
  const sorted = [...newest.values()].sort((one, other) => (one.ts < other.ts ? 1 : -1));
  return sorted.slice(0, MOST_THREADS).map(threadPlace);
}

function threadPlace({ channel, root }) {
  const first = store.message(channel.id, root);
  const said = first ? `${nameOf(first.user)}: ${first.visible_text}` : "A deleted message";
  const title = store.get(`session/${channel.id}/${root}`)?.title || said.replace(/\s+/g, " ").slice(0, LONGEST);
  const kind = isDirect(channel) ? { kind: "app", tab: "messages" } : { kind: "channel", channel: channel.id };
  const detail = isDirect(channel) ? bot().name : titleOf(channel);
  return place({
    group: "Threads",
    title,
    detail,
    address: addressOf(kind, root),
    sign: () => icon("thread", { size: 16 }),
  });
}

function place({ group, title, detail = "", address, sign, isUnread = false }) {
  const label = [title, detail, isUnread && "unread"].filter(Boolean).join(", ");
  const content = () => [
    h("span", { class: "option-sign" }, sign()),
    h("span", { class: isUnread ? "option-name is-unread" : "option-name" }, title),
    detail && h("small", {}, detail),
  ];
  return {
    group,
    label,
    content,
    address,
    isUnread,
    words: `${title} ${detail}`.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [],
  };
}
