/** Emoji by the names that Slack gives them. An emoji that is missing here is shown as its name. */

import { GROUPS } from "../../vendor/emojibase.js";

/** The emoji in the groups of the picker: pairs of a group's name and its emoji, each {name, sign}. */
export const groups = [];

/** The reactions that are offered first, until the person has used others. */
export const QUICK = ["+1", "white_check_mark", "eyes", "tada", "heart", "thinking_face", "joy", "rocket"];

const MOST_LARGE = 23; // emoji of a message that are shown large; Slack's own number
const NAME = /:([a-z0-9_+'-]+)(?:::?skin-tone-([2-6]))?:/g;
const SIGN =
  /\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3|(?:\p{Emoji_Modifier_Base}\p{Emoji_Modifier}|\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F)(?:\u200D\p{Extended_Pictographic}\uFE0F?\p{Emoji_Modifier}?)*/gu;
const TONES = ["🏻", "🏼", "🏽", "🏾", "🏿"]; // skin-tone-2 to skin-tone-6

const signs = new Map([["facepalm", "🤦"]]); // from every name to the character
const nameOfSign = new Map(); // from a character to the name that Slack's clients send

for (const [group, listed] of Object.entries(GROUPS)) {
  const parts = listed.split(" ");
  const members = [];
  for (let at = 0; at < parts.length; at += 2) {
    const names = parts[at].split("|");
    for (const name of names) signs.set(name, parts[at + 1]);
    nameOfSign.set(parts[at + 1], names[0]);
    members.push({ name: names[0], names, sign: parts[at + 1] });
  }
  groups.push([group, members]);
}

/** The character of an emoji, also with a skin tone as in `+1::skin-tone-3`; "" for an unknown name. */
export function character(name) {
  const [, plain, tone] = /^(.+?)(?:::?skin-tone-([2-6]))?$/.exec(name) ?? [];
  const sign = signs.get(plain) ?? "";
  return tone && sign ? sign.replace("\uFE0F", "") + TONES[tone - 2] : sign;
}

export function names() {
  return [...signs.keys()];
}

/** The text with each emoji as the name that Slack's clients send for it: `🎉` becomes `:tada:`. */
export function withNames(text) {
  return text.replace(SIGN, (sign) => {
    const tone = TONES.findIndex((one) => sign.endsWith(one));
    const plain = tone < 0 ? sign : sign.slice(0, -TONES[tone].length);
    const name = nameOfSign.get(plain) ?? nameOfSign.get(`${plain}\uFE0F`);
    if (!name) return sign;
    return tone < 0 ? `:${name}:` : `:${name}::skin-tone-${tone + 2}:`;
  });
}

/** The text with the characters of all emoji that it names. */
export function withSigns(text) {
  return text.replace(NAME, (whole) => character(whole.slice(1, -1)) || whole);
}

/** Whether the text is nothing but emoji, and so few that Slack shows them large. */
export function isOnlyEmoji(text) {
  const shown = withSigns(text);
  const count = shown.match(SIGN)?.length ?? 0;
  return count > 0 && count <= MOST_LARGE && !shown.replace(SIGN, "").trim();
}
