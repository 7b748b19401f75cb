/**
 * Building the page: `h` makes elements, `update` makes what is shown equal to what has been made.
 *
 * Text only ever becomes text nodes and attributes: nothing here is read as HTML.
 */

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element. Properties: attributes (true for an empty one, false or null for none), handlers such as `onclick`, a
 * `style` object, and two words of our own: `key` names it among its siblings; what has `keep` stays as it is once it
 * is shown.
 */
export function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  element.handlers = {};
  for (const [name, value] of Object.entries(properties ?? {})) set(element, name, value);
  add(element, children);
  return element;
}

/** An element of SVG, which has attributes only. */
export function svg(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** A child that is made only when one of `facts` is another than last time. */
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

/** Makes the children of `parent` equal to `children`. What is equal already is left alone, with its focus. */
export function update(parent, ...children) {
  const wanted = children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false && child !== "");
  const named = new Map();
  for (const node of parent.childNodes) if (node.key !== undefined) named.set(node.key, node);
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

function unnamed(node) {
  return node && node.key === undefined ? node : null;
}

/** The node to show for `fresh`: `old`, brought up to date, where that can be. */
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
 * Whether a <details> is open is for the person to decide, and a button that has a menu open (`data-open`) is for the
 * menu. Styles go by another way, which the page's policy allows.
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
