/** Moving through a list with the arrow keys. */

/** Up, Down, Home and End move the focus between the visible elements in `container` that match `selector`. */
export function walk(event, container, selector) {
  const all = [...container.querySelectorAll(selector)].filter((one) => one.offsetParent !== null);
  const at = all.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (at < 0 || to === undefined) return;
  event.preventDefault();
  all[(to + all.length) % all.length].focus();
}
