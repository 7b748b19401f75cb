/** Slack's text objects. */

import { emoji } from "../text/links.js";
import { inline } from "../text/mrkdwn.js";

/** The nodes for a text object. Plain text has no formatting except emoji. */
export function words(text) {
  if (!text) return [];
  if (text.type === "mrkdwn") return inline(text.text, text.verbatim);
  return text.text.split(/(:[a-z0-9_+-]+:)/).map((part) => (/^:.+:$/.test(part) ? emoji(part.slice(1, -1)) : part));
}
