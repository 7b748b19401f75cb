"""Questions about what is said in Slack, and who and what there is: which one is asked. Pure."""

from __future__ import annotations

import re

from agent_worker.conversation.wording.permalinks import links_in
from playground.scripted_model.language.dates import Span, day_or_hour, span_in
from playground.scripted_model.question import Question, Told
from playground.scripted_model.request.input_lines import Object
from playground.scripted_model.request.surroundings import HERE, Surroundings
from playground.scripted_model.slack.answers import Decided, Known, Read, Sought
from playground.scripted_model.slack.lines import Line
from playground.scripted_model.slack.summaries import brought, of_link, quotation, summary
from playground.scripted_model.slack.tool_names import FIND_CHANNELS, FIND_PEOPLE, READ_CHANNEL, READ_THREAD, SEARCH

WHAT_TO_READ = (
    "What do you mean? Paste the link to a message, or open the channel or the thread beside me and ask me again."
)
NOTHING_BEFORE = "Nothing was said in this thread before."
_CHANNEL = re.compile(r"#[\w.-]*\w")
_THIS_CHANNEL = re.compile(r"\b(?:this channel|in here|here)\b", re.IGNORECASE)
_THIS_THREAD = re.compile(r"\b(?:this|the) (?:thread|conversation)\b", re.IGNORECASE)
_DECIDED = re.compile(r"\bwhat (?:did|have|had|was|were|has)\b.*\b(?:decided?|agreed?|settled?)\b", re.IGNORECASE)
_SUMMARY = re.compile(
    r"\b(?:summar(?:y|i[sz]e)|sum up|tl;?dr)\b.*"
    r"(?:\b(?:this|that|it|here|thread|channel|conversation|today|yesterday)\b|#\w)"
    r"|^\W*(?:summar(?:y|i[sz]e)|tl;?dr)\W*$"
    r"|\bwhat(?:'s| is| was)? (?:this|that|it)(?: is| was)?(?: all)? about\b"
    r"|\bwhat (?:has |have )?happened (?:here|today|yesterday|this|last|since|on|in (?:#|this|here))",
    re.IGNORECASE | re.MULTILINE,
)
_QUOTE = re.compile(r"\bquote\b.*\b(?:this|that|it|message)\b", re.IGNORECASE)
_QUOTES = re.compile(r"\bquote\b", re.IGNORECASE)
_KNOWS = re.compile(
    r"\b(?:(?:who|(?:does|is there) (?:any|some)(?:body|one))\b[^?\n]*?"
    r"\b(?:knows?(?: (?:anything|something|more|a lot|most))?(?: about)?|can help (?:me |us )?with)"
    r"|whom? (?:can|should|could) (?:i|we) ask about)\s+(?P<what>[^?\n]+)",
    re.IGNORECASE,
)
_PEOPLE = re.compile(
    r"\bfind (?:me )?(?:people|persons?|somebody|someone)(?: (?:named|called|like|with|whose \w+ is|who (?:is|are)))?"
    r"(?: (?:an?|the))?\s+(?P<what>[^?\n]+)",
    re.IGNORECASE,
)
_CHANNELS = re.compile(
    r"\b(?:(?:is|are) there (?:an?|any) channels?|(?:which|what) channels? (?:is|are)(?: there)?"
    r"|find (?:me )?(?:an? |the )?channels?)"
    r" (?:about|for|on)\s+(?P<what>[^?\n]+)",
    re.IGNORECASE,
)
_SEARCH = re.compile(
    r"\b(?:search(?: in)?(?: (?:slack|the workspace|(?:the |all )?(?:messages|channels)))? for"
    r"|find (?:me )?(?:the |a )?(?:messages?|threads?|posts?) (?:about|with|on|of))\s+(?P<what>[^?\n]+)",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"^(?:the|an?|our)\s+", re.IGNORECASE)
