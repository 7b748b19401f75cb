"""The requests to Gemini of one step, as they were sent, with the answers, their tokens and what they cost."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from agent_worker.gemini import prices
from agent_worker.gemini.prompts import SUMMARISE, TITLE
from agent_worker.gemini.stream import Assembly
from playground.call_log import Exchange
from playground.page.fields import Json
from playground.page.inside.bounds import Shortener, without_bytes
from playground.page.inside.secrecy import Secrecy
from text.json_shapes import items, mapping, mappings, string

ROOM_FOR_REQUEST = 400_000  # characters of one request that are sent to the page, the newest messages
ROOM_FOR_ANSWER = 100_000
_MODEL = re.compile(r"/models/([^/:]+):")
_STREAMED = b"data:"
# The fields of a request that hold what people and tools have said. The others describe: a tool's schema may well have
# an argument with the name of a secret.
_SAID = ("contents",)
_PURPOSES = {TITLE: "a title", SUMMARISE: "a summary"}


def described(exchange: Exchange, secrecy: Secrecy, *, is_scripted: bool) -> Json:
    """One request with its answer, as the page shows it; `answer` is None if there is none, or not yet.

    {purpose, model, attempt, began, ended, status, request, answer, tokens, cost, left_out}
    """
    request, answer = _json(bytes(exchange.request)), _answer(bytes(exchange.answer))
    shown_request, request_is_cut = _shown_request(request, secrecy)
    shorten = Shortener(ROOM_FOR_ANSWER)
    found = _MODEL.search(exchange.path)
    model = found[1] if found else ""
    tokens = prices.tokens_in(answer or {})
    return {
        "purpose": _PURPOSES.get(_instructions(request), "an answer"),
        "model": model,
        "attempt": exchange.origin.attempt,
        "began": exchange.began,
        "ended": exchange.ended,
        "status": exchange.status,
        "request": shown_request,
        "answer": shorten.short(secrecy.hide(answer)),
        "tokens": None if tokens is None else vars(tokens),
        "cost": None if tokens is None else _cost(model, tokens, exchange.began, is_scripted=is_scripted),
        "left_out": request_is_cut or shorten.left_out,
    }


def _shown_request(request: Mapping[str, Any], secrecy: Secrecy) -> tuple[Json, bool]:
    """The body, and whether something of it is left out: of a long conversation the oldest messages."""
    shorten = Shortener(ROOM_FOR_REQUEST)
    others = {name: secrecy.hide(value, by_name=False) for name, value in request.items() if name not in _SAID}
    shown = dict(shorten.short(others))
    said = items(request.get("contents"))
    contents = [without_bytes(content) for content in said]
    shown["contents"] = shorten.newest(secrecy.hide(contents))
    return shown, shorten.left_out or contents != said


def _instructions(request: Mapping[str, Any]) -> str:
    parts = mappings(mapping(request.get("systemInstruction")).get("parts"))
    return "".join(string(part.get("text")) for part in parts)


def _answer(body: bytes) -> Json | None:
    """The answer in one piece, whether it was streamed or not; None if nothing has come that can be read."""
    if not body.lstrip().startswith(_STREAMED):
        return dict(_json(body)) or None
    assembly = Assembly()
    for line in body.splitlines():
        if line.startswith(_STREAMED) and (chunk := _json(line.removeprefix(_STREAMED))):
            assembly.add(chunk)
    return assembly.response() or None


def _json(text: bytes) -> Mapping[str, Any]:
    """The JSON object; empty for anything else, such as the half of one."""
    try:
        return mapping(json.loads(text))
    except (ValueError, RecursionError):
        return {}


def _cost(model: str, tokens: prices.Tokens, at: float, *, is_scripted: bool) -> Json:
    """{dollars, at_most, source, list}. The scripted model costs nothing: then it is what the real one would cost."""
    cost = prices.PriceList().cost(model, tokens, at)
    return {
        "dollars": cost.dollars,
        "at_most": cost.at_most,
        "is_scripted": is_scripted,
        "source": cost.source,
        "list": prices.LIST,
    }
