/** The stream of patches that the server sends (Server-Sent Events). */

/**
 * Keeps `store` up to date for as long as the page is open.
 *
 * `onConnected` is called after the first patch of each connection, which holds everything; `onLost` when the
 * connection is lost. The browser connects again by itself.
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
