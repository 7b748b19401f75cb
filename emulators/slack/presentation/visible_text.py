"""What a person reads in a message: blocks as text, with names in place of ids."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from emulators.slack.presentation.rich_text import TOKEN
from emulators.slack.state.messages import Message
from emulators.slack.state.workspace import Workspace

STATE_MARKS = {"pending": "○", "in_progress": "…", "complete": "✓", "error": "✗"}
_Block = dict[str, Any]


class Reader:
    """Reads messages and blocks as a person of this workspace does."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def message(self, message: Message) -> str:
        """The blocks or, if there are none, the text; then attachments and the names of files."""
        body = self.blocks(message.blocks) if message.blocks else self.line(message.text)
        parts = [body, *(self._attachment(attachment) for attachment in message.attachments)]
        parts += [f"[file: {file.get('name', 'unnamed')}]" for file in message.files]
        return "\n".join(part for part in parts if part)

    def blocks(self, blocks: Iterable[_Block]) -> str:
        return "\n".join(part for part in (self._block(block) for block in blocks) if part)

    def line(self, text: str) -> str:
        """Slack's escaped text: tokens are replaced first, then entities, the ampersand last."""
        resolved = TOKEN.sub(self._token, text)
        return resolved.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")

    def _token(self, token: re.Match[str]) -> str:
        mark, target, label = token.groups()
        if mark == "@":
            user = self._workspace.users.get(target)
            return f"@{user.display_name if user else label or target}"
        if mark == "#":
            channel = self._workspace.channels.get(target)
            return f"#{channel.name if channel else label or target}"
        if mark == "!":
            group = self._workspace.user_groups.get(target.removeprefix("subteam^"))
            return f"@{group.handle}" if group else label or f"@{target}"
        return label or target.removeprefix("mailto:")

    def _attachment(self, attachment: _Block) -> str:
        blocks = attachment.get("blocks")
        if isinstance(blocks, list) and blocks:
            return self.blocks(blocks)
        names = ("pretext", "author_name", "title", "text")
        parts = [self.line(str(attachment[name])) for name in names if attachment.get(name)]
        return "\n".join(parts) or self.line(str(attachment.get("fallback", "")))

    def _block(self, block: _Block) -> str:
        render = self._renderers().get(str(block.get("type")))
        return render(block) if render else ""

    def _renderers(self) -> dict[str, Callable[[_Block], str]]:
        return {
            "markdown": lambda block: self.line(str(block.get("text", ""))),
            "section": self._section,
            "header": lambda block: self._text(block.get("text")),
            "context": lambda block: " ".join(self._text(element) for element in block.get("elements", [])),
            "actions": lambda block: " ".join(map(self._element, block.get("elements", []))),
            "input": lambda block: f"{self._text(block.get('label'))}: {self._element(block.get('element', {}))}",
            "rich_text": lambda block: self._rich(block).rstrip("\n"),
            "image": lambda block: f"[image: {block.get('alt_text', '')}]",
            "task_card": self._task,
            "plan": lambda block: "\n".join([str(block.get("title", "")), *map(self._task, block.get("tasks", []))]),
            "table": lambda block: "\n".join(" | ".join(map(self._cell, row)) for row in block.get("rows", [])),
        }

    def _element(self, element: _Block) -> str:
        """A button, the placeholder of a menu or field, or the options that lie open, each in brackets."""
        texts = [element.get("text") or element.get("placeholder")]
        if element.get("type") in ("checkboxes", "radio_buttons"):
            texts = [option.get("text") for option in element.get("options", [])]
        return " ".join(f"[{self._text(text)}]" for text in texts)

    def _section(self, block: _Block) -> str:
        parts = [self._text(block.get("text")), *(self._text(field) for field in block.get("fields", []))]
        return "\n".join(part for part in parts if part)

    def _text(self, element: Any) -> str:
        """The text of a text object, or the alternative text of an image."""
        if not isinstance(element, dict):
            return ""
        text = str(element.get("text") or element.get("alt_text") or "")
        return text if element.get("type") == "plain_text" else self.line(text)

    def _task(self, task: _Block) -> str:
        return f"{STATE_MARKS.get(str(task.get('status')), '○')} {task.get('title', '')}"

    def _cell(self, cell: _Block) -> str:
        return self._rich(cell) if "elements" in cell else str(cell.get("text", ""))

    def _rich(self, part: _Block) -> str:
        inner = "".join(self._rich_element(element) for element in part.get("elements", []))
        return inner + "\n" if part.get("type") in ("rich_text_section", "rich_text_preformatted") else inner

    def _rich_element(self, element: _Block) -> str:
        kind = element.get("type")
        if "elements" in element:
            return ("• " if kind == "rich_text_list" else "") + self._rich(element)
        if kind == "user":
            return self.line(f"<@{element.get('user_id')}>")
        if kind == "channel":
            return self.line(f"<#{element.get('channel_id')}>")
        if kind == "broadcast":
            return f"@{element.get('range')}"
        if kind == "emoji":
            return f":{element.get('name')}:"
        return str(element.get("text") or element.get("url") or "")
