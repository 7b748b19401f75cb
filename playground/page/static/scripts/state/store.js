/**
 * The page's copy of what the server knows: a map from keys to small JSON values, kept up to date by patches.
 *
 * Keys are words with slashes, as in `message/C1/1700000000.000100`. A value is never changed in place, only replaced:
 * if the object is the same as before, nothing in it has changed.
 */

export class Store {
  #groups = new Map(); // from the first word of a key to a map from the rest of the key to the value
  #messages = new Map(); // from a channel to its sorted messages; deleted when one of the messages changes
  #listeners = new Set();

  /** Applies a patch and then calls the subscribers with it. `reset` empties the map first. */
  apply({ set = {}, remove = [], reset = false }) {
    if (reset) this.#clear();
    for (const [key, value] of Object.entries(set)) this.#put(key, value);
    for (const key of remove) this.#put(key, undefined);
    for (const listener of this.#listeners) listener({ set, remove, reset });
  }

  /** Calls `listener` with every patch. Returns a function that ends the subscription. */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get(key) {
    const [kind, rest] = divided(key);
    return this.#groups.get(kind)?.get(rest);
  }

  /** All values whose key begins with `kind`: pairs of the rest of the key and the value, in the order of arrival. */
  all(kind) {
    return [...(this.#groups.get(kind) ?? [])];
  }

  /** All messages of a channel and its threads, oldest first. */
  messages(channel) {
    if (!this.#messages.has(channel)) {
      const found = this.all("message")
        .filter(([rest]) => rest.startsWith(`${channel}/`))
        .map(([, message]) => message);
      this.#messages.set(channel, found.sort(byTime));
    }
    return this.#messages.get(channel);
  }

  message(channel, ts) {
    return this.get(`message/${channel}/${ts}`);
  }

  /** The first message of a thread and its replies, oldest first. */
  thread(channel, ts) {
    return this.messages(channel).filter((message) => message.ts === ts || message.thread_ts === ts);
  }

  #clear() {
    this.#groups.clear();
    this.#messages.clear();
  }

  #put(key, value) {
    const [kind, rest] = divided(key);
    if (!this.#groups.has(kind)) this.#groups.set(kind, new Map());
    if (value === undefined) this.#groups.get(kind).delete(rest);
    else this.#groups.get(kind).set(rest, value);
    if (kind === "message") this.#messages.delete(rest.split("/")[0]);
  }
}

function byTime(one, other) {
  return one.ts < other.ts ? -1 : one.ts > other.ts ? 1 : 0;
}

/** The first word of a key, and the rest. */
function divided(key) {
  const at = key.indexOf("/");
  return at < 0 ? [key, ""] : [key.slice(0, at), key.slice(at + 1)];
}
