/** The sidebar: the workspace, its conversations, and the person who speaks. */

import { walk } from "../interface/arrow_keys.js";
import { avatar } from "../interface/avatars.js";
import { h } from "../interface/dom.js";
import { icon } from "../interface/icons.js";
import { openMenu } from "../interface/menus.js";
import { addressOf, current, go, speakAs } from "../state/navigation.js";
import { unread } from "../state/unread.js";
import { bot, channelName, directChannel, nameOf, people, store, visibleChannels } from "../state/workspace.js";
import { preferencesButton } from "./preferences.js";
import { openSwitcher, SWITCHER_KEY } from "./switcher.js";

export function sidebar() {
  const channels = visibleChannels();
  const isRoom = ({ kind }) => kind === "channel" || kind === "private";
  return [
    head(),
    jump(),
    h(
      "nav",
      {
        class: "conversations",
        key: "conversations",
        "aria-label": "Conversations",
        onkeydown: (event) => walk(event, event.currentTarget, "a"),
      },
      section("Channels", channels.filter(isRoom).map(channelRow)),
      section("Direct messages", channels.filter((channel) => !isRoom(channel)).map(channelRow)),
      section("Apps", [agentRow()]),
    ),
    speaker(),
  ];
}

function head() {
  return h(
    "header",
    { class: "workspace", key: "workspace" },
    h("span", { class: "workspace-sign", "aria-hidden": "true" }, icon("spark", { size: 18 })),
    h(
      "div",
      { class: "workspace-name" },
      h("strong", {}, store.get("team")?.name ?? "Playground"),
      h("small", {}, current.isLost ? "not connected" : "a local Slack"),
    ),
    preferencesButton(),
  );
}

function jump() {
  return h(
    "button",
    { class: "jump", key: "jump", "aria-haspopup": "dialog", "aria-keyshortcuts": "Control+K", onclick: openSwitcher },
    icon("search", { size: 15 }),
    h("span", {}, "Jump to…"),
    h("kbd", { "aria-hidden": "true" }, SWITCHER_KEY),
  );
}

function section(title, rows) {
  if (!rows.length) return null;
  return h("section", { key: title }, h("h2", {}, title), h("ul", { role: "list" }, rows));
}

function channelRow(channel) {
  const signs = { channel: "hash", private: "lock" };
  const sign = signs[channel.kind]
    ? icon(signs[channel.kind], { size: 16 })
    : avatar(
        channel.members.find((id) => id !== current.person),
        22,
      );
  const isOpen = current.place?.channel === channel.id;
  return row(`#/${channel.id}`, channel.id, sign, channelName(channel), isOpen, unread(channel.id));
}

function agentRow() {
  const isOpen = current.place?.kind === "app";
  const channel = directChannel();
  const news = channel ? unread(channel) : { isUnread: false, mentions: 0 };
  const address = addressOf({ kind: "app", tab: channel || isOpen ? "messages" : "home" });
  return row(address, "app", avatar(bot().user_id, 22), bot().name, isOpen, news);
}

function row(address, key, sign, name, isOpen, { isUnread, mentions }) {
  const looks = isUnread && !isOpen ? "row is-unread" : "row";
  const follow = (event) => {
    event.preventDefault();
    go(address);
  };
  const link = { class: looks, href: address, "aria-current": isOpen ? "page" : null, onclick: follow };
  const count =
    mentions > 0 && !isOpen && h("span", { class: "count" }, String(mentions), h("span", { class: "hidden" }, " mentions"));
  return h(
    "li",
    { key },
    h(
      "a",
      link,
      sign,
      h("span", { class: "row-name" }, name),
      isUnread && !isOpen && h("span", { class: "hidden" }, "unread"),
      count,
    ),
  );
}

/** The button and menu "Speaking as": in the playground you can speak as everybody in the workspace. */
function speaker() {
  const choose = (event) => {
    const items = people().map((user) => ({
      label: nameOf(user.id),
      detail: user.title || (user.is_guest ? "guest" : ""),
      sign: avatar(user.id, 22),
      isChecked: user.id === current.person,
      choose: () => speakAs(user.id),
    }));
    openMenu(event.currentTarget, items, { label: "Speak as" });
  };
  return h(
    "button",
    {
      class: "speaker",
      key: "speaker",
      title: "Speak as somebody else",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      onclick: choose,
    },
    avatar(current.person, 28),
    h("span", { class: "speaker-name" }, h("small", {}, "Speaking as"), " ", h("strong", {}, nameOf(current.person))),
    icon("expand", { size: 16 }),
  );
}
