/** The one store of this page, and the questions that are asked of it everywhere: who, where, what is going on. */

import { look } from "./look.js";
import { Store } from "./store.js";

export const store = new Store();

export const bot = () => store.get("bot") ?? { user_id: "", name: "agent" };
export const isBot = (id) => id === bot().user_id || Boolean(store.get(`user/${id}`)?.is_bot);
export const people = () =>
  store
    .all("user")
    .map(([, user]) => user)
    .filter((user) => !user.is_bot);

export function nameOf(id) {
  const user = store.get(`user/${id}`);
  return user?.display_name || user?.name || (id === bot().user_id ? bot().name : id) || "somebody";
}

/** The channel that is open: that of the direct messages with the agent, where those are. */
export function openChannel() {
  if (!look.place) return "";
  return look.place.kind === "app" ? directChannel() : look.place.channel;
}

/** The direct messages between the person and the agent; "" before there are any. */
export function directChannel(person = look.person) {
  const found = store.all("channel").find(([, channel]) => isDirect(channel) && channel.members.includes(person));
  return found ? found[0] : "";
}

export function isDirect(channel) {
  return channel?.kind === "im" && channel.members.includes(bot().user_id);
}

/** Channels in which the person is or could be: the public ones, and those of their own. */
export function visibleChannels() {
  const all = store
    .all("channel")
    .map(([, channel]) => channel)
    .filter((channel) => !isDirect(channel));
  return all.filter((channel) => channel.kind === "channel" || channel.members.includes(look.person));
}

export function channelName(channel) {
  if (!channel) return "";
  if (channel.kind !== "im" && channel.kind !== "mpim") return channel.name;
  return channel.members
    .filter((id) => id !== look.person)
    .map(nameOf)
    .join(", ");
}

export function threadStatus(channel, ts) {
  const text = store.get(`status/${channel}/${ts}`)?.text ?? "";
  const name = bot().name;
  return !text || text.startsWith(name) ? text : `${name} ${text}`;
}

/** Whether Slack's own stop button is there: in direct messages, while the agent works. */
export function canStop(channel, ts) {
  return isDirect(store.get(`channel/${channel}`)) && store.get(`session/${channel}/${ts}`)?.status === "processing";
}

export function isWorking(channel, ts) {
  return Boolean(threadStatus(channel, ts)) || canStop(channel, ts);
}
