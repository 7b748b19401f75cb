"""What a server answers to a call, as the model reads it: text and data, bounded, without secrets, and files. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from mcp.types import (
    CallToolResult,
    ContentBlock,
    EmbeddedResource,
    ResourceLink,
    TextContent,
    TextResourceContents,
)

from agent_worker.mcp.attachments import Attachments
from agent_worker.mcp.schema import MOST_DIGITS
from agent_worker.mcp.secrets import Secrets
from agent_worker.payloads.model import FILES
from agent_worker.payloads.storage_limits import is_too_deep, size_of, writable
from agent_worker.toolbox.open_toolbox import LARGEST_RESULT, LONGEST_ERROR
from text.lines import cut, one_line

ROOM_FOR_NOTES = 1024  # bytes of a result beside its text
LONGEST_NAME = 200  # characters of a resource's name or address


def read_result(server: str, result: CallToolResult, attachments: Attachments, secrets: Secrets) -> dict[str, Any]:
    """`{"output": …}`, or `{"error": sentence}` if the server says that the call has failed; and the `"files"`."""
    files = {FILES: [file.model_dump() for file in attachments.files]} if attachments.files else {}
    return _said(server, result, attachments.told, secrets) | files


def _said(server: str, result: CallToolResult, told: Mapping[int, str], secrets: Secrets) -> dict[str, Any]:
    texts = [told.get(index) or _told(block, secrets) for index, block in enumerate(result.content)]
    text = "\n\n".join(filter(None, texts))
    if result.is_error:
        return error(text or f"The server {server} says that the call has failed, and not why.", secrets)
    structured = result.structured_content
    if structured is not None and is_too_deep(structured):
        structured, text = None, f"{text}\n\n[the structured result has more levels than can be read]"
    output = secrets.hidden_in(_output(text, structured, result.content))
    return {"output": _within_limit(_storable(output))}


def error(sentence: str, secrets: Secrets) -> dict[str, Any]:
    """A failed call, for the model. What the server says of it is cut and loses its secrets."""
    return {"error": writable(cut(secrets.hidden(sentence), LONGEST_ERROR))}


def _storable(output: Any) -> Any:
    """Numbers that JSON has no form for, or that are too large for Gemini, as texts: each later request has them."""
    written = writable(json.dumps(output, ensure_ascii=False))
    return json.loads(written, parse_constant=str, parse_int=_whole_number)


def _whole_number(digits: str) -> int | str:
    return int(digits) if len(digits) <= MOST_DIGITS else digits


def _output(text: str, structured: Any, content: Sequence[ContentBlock]) -> Any:
    """The structured result, and the text if it says something else: servers send most results in both forms."""
    if structured is None:
        return text
    if isinstance(structured, dict) and list(structured.values()) == [text]:
        return text  # how servers wrap a plain text
    if not text or (len(content) == 1 and _as_json(text) == structured):
        return structured
    return {"text": text, "structured": structured}


def _as_json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _told(block: ContentBlock, secrets: Secrets) -> str:
    """One block as text; "" for one that has none."""
    if isinstance(block, TextContent):
        return block.text
    if isinstance(block, ResourceLink):
        description = f": {_name(block.description, secrets)}" if block.description else ""
        return f"[resource {_name(block.name, secrets)} at {_name(str(block.uri), secrets)}{description}]"
    if isinstance(block, EmbeddedResource) and isinstance(block.resource, TextResourceContents):
        return f"[resource {_name(str(block.resource.uri), secrets)}]\n{block.resource.text}"
    return ""


def _name(text: str, secrets: Secrets) -> str:
    """One line without secrets: half a one would not be found afterwards."""
    return one_line(secrets.hidden(text), LONGEST_NAME)


def _within_limit(output: Any) -> Any:
    """The output, or as much of its beginning as history and the model can take, with a note of how much there was."""
    size = size_of(output)
    if size <= LARGEST_RESULT - ROOM_FOR_NOTES:
        return output
    text = output if isinstance(output, str) else json.dumps(output, ensure_ascii=False, separators=(",", ":"))
    while size_of(text) > LARGEST_RESULT - ROOM_FOR_NOTES:
        text = text[: max(0, len(text) * (LARGEST_RESULT - ROOM_FOR_NOTES) // size_of(text) - 8)]
    return f"{text}…\n\n[cut: this is the beginning of a result of {size // 1024} KB. Ask for less.]"


def asks_in_vain(server: str, questions: int) -> str:
    """A server asks people something before it goes on, and may not."""
    what = "a question" if questions == 1 else f"{questions} questions"
    return f"The server {server} asks a person {what} before it goes on, and may not. The call was not completed."
