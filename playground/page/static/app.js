/** Puts the page together: what has changed is shown once per frame, and the focus follows where the person goes. */

import { announceFrom, knowWhatIsThere } from "./announce.js";
import { act } from "./api.js";
import { banner } from "./banner.js";
import { troubles } from "./breaking.js";
import { mainPane } from "./channel.js";
import { composerOf } from "./conversation.js";
import { h, update } from "./dom.js";
import { drawer } from "./drawer.js";
import { icon } from "./icons.js";
import { keepLooking } from "./inside.js";
import { follow } from "./live.js";
import { addressOf, arrive, change, closeThread, go, look, onLook, speakAs } from "./look.js";
import { closeMenu } from "./menu.js";
import { showModal } from "./modal.js";
import { sidebar } from "./sidebar.js";
import { threadPane } from "./thread.js";
import { beginHere, noteSeen } from "./unread.js";
import { openChannel, people, store, visibleChannels } from "./workspace.js";

const region = (id) => document.getElementById(id);
let isDrawn = true;
let where = ""; // where the focus was put last: person, place and thread

function draw() {
  isDrawn = true;
  noteSeen();
  const { body, documentElement } = document;
  documentElement.dataset.theme = look.theme;
  body.dataset.pane = look.drawer ? "drawer" : look.thread ? "thread" : look.place ? "main" : "list";
  show("banner", banner());
  show("troubles", trouble());
  update(region("sidebar"), sidebar());
  update(region("main"), mainPane());
  show("thread", look.thread && openChannel() ? threadPane() : null);
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
  const found = [...(look.isConnected ? [] : ["The playground does not answer; trying again…"]), ...troubles()];
  return found.length ? [icon("alert", { size: 14 }), h("span", {}, found.join(" · "))] : null;
}

/** Whoever goes to a conversation wants to write there; on a touch screen the keyboard would cover it. */
function followFocus() {
  const place = [look.person, addressOf(look.place, look.thread)].join(" ");
  if (place === where || !store.get("bot")) return;
  where = place;
  const channel = openChannel();
  const isHome = look.place?.kind === "app" && look.place.tab === "home";
  if (!channel || isHome || matchMedia("(pointer: coarse)").matches) return;
  if (region("drawer").contains(document.activeElement)) return;
  composerOf(channel, look.thread).focus();
}

/** Slack tells the app where a person goes: to its Home tab, to its messages, to a channel. */
let told = "";
async function tellWhere() {
  const { person, place } = look;
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
    told = ""; // the server was not there; the next change tells it
  }
}

function begin() {
  if (!people().some((user) => user.id === look.person)) speakAs(people()[0]?.id ?? "");
  const isKnown = look.place?.kind === "app" || store.get(`channel/${look.place?.channel}`);
  const isListWanted = location.hash === "#/";
  if (!isKnown && !isListWanted && visibleChannels().length) go(`#/${visibleChannels()[0].id}`, { replace: true });
  beginHere();
  knowWhatIsThere();
  change({ isConnected: true });
  requestAnimationFrame(() => performance.mark("shown"));
}

/** Esc closes what was opened last: a menu, the thread, the drawer. */
function escape(event) {
  if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  if (region("drawer").contains(document.activeElement) || (look.drawer && !look.thread)) change({ drawer: "" });
  else if (look.thread) closeThread();
  closeMenu();
}

/** F6 goes round the parts of the page, as in Slack. */
function goRound(event) {
  if (event.key !== "F6") return;
  event.preventDefault();
  const parts = ["sidebar", "main", "thread", "drawer"].map(region).filter((part) => part.offsetParent);
  const at = parts.findIndex((part) => part.contains(document.activeElement));
  const next = parts[(at + (event.shiftKey ? -1 : 1) + parts.length) % parts.length];
  const first = ["[aria-current=page]", "textarea", "[role=tab][tabindex='0']", "button, a"];
  first
    .map((selector) => next.querySelector(`:is(${selector}):not(.only-narrow)`))
    .find(Boolean)
    ?.focus();
}

onLook(() => {
  redraw();
  tellWhere();
});
store.subscribe((patch) => {
  announceFrom(patch);
  redraw();
});
window.addEventListener("keydown", escape);
window.addEventListener("keydown", goRound);
document.addEventListener("visibilitychange", redraw);
arrive();
follow(store, { onConnected: begin, onLost: () => change({ isConnected: false }) });
keepLooking();
