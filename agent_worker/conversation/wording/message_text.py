"""What a person sees in a Slack message: its text, its blocks, its attachments and the names of its files. Pure.

Nothing here raises on a message of an unexpected shape: what cannot be read is left out. See "Block Kit" on
docs.slack.dev.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent_worker.contract import previews
from agent_worker.conversation.wording.model_form import name
from agent_worker.conversation.wording.slack_markup import escape_brackets, link, plain, plain_markdown, unescape
from text.json_shapes import items, mapping, mappings, string
from text.lines import cut

# The elements of a line of rich text, beside text and links: the field with their value, and how Slack's escaped text
# writes them.
_INLINE = {
    "user": ("user_id", "<@{}>"),
    "channel": ("channel_id", "<#{}>"),
    "usergroup": ("usergroup_id", "<!subteam^{}>"),
    "broadcast": ("range", "<!{}>"),
    "emoji": ("name", ":{}:"),
    "date": ("fallback", "{}"),
}
_DEEPEST_LIST = 8  # levels; Slack has fewer, and a larger number would only be white space


@dataclass(frozen=True)
class Seen:
    """What a person sees of a message: what its author wrote, and apart from it what others did.

    `attached` are objects with `from` and `id` (the author, where Slack names one), `text` and `files`.
    """

    text: str
    attached: Sequence[Mapping[str, Any]] = ()
    files: Sequence[str] = ()

    @property
    def fields(self) -> dict[str, Any]:
        """For `model_form.line`."""
        return {"text": self.text, "attached": list(self.attached), "files": list(self.files)}

    def cut(self, longest: int) -> Seen:
        """At most so many characters: the text first, then what is attached, with "…" where something is missing."""
        text = cut(self.text, longest)
        room = longest - len(text)
        kept = []
        for one in self.attached:
            if room <= 0:
                break
            kept.append({**one, "text": cut(one.get("text", ""), room)})
            room -= sum(len(str(value)) for value in kept[-1].values())
        return Seen(text, kept, self.files)


def message_text(message: Mapping[str, Any], *, bot_user_id: str, names: Mapping[str, str]) -> str:
    """As `seen`, all in one text: for titles, and where nobody has to know who wrote what."""
    found = seen(message, bot_user_id=bot_user_id, names=names)
    return _lines([found.text, *map(_flat, found.attached), *map(_flat_file, found.files)])


def seen(message: Mapping[str, Any], *, bot_user_id: str, names: Mapping[str, str]) -> Seen:
    """What a person sees of a `message` in the shape of `conversations.replies`, without the bot's own mention.

    `names` is as in `slack_markup.plain`. An app's post shows its blocks and keeps its text for notifications, so for
    an app the blocks are read, and the text only if there are no blocks that can be read.
    """
    return _Reader(bot_user_id, names).message(message)


@dataclass(frozen=True)
class _Reader:
    """Reads messages for one bot, with the names that are known."""

    bot_user_id: str
    names: Mapping[str, str]

    def message(self, message: Mapping[str, Any]) -> Seen:
        text = self._plain(message.get("text"))
        is_app = string(message.get("bot_id")) or message.get("subtype") == "bot_message"
        if is_app or not text:
            text = self._blocks(message.get("blocks")) or text
        for_all = [one for one in mappings(message.get("attachments")) if not previews.is_of_a_message(one)]
        attached = map(self._attachment, for_all)
        return Seen(text, [one for one in attached if one], _files(message))

    def _plain(self, text: object) -> str:
        return plain(string(text), bot_user_id=self.bot_user_id, names=self.names)

    def _attachment(self, attachment: Mapping[str, Any]) -> dict[str, Any]:
        if attachment.get("left_out") is True:
            return {"note": "more was attached than can be read"}
        content = self._blocks(attachment.get("blocks")) or self._plain(attachment.get("text"))
        shown = [
            self._plain(attachment.get("pretext")),
            self._title(attachment),
            content or self._forwarded(attachment),
            *(self._field(field) for field in mappings(attachment.get("fields"))),
        ]
        files = _files(attachment)
        text = _lines(shown) or ("" if files else self._plain(attachment.get("fallback")))
        found = {**self._author(attachment), "text": text, "files": files}
        return {key: value for key, value in found.items() if value}

    def _author(self, attachment: Mapping[str, Any]) -> dict[str, str]:
        slack_id, called = string(attachment.get("author_id")), string(attachment.get("author_name"))
        return {"from": name(self.names.get(slack_id) or called), "id": name(slack_id)}

    def _title(self, attachment: Mapping[str, Any]) -> str:
        title, address = self._plain(attachment.get("title")), unescape(string(attachment.get("title_link")))
        return link(address, title) if title and address else title

    def _forwarded(self, attachment: Mapping[str, Any]) -> str:
        messages = [mapping(part.get("message")) for part in mappings(attachment.get("message_blocks"))]
        return _lines(self._blocks(message.get("blocks")) for message in messages)

    def _field(self, field: Mapping[str, Any]) -> str:
        title, value = self._plain(field.get("title")), self._plain(field.get("value"))
        return f"{title}: {value}" if title and value else title or value

    def _blocks(self, blocks: object) -> str:
        return _lines(self._block(block) for block in mappings(blocks))

    def _block(self, block: Mapping[str, Any]) -> str:
        match string(block.get("type")):
            case "rich_text":
                return self._plain(_rich_text(block))
            case "markdown":
                text = string(block.get("text"))
                return plain_markdown(text, bot_user_id=self.bot_user_id, names=self.names)
            case "table" | "data_table":
                return _lines(self._row(row) for row in items(block.get("rows")))
            case "image":
                return f"[image: {string(block.get('alt_text')) or 'no description'}]"
            case "actions" | "context_actions" | "input":
                return ""  # controls, not content
            case _:
                return self._text_objects(block)

    def _row(self, row: object) -> str:
        return " | ".join(self._cell(cell) for cell in mappings(row))

    def _cell(self, cell: Mapping[str, Any]) -> str:
        if cell.get("type") == "rich_text":
            return self._plain(_rich_text(cell)).replace("\n", " ")
        return self._plain(cell.get("text")) or _number_in(cell)

    def _text_objects(self, block: Mapping[str, Any]) -> str:
        """The text of a section, a header, a context, or a block that is newer than this code."""
        single = [mapping(block.get(key)) for key in ("title", "subtitle", "text", "body")]
        listed = [*mappings(block.get("fields")), *mappings(block.get("elements"))]
        return _lines(self._plain(string(part.get("text")) or part.get("alt_text")) for part in single + listed)


def _rich_text(block: Mapping[str, Any]) -> str:
    """A rich_text block in Slack's escaped text, so that it is then read as any other text."""
    return _lines(_rich_part(part) for part in mappings(block.get("elements")))


