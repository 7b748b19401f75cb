"""Text that notifies only the people it may notify: every other mention is made harmless. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection

from agent_worker.payloads.limits import writable

# A zero-width space after the sign: a person reads the word, no client takes it for a mention.
_GUARD = "\u200b"
_GAP = r"[\s\\]*"
_TOKEN = re.compile(
    rf"<{_GAP}(?:@{_GAP}(?P<user>\w+)|!{_GAP}(?P<group>here|channel|everyone|group|subteam\^\w*))"
    rf"(?P<end>(?:\|(?P<label>[^<>]*))?{_GAP}>)?",
    re.IGNORECASE,
)
# A word of its own: not part of an address (`name@here.org`), and not of a path (`https://example.com/@channel`).
_WORD = re.compile(r"(?<![^\W_])(?<!/)@(?=(?:here|channel|everyone|group)(?![^\W_]))", re.IGNORECASE)
_LABEL = re.compile(r"@?([\w .'-]{1,80})")
# Nobody sees these, and a client that drops one could read what is left as a mention. Tab and line breaks stay.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def neutralise(markdown: str, may_mention: Collection[str]) -> str:
    """`markdown` that can ping nobody but the users whose ids are in `may_mention`; everything else stays readable.

    `<!channel>`, `<!here>`, `<!everyone>` and user groups never stay, in code neither: Slack may look into it.
    Idempotent.
    """

    def harmless(token: re.Match[str]) -> str:
        name = token["user"] or token["group"].rpartition("^")[2]
        if token["user"] in may_mention and _is_plain_mention(token):
            return token[0]
        if token["end"] is None:  # what never closes is no mention, and must not become one
            sign = "@" if token["user"] else "!"
            return token[0].replace(sign, sign + _GUARD, 1)
        label = _LABEL.fullmatch(token["label"] or "")
        return "@" + _GUARD + (label[1] if label else name)

    return _WORD.sub("@" + _GUARD, _TOKEN.sub(harmless, _CONTROL.sub("", writable(markdown))))


def _is_plain_mention(token: re.Match[str]) -> bool:
    return token[0].startswith(f"<@{token['user']}") and token.string[token.end("user") :][:1] in {">", "|"}
