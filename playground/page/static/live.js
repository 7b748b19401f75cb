/** The stream of patches from the server, and whether it is there. */

/**
 * Keeps `store` up to date for as long as the page is open. The browser connects again by itself, and then the server
 * begins with everything again.
 */
export function follow(store, { onConnected, onLost }) {
  const source = new EventSource("/page/live");
  let isFirst = true;
  source.addEventListener("patch", (event) => {
    const patch = JSON.parse(event.data);
    store.apply(isFirst ? { ...patch, reset: true } : patch);
    if (isFirst) onConnected();
    isFirst = false;
  });
  source.addEventListener("error", () => {
    isFirst = true;
    onLost();
    if (source.readyState === EventSource.CLOSED) setTimeout(() => follow(store, { onConnected, onLost }), 2000);
  });
}