def _rich_part(part: Mapping[str, Any]) -> str:
    match string(part.get("type")):
        case "rich_text_preformatted":
            return f"```\n{_inline_elements(part)}\n```"
        case "rich_text_quote":
            return "\n".join(f"> {line}" for line in _inline_elements(part).split("\n"))
        case "rich_text_list":
            return "\n".join(_list_items(part))
        case _:
            return _inline_elements(part)


def _list_items(part: Mapping[str, Any]) -> list[str]:
    indent = "    " * min(_count(part.get("indent")), _DEEPEST_LIST)
    first = _count(part.get("offset")) + 1
    entries = [_inline_elements(item) for item in mappings(part.get("elements"))]
    if part.get("style") == "ordered":
        return [f"{indent}{number}. {entry}" for number, entry in enumerate(entries, first)]
    return [f"{indent}• {entry}" for entry in entries]


def _inline_elements(part: Mapping[str, Any]) -> str:
    return "".join(_inline(element) for element in mappings(part.get("elements")))


def _inline(element: Mapping[str, Any]) -> str:
    kind, text = string(element.get("type")), escape_brackets(string(element.get("text")))
    if kind == "link":
        return f"<{escape_brackets(string(element.get('url')))}|{text}>"
    if kind in _INLINE:
        key, form = _INLINE[kind]
        value = escape_brackets(string(element.get(key)))
        return form.format(value) if value else ""
    return f"`{text}`" if text and mapping(element.get("style")).get("code") is True else text


def _files(holder: Mapping[str, Any]) -> list[str]:
    return [_file(file) for file in mappings(holder.get("files"))]


def _file(file: Mapping[str, Any]) -> str:
    called = name(string(file.get("name")) or string(file.get("title"))) or "unnamed"
    kind = name(string(file.get("mimetype")))
    return f"{called} ({kind})" if kind else called


def _flat(attached: Mapping[str, Any]) -> str:
    author, files = attached.get("from", ""), map(_flat_file, attached.get("files", []))
    text = _lines([attached.get("note", ""), attached.get("text", ""), *files])
    return f"{author}: {text}" if author and text else text or author


def _flat_file(described: str) -> str:
    return f"[file: {described}]"


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(part for part in parts if part.strip())


def _count(value: object) -> int:
    """A number above 0, otherwise 0."""
    return value if isinstance(value, int) and value > 0 else 0


def _number_in(cell: Mapping[str, Any]) -> str:
    value = cell.get("value")
    return str(value) if isinstance(value, int | float) else ""