_WHERE = re.compile(r"\s*\b(?:in|from|of) (?:#[\w.-]*\w|this channel|here)|\s*\bhere\b", re.IGNORECASE)


def slack_question(around: Surroundings) -> Question | None:
    """What is asked; None if it is nothing of this kind."""
    text = around.question
    if told := day_or_hour(text, around.now, around.zone):
        return Told(told)
    if around.links:
        return Told("\n\n".join(_linked(one, around) for one in around.links))
    if links := links_in(text):
        return Read(READ_THREAD, {"link": links[0].url}, around.now, is_quoted=bool(_QUOTES.search(text)))
    if _DECIDED.search(text):
        return Decided(_channel(around) or HERE, span_in(text, around.now), around.now)
    return _who_or_where(text, around) or _what_is_said(text, around)


def _linked(one: Object, around: Surroundings) -> str:
    """What stands behind a link; a link with a remark in place of contents leads into the thread itself."""
    if "note" in one and around.said:
        return summary([Line.read(said) for said in around.said], around.now)
    return of_link(one, around.now, is_quoted=bool(_QUOTES.search(around.question)))


def _who_or_where(text: str, around: Surroundings) -> Question | None:
    if found := _CHANNELS.search(text):
        return Sought(FIND_CHANNELS, {"query": _subject(found["what"])}, around.taking_part)
    if found := _KNOWS.search(text):
        return Known(_subject(found["what"]), _channel(around), _named(around), around.taking_part, around.now)
    if found := _PEOPLE.search(text):
        where = {"channel": channel} if (channel := _channel(around)) else {}
        return Sought(FIND_PEOPLE, {"query": _subject(found["what"]), **where}, around.taking_part)
    if found := _SEARCH.search(text):
        return Read(SEARCH, {"query": _subject(found["what"]), **span_in(text, around.now).arguments}, around.now)
    return None


def _what_is_said(text: str, around: Surroundings) -> Question | None:
    """A summary or a quotation, of what the person names, brings, looks at, or has before them."""
    is_quoted = bool(_QUOTE.search(text))
    if not (is_quoted or _SUMMARY.search(text)):
        return None
    if around.brought and not (_channel(around) or _THIS_THREAD.search(text)):
        return Told(brought(around.brought, around.now, is_quoted=is_quoted))
    return _in_slack(text, around, is_quoted=is_quoted)


def _in_slack(text: str, around: Surroundings, *, is_quoted: bool) -> Question:
    if channel := _channel(around):
        return _channel_read(channel, span_in(text, around.now), around)
    if around.message and not (_THIS_THREAD.search(text) and around.said):
        return Read(READ_THREAD, {"link": around.message}, around.now, is_quoted=is_quoted)
    if around.channel:
        return _channel_read(around.channel, span_in(text, around.now), around)
    if around.said or _THIS_THREAD.search(text):
        lines = [Line.read(one) for one in around.said]
        told = quotation(lines[-1:], around.now) if is_quoted else summary(lines, around.now)
        return Told(told if lines else NOTHING_BEFORE)
    return Told(WHAT_TO_READ) if around.is_direct else _channel_read(HERE, span_in(text, around.now), around)


def _channel_read(channel: str, span: Span, around: Surroundings) -> Read:
    return Read(READ_CHANNEL, {"channel": channel, **span.arguments}, around.now)


def _channel(around: Surroundings) -> str:
    """The channel that the question names: by name, or as the one before the person; "" if it names none."""
    if name := _named(around):
        return name.removeprefix("#")
    return (around.channel or HERE) if _THIS_CHANNEL.search(around.question) else ""


def _named(around: Surroundings) -> str:
    """The channel that the question names, with its #; "" if it names none."""
    return found[0] if (found := _CHANNEL.search(around.question)) else ""


def _subject(words: str) -> str:
    """What the question is about, without the place and what belongs to no word of it."""
    return _ARTICLE.sub("", _WHERE.sub("", words).strip(" .,!\"“”'"))
