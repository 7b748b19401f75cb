/**
 * Making and changing elements. `h` makes an element; `update` changes the elements on the page so that they are equal
 * to newly made ones.
 *
 * Text becomes text nodes and attributes only: no text is ever read as HTML.
 */

const SVG = "http://www.w3.org/2000/svg";

/**
 * Makes an element. `properties` are attributes (true makes an empty one; false, null and undefined make none),
 * handlers such as `onclick`, a `style` object, and two names of this module: `key` identifies the element among its
 * siblings; an element with `keep` is never changed by `update` once it is on the page.
 */
export function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  element.handlers = {};
  for (const [name, value] of Object.entries(properties ?? {})) set(element, name, value);
  add(element, children);
  return element;
}

/** Makes an SVG element. It takes attributes only. */
export function svg(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** A child that `update` makes with `make()` only if one of `facts` differs from last time. */
export function lazy(key, facts, make) {
  return { key, facts, make };
}

function set(element, name, value) {
  if (name === "key" || name === "keep") element[name] = value;
  else if (name === "style") Object.assign(element.style, value);
  else if (name.startsWith("on")) element[name] = element.handlers[name] = value && ((event) => void value(event));
  else if (value === true) element.setAttribute(name, "");
  else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
}

function add(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false || child === "") continue;
    element.append(child.make ? made(child) : child);
  }
}

function made({ key, facts, make }) {
  const element = make();
  element.key = key;
  element.facts = facts;
  return element;
}

/**
 * Makes the children of `parent` equal to `children`. Elements that are equal already stay, and keep the focus: what
 * goes is taken away first, because an element that has to be moved loses it.
 */
export function update(parent, ...children) {
  const wanted = children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false && child !== "");
  const keys = new Set(wanted.map((child) => child.key));
  const named = new Map();
  for (const node of [...parent.childNodes]) {
    if (node.key !== undefined && !keys.has(node.key)) node.remove();
    else if (node.key !== undefined) named.set(node.key, node);
  }
  let place = parent.firstChild;
  for (const child of wanted) {
    const fresh = typeof child === "object" ? child : document.createTextNode(child);
    const old = fresh.key === undefined ? unnamed(place) : named.get(fresh.key);
    const node = old ? reconciled(old, fresh) : fresh.make ? made(fresh) : fresh;
    if (node !== place) parent.insertBefore(node, place);
    if (old && old !== node) old.remove();
    place = node.nextSibling;
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

/** The node if it has no key, else null. */
function unnamed(node) {
  return node && node.key === undefined ? node : null;
}

/**
 * The node to show in place of `fresh`: `old` with the attributes and children of `fresh` if that is possible, else
 * `fresh`.
 */
function reconciled(old, fresh) {
  if (old === fresh) return old;
  if (fresh.make) {
    const isSame = old.facts?.length === fresh.facts.length && fresh.facts.every((fact, at) => fact === old.facts[at]);
    return isSame ? old : reconciled(old, made(fresh));
  }
  if (old.nodeName !== fresh.nodeName || old.key !== fresh.key) return fresh;
  if (old.keep || fresh.keep) return old.keep === fresh.keep ? old : fresh;
  old.facts = fresh.facts;
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return old;
  }
  copyAttributes(old, fresh);
  copyHandlers(old, fresh);
  update(old, [...fresh.childNodes]);
  return old;
}

/**
 * Copies the attributes, with three exceptions: `open`, because the person opens and closes a <details>; `data-open`
 * and, while it is set, `aria-expanded`, because an open menu sets them on its button; `style`, because the page's
 * Content Security Policy forbids the attribute but allows `style.cssText`.
 */
function copyAttributes(old, fresh) {
  const isForMenu = (name) => name === "data-open" || (name === "aria-expanded" && old.hasAttribute("data-open"));
  const isOurs = (name) => name !== "open" && name !== "style" && !isForMenu(name);
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && isOurs(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) {
    if (isOurs(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  if (old.style.cssText !== fresh.style.cssText) old.style.cssText = fresh.style.cssText;
}

function copyHandlers(old, fresh) {
  for (const name of Object.keys(old.handlers ?? {})) if (!(name in (fresh.handlers ?? {}))) old[name] = null;
  for (const [name, handler] of Object.entries(fresh.handlers ?? {})) old[name] = handler;
  old.handlers = fresh.handlers;
}
