/**
 * Starts the page. Draws every part of it again when something has changed, at most once per frame, and moves the
 * focus to the conversation that the person opens.
 */

import { showModal } from "./block_kit/modal.js";
import { mainPane } from "./conversation/channel.js";
import { composerOf } from "./conversation/conversation.js";
import { threadPane } from "./conversation/thread.js";
import { drawer } from "./drawer/drawer.js";
import { troubles } from "./drawer/faults.js";
import { keepReading } from "./drawer/timeline.js";
import { h, update } from "./interface/dom.js";
import { icon } from "./interface/icons.js";
import { act } from "./server/requests.js";
import { follow } from "./server/updates.js";
import { announceChanges, skipWhatIsThere } from "./shell/announcements.js";
import { banner } from "./shell/banner.js";
import { listenToKeys } from "./shell/keyboard.js";
import { sidebar } from "./shell/sidebar.js";
import { addressOf, change, current, go, onChange, readAddress, speakAs } from "./state/navigation.js";
import { markAllAsSeen, noteSeen } from "./state/unread.js";
import { openChannel, people, store, visibleChannels } from "./state/workspace.js";

const region = (id) => document.getElementById(id);
let isDrawn = true; // false while a drawing is due in the next frame
let focused = ""; // person, place and thread for which the focus was set last

function draw() {
  isDrawn = true;
  noteSeen();
  const { body, documentElement } = document;
  documentElement.dataset.theme = current.theme;
  body.dataset.pane = current.drawer ? "drawer" : current.thread ? "thread" : current.place ? "main" : "list";
  show("banner", banner());
  show("troubles", trouble());
  update(region("sidebar"), sidebar());
  update(region("main"), mainPane());
  show("thread", current.thread && openChannel() ? threadPane() : null);
  show("drawer", drawer());
  showModal();
  followFocus();
}

function show(id, children) {
  region(id).hidden = !children;
  update(region(id), children);
}

function redraw() {
  if (!isDrawn) return;
  isDrawn = false;
  requestAnimationFrame(draw);
}

function trouble() {
  const found = [...(current.isConnected ? [] : ["The playground does not answer; trying again…"]), ...troubles()];
  return found.length ? [icon("alert", { size: 14 }), h("span", {}, found.join(" · "))] : null;
}

/**
 * Puts the focus into the composer of a conversation that was just opened. Not on a touch screen: its keyboard would
 * cover the conversation.
 */
function followFocus() {
  const place = [current.person, addressOf(current.place, current.thread)].join(" ");
  if (place === focused || !store.get("bot")) return;
  focused = place;
  const channel = openChannel();
  const isHome = current.place?.kind === "app" && current.place.tab === "home";
  if (!channel || isHome || matchMedia("(pointer: coarse)").matches) return;
  if (region("drawer").contains(document.activeElement)) return;
  composerOf(channel, current.thread).focus();
}

let told = ""; // the person and place that the server was told last

/** Tells the server where the person is, because Slack tells the app: its Home tab, its messages, a channel. */
async function tellWhere() {
  const { person, place } = current;
  const at = `${person} ${addressOf(place)}`;
  if (!person || !place || told === at) return;
  told = at;
  try {
    if (place.kind === "app") {
      if (place.tab === "messages") await act("dm", { user: person });
      await act("home", { user: person, tab: place.tab });
    }
    await act("look_at", { user: person, channel: place.kind === "channel" ? place.channel : null });
  } catch {
    told = ""; // the server did not answer: the next change tells it again
  }
}

/** Called when the server has sent everything: chooses a person and a conversation where none is chosen. */
function begin() {
  if (!people().some((user) => user.id === current.person)) speakAs(people()[0]?.id ?? "");
  const isKnown = current.place?.kind === "app" || store.get(`channel/${current.place?.channel}`);
  const isListWanted = location.hash === "#/";
  if (!isKnown && !isListWanted && visibleChannels().length) go(`#/${visibleChannels()[0].id}`, { replace: true });
  markAllAsSeen();
  skipWhatIsThere();
  change({ isConnected: true });
}

onChange(() => {
  redraw();
  tellWhere();
});
store.subscribe((patch) => {
  announceChanges(patch);
  redraw();
});
listenToKeys();
document.addEventListener("visibilitychange", redraw);
readAddress();
follow(store, { onConnected: begin, onLost: () => change({ isConnected: false }) });
keepReading();
