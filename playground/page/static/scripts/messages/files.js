/** Files in messages: pictures are shown, texts can be read in the page, every file can be downloaded. */

import { h } from "../interface/dom.js";
import { icon } from "../interface/icons.js";
import { size } from "../interface/sizes.js";
import { fileAddress } from "../server/requests.js";
import { current } from "../state/navigation.js";

const PICTURES = /^image\/(png|jpe?g|gif|webp)$/;
const TEXTS = /^(text\/|application\/(json|xml|x-yaml|javascript|x-sh))|\/(markdown|csv)$/;
const PREVIEW_LIMIT = 20_000; // characters

export function files(list) {
  return h("div", { class: "files" }, list.map(file));
}

function file(one) {
  if (one.mode === "tombstone")
    return h("p", { class: "file-gone" }, icon("trash", { size: 14 }), "This file was deleted.");
  const address = fileAddress(one.id, current.person);
  if (PICTURES.test(one.mimetype)) return picture(one, address);
  const name = one.title || one.name || "A file that has to be asked for";
  const kind = [one.filetype?.toUpperCase(), one.size === undefined ? "" : size(one.size)].filter(Boolean).join(" · ");
  const about = h("div", {}, h("span", { class: "file-name" }, name), h("span", { class: "file-kind" }, kind));
  const get = h(
    "a",
    { class: "button-icon", href: address, download: one.name, "aria-label": `Download ${name}`, title: "Download" },
    icon("download"),
  );
  const head = h("div", { class: "file-head" }, h("span", { class: "file-icon" }, icon("file")), about, get);
  return h("div", { class: "file" }, head, TEXTS.test(one.mimetype) && preview(one, address));
}

function picture(one, address) {
  const shown = h("img", { src: address, alt: one.name, loading: "lazy" });
  const caption = h("figcaption", {}, one.name);
  return h(
    "figure",
    { class: "file-picture" },
    caption,
    h("a", { href: address, target: "_blank", rel: "noopener" }, shown),
  );
}

/** The beginning of a text file, fetched when the person opens it. */
function preview(one, address) {
  const text = h("code", {});
  const ontoggle = async (event) => {
    if (!event.target.open || text.textContent) return;
    const response = await fetch(address).catch(() => null);
    const whole = response?.ok ? await response.text() : "It could not be read.";
    text.textContent = whole.length > PREVIEW_LIMIT ? `${whole.slice(0, PREVIEW_LIMIT)}\n…` : whole;
  };
  return h(
    "details",
    { class: "file-text", key: `text-${one.id}`, keep: true, ontoggle },
    h("summary", {}, "Show what it holds"),
    h("pre", {}, text),
  );
}
