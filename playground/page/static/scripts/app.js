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
import { notices, tellNews } from "./shell/notices.js";
import { sidebar } from "./shell/sidebar.js";
import { addressOf, change, current, go, onChange, readAddress, speakAs } from "./state/navigation.js";
import { markAllAsSeen, noteSeen } from "./state/unread.js";
import { bot, canLookAt, isLoaded, openChannel, people, store, titleOf, visibleChannels } from "./state/workspace.js";

const PATIENCE = 1000; // milliseconds without a connection until the page says so
const region = (id) => document.getElementById(id);
let isDrawn = true; // false while a drawing is due in the next frame
let alarm = 0; // the timer until the page says that the server does not answer
let focused = ""; // person, place and thread for which the focus was set last

function draw() {
  isDrawn = true;
  const { body, documentElement } = document;
  documentElement.dataset.theme = current.theme;
  body.dataset.pane = current.drawer ? "drawer" : current.thread ? "thread" : current.place ? "main" : "list";
  show("troubles", trouble());
  if (isLoaded()) drawAll();
}

/** Before the server has told anything, there is nothing to draw, and nothing can be said to be missing. */
function drawAll() {
  noteSeen();
  nameThePage();
  show("banner", banner());
  show("notices", notices());
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

/** The page's title, in the browser and for screen readers: the open conversation. */
function nameThePage() {
  const team = store.get("team").name;
  const channel = store.get(`channel/${current.place?.channel}`);
  const place = current.place?.kind === "app" ? bot().name : channel && titleOf(channel);
  region("title").textContent = [place, current.thread && "a thread", team].filter(Boolean).join(", ");
  document.title = place ? `${place} · ${team}` : team;
}

function trouble() {
  const found = [...(current.isLost ? ["The playground does not answer; trying again…"] : []), ...troubles()];
  return found.length ? [icon("alert", { size: 14 }), h("span", {}, found.join(" · "))] : null;
}

/**
 * Puts the focus into the composer of a conversation that was just opened. Not on a touch screen: its keyboard would
 * cover the conversation.
 */
function followFocus() {
  const place = [current.person, addressOf(current.place, current.thread)].join(" ");
  if (place === focused) return;
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
  const { person, place, beside } = current;
  if (!person || !place || !isLoaded()) return;
  const seen = place.kind === "app" ? beside : canLookAt(place.channel) ? { channel: place.channel } : null;
  const at = [person, addressOf(place), seen?.channel, seen?.ts].join(" ");
  if (told === at) return;
  told = at;
  try {
    await act("look_at", { user: person, channel: seen?.channel ?? null, ts: seen?.ts || null });
    if (place.kind === "app") {
      if (place.tab === "messages") await act("dm", { user: person });
      await act("home", { user: person, tab: place.tab });
    }
  } catch ({ status }) {
    if (status && beside)
      change({ beside: null }); // it is gone, or no longer for this person
    else told = ""; // the server did not answer: the next change tells it again
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
  clearTimeout(alarm);
  alarm = 0;
  change({ isLost: false });
}

/** Called when the connection is lost. A page that is being left, and a moment without one, are no trouble. */
function lose() {
  alarm ||= setTimeout(() => change({ isLost: true }), PATIENCE);
}

onChange(() => {
  redraw();
  tellWhere();
});
store.subscribe((patch) => {
  announceChanges(patch);
  tellNews(patch);
  redraw();
});
listenToKeys();
document.addEventListener("visibilitychange", redraw);
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault(); // the address names the conversation
  region(current.thread ? "thread" : "main").focus();
});
readAddress();
follow(store, { onConnected: begin, onLost: lose });
keepReading();
