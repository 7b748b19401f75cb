/**
 * The page's one store, and the questions that many parts of the page ask: who a person is, what a channel is called,
 * whether the agent works.
 */

import { current } from "./navigation.js";
import { Store } from "./store.js";

export const store = new Store();

/** Whether the server has told anything yet. Before that nothing can be said about what there is. */
export const isLoaded = () => Boolean(store.get("bot"));

export const bot = () => store.get("bot") ?? { user_id: "", name: "agent" };
export const isBot = (id) => id === bot().user_id || Boolean(store.get(`user/${id}`)?.is_bot);
export const people = () =>
  store
    .all("user")
    .map(([, user]) => user)
    .filter((user) => !user.is_bot);

/** The name that is shown for a user id. */
export function nameOf(id) {
  const user = store.get(`user/${id}`);
  return user?.display_name || user?.name || (id === bot().user_id ? bot().name : id) || "somebody";
}

/**
 * The id of the open channel; for the agent's tabs, the channel of the direct messages with the agent. "" if none is.
 */
export function openChannel() {
  if (!current.place) return "";
  return current.place.kind === "app" ? directChannel() : current.place.channel;
}

/** The channel of the direct messages between the person and the agent; "" before there are any. */
export function directChannel(person = current.person) {
  const found = store.all("channel").find(([, channel]) => isDirect(channel) && channel.members.includes(person));
  return found ? found[0] : "";
}

/** Whether these are direct messages with the agent. */
export function isDirect(channel) {
  return channel?.kind === "im" && channel.members.includes(bot().user_id);
}

/** Whether the person can have the channel open beside the agent. */
export function canLookAt(channel) {
  const place = store.get(`channel/${channel}`);
  return Boolean(place) && !isDirect(place) && place.members.includes(current.person);
}

/** What the agent is told that the person looks at: {channel, ts}, with an empty `ts` for a channel alone. */
export const lookOf = (person) => store.get(`look/${person}`);

/**
 * The public channels, and the private ones and direct messages of the person; without the direct messages with the
 * agent.
 */
export function visibleChannels() {
  const all = store
    .all("channel")
    .map(([, channel]) => channel)
    .filter((channel) => !isDirect(channel));
  return all.filter((channel) => channel.kind === "channel" || channel.members.includes(current.person));
}

/** The agent that answers in a channel: {name, description, prompts}; without a name if nobody can tell. */
export const agentOf = (channel) => store.get(`agent/${channel}`);

export function channelName(channel) {
  if (!channel) return "";
  if (channel.kind !== "im" && channel.kind !== "mpim") return channel.name;
  return channel.members
    .filter((id) => id !== current.person)
    .map(nameOf)
    .join(", ");
}

/** A channel as people call it: `#general`, or the others in direct messages. */
export function titleOf(channel) {
  return channel.kind === "im" || channel.kind === "mpim" ? channelName(channel) : `#${channel.name}`;
}

/** Slack's status line of a thread, with the agent's name in front; "" if there is none. */
export function threadStatus(channel, ts) {
  const text = store.get(`status/${channel}/${ts}`)?.text ?? "";
  const name = bot().name;
  return !text || text.startsWith(name) ? text : `${name} ${text}`;
}

/** Whether Slack shows its own stop button: in direct messages, while the agent works. */
export function canStop(channel, ts) {
  return isDirect(store.get(`channel/${channel}`)) && store.get(`session/${channel}/${ts}`)?.status === "processing";
}

export function isWorking(channel, ts) {
  return Boolean(threadStatus(channel, ts)) || canStop(channel, ts);
}
