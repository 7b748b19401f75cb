/** The icons: SVG paths, drawn as lines on a grid of 24 by 24. */

import { svg } from "./dom.js";

const PATHS = {
  hash: "M9.5 4 7.5 20M16.5 4l-2 16M4.5 9h16M3.5 15h16",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  home: "M4 11.5 12 4l8 7.5M6 10v10h12V10M10 20v-6h4v6",
  message: "M4 5h16v11H12l-4.5 4v-4H4z",
  thread: "M4 5h16v11H12l-4.5 4v-4H4zM8 9h8M8 12.3h5",
  close: "M6 6l12 12M18 6 6 18",
  back: "M19 12H5M11 6l-6 6 6 6",
  down: "M12 5v14M6 13l6 6 6-6",
  chevron: "M9 6l6 6-6 6",
  expand: "M8 9.5 12 5.5l4 4M8 14.5l4 4 4-4",
  clip: "M20 11.5l-8.3 8.2a5 5 0 0 1-7.1-7.1l8.6-8.5a3.4 3.4 0 0 1 4.8 4.8l-8.5 8.4a1.7 1.7 0 0 1-2.4-2.4l7.8-7.7",
  at: "M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM16 8v5a2.7 2.7 0 0 0 5 1v-2a9 9 0 1 0-3.6 7.2",
  slash: "M4 4h16v16H4zM14.5 8l-5 8",
  send: "M5 12 4 4l17 8-17 8 1-8zM5 12h7",
  stop: "M7 7h10v10H7z",
  search: "M17 10.5a6.5 6.5 0 1 1-13 0 6.5 6.5 0 0 1 13 0zM15.2 15.2 20 20",
  sliders: "M4 8h9M19 8h1M18.8 8a2.4 2.4 0 1 1-4.8 0 2.4 2.4 0 0 1 4.8 0zM4 16h1M11 16h9M10.8 16a2.4 2.4 0 1 1-4.8 0 2.4 2.4 0 0 1 4.8 0z",
  format: "M3 18 8 6l5 12M4.7 14h6.6M20.5 18v-7M20.5 14.5a2.6 3 0 1 1-5.2 0 2.6 3 0 0 1 5.2 0z",
  bold: "M7 5h6a3.5 3.5 0 0 1 0 7H7zM7 12h7a3.5 3.5 0 0 1 0 7H7z",
  italic: "M10 5h7M7 19h7M14 5l-4 14",
  strike: "M4 12h16M16.5 8a4.5 3.2 0 0 0-9 .2c0 1.6 1.2 2.6 3 3.2M7.5 16a4.5 3.2 0 0 0 9-.2c0-.9-.4-1.6-1-2.2",
  numbers: "M10 6h10M10 12h10M10 18h10M4.5 4.5 6 4v4M4.5 14.6a1 1 0 1 1 1.7.7L4.5 17.5h2",
  bullets: "M9.5 6H20M9.5 12H20M9.5 18H20M4.5 6h.01M4.5 12h.01M4.5 18h.01",
  quote: "M5 5v14M10 7h10M10 12h10M10 17h6",
  code: "M8.5 7.5 4 12l4.5 4.5M15.5 7.5 20 12l-4.5 4.5",
  code_block: "M4 4h16v16H4zM10 9.5 7.5 12l2.5 2.5M14 9.5l2.5 2.5-2.5 2.5",
  smile: "M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0zM8.5 14.2a4.3 4.3 0 0 0 7 0M9 9.3v.4M15 9.3v.4",
  more: "M5.5 12h.01M12 12h.01M18.5 12h.01",
  pencil: "M4 20l1-4.5L16.5 4 20 7.5 8.5 19zM14 6.5l3.5 3.5",
  trash: "M5 7h14M10 7V4.5h4V7M7 7l.8 13h8.4L17 7M10.5 11v5.5M13.5 11v5.5",
  up: "M7 11v9H4v-9zM7 11l4-7.5c1.8 0 2.6 1 2.3 2.8L12.8 9.5H19c1.3 0 2 1 1.7 2.2l-1.6 6.6c-.3 1.1-1 1.7-2.1 1.7H7",
  thumb_down:
    "M7 13V4H4v9zM7 13l4 7.5c1.8 0 2.6-1 2.3-2.8l-.5-3.2H19c1.3 0 2-1 1.7-2.2l-1.6-6.6C18.8 4.6 18.1 4 17 4H7",
  check: "M5 12.5l4.5 4.5L19 7.5",
  alert: "M12 7v6M12 16.5v.4",
  file: "M6 3h8l4 4.5V21H6zM14 3v4.5h4",
  link: "M10 14a4 4 0 0 0 6 .4l3-3a4.2 4.2 0 0 0-6-6l-1.2 1.2M14 10a4 4 0 0 0-6-.4l-3 3a4.2 4.2 0 0 0 6 6l1.2-1.2",
  download: "M12 4v11M7 10.5l5 5 5-5M5 20h14",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM15 12a3 3 0 1 1-6 0 3 3 0 0 1 6 0z",
  bolt: "M13 3 5 13.5h6L10 21l8-10.5h-6z",
  spark: "M12 3.5l1.9 5.6 5.6 1.9-5.6 1.9L12 18.5l-1.9-5.6L4.5 11l5.6-1.9zM19 16.5v4M17 18.5h4",
  tool: "M14.5 6.5a4.2 4.2 0 0 1 5.3-2.3l-2.7 2.7.2 2.6 2.6.2 2.6-2.6M14.5 6.5a4.2 4.2 0 0 0-.2 3.4L4.5 19.5 6 21l9.7-9.8a4.2 4.2 0 0 0 5.6-4",
  clock: "M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0zM12 7v5.3l3.5 2",
  signal: "M12 20v-6M5 12a7 7 0 0 1 14 0M8.5 12.5a3.5 3.5 0 0 1 7 0M12 13v.2",
  play: "M7 5l12 7-12 7z",
  book: "M5 4.5h11a3 3 0 0 1 3 3V20H8a3 3 0 0 1-3-3zM5 17a2.5 2.5 0 0 1 2.5-2.5H19",
  external: "M10 5H5v14h14v-5M14 4h6v6M20 4l-9 9",
  wave: "M3 12h4l2.5-7 5 14 2.5-7h4",
};

/**
 * An icon of `size` pixels. Screen readers skip it, so its meaning must also be in the text beside it or in a label.
 */
export function icon(name, { size = 18, filled = false } = {}) {
  const attributes = {
    class: `icon icon-${name}`,
    viewBox: "0 0 24 24",
    width: size,
    height: size,
    "aria-hidden": "true",
  };
  return svg("svg", filled ? { ...attributes, "data-filled": "" } : attributes, svg("path", { d: PATHS[name] }));
}
