/**
 * Notices for whoever writes tools and agents: what was started again, as toasts; what does not start or has failed, at
 * the top of the page until it is settled or dismissed.
 */

import { h } from "../interface/dom.js";
import { icon } from "../interface/icons.js";
import { attempt, showToast } from "../interface/toasts.js";
import { act } from "../server/requests.js";
import { addressOf, change, go } from "../state/navigation.js";
import { isDirect, store } from "../state/workspace.js";

const MOST_SHOWN = 3; // of those that stand: what does not start, then the newest

/** Shows as toasts what is news. */
export function tellNews(patch) {
  if (patch.reset) return;
  for (const [key, notice] of Object.entries(patch.set))
    if (key.startsWith("notice/") && notice.kind === "restarted") showToast(notice.title);
}

/** What stands at the top of the page; null if nothing does. */
export function notices() {
  const standing = store
    .all("notice")
    .map(([, notice]) => notice)
    .filter(({ kind }) => kind !== "restarted");
  if (!standing.length) return null;
  const urgent = ({ kind }) => Number(kind === "not_started");
  const ordered = standing.reverse().sort((one, other) => urgent(other) - urgent(one));
  const left = ordered.length - MOST_SHOWN;
  return [
    h("ul", { role: "list" }, ordered.slice(0, MOST_SHOWN).map(item)),
    left > 0 && h("p", {}, `and ${left} more`),
  ];
}

function item({ number, kind, title, detail, place, code, channel, thread_ts, times }) {
  const open = () => {
    const place = isDirect(store.get(`channel/${channel}`)) ? { kind: "app", tab: "messages" } : { channel };
    go(addressOf(place, thread_ts));
    change({ drawer: "run" });
  };
  const dismiss = () => attempt(() => act("dismiss_notice", { number }));
  return h(
    "li",
    { key: number },
    icon("alert", { size: 14 }),
    h(
      "div",
      {},
      h("strong", {}, title, times > 1 && kind === "failed" && h("small", {}, ` ${times} ×`)),
      detail.split("\n").map((line) => h("p", {}, line)),
      place && h("p", {}, h("code", {}, place), " ", code && h("code", { class: "notice-code" }, code)),
    ),
    channel && h("button", { class: "link-button", onclick: open }, "Look inside"),
    kind !== "not_started" &&
      h(
        "button",
        { class: "button-icon", "aria-label": `Dismiss: ${title}`, title: "Dismiss", onclick: dismiss },
        icon("close", { size: 15 }),
      ),
  );
}
