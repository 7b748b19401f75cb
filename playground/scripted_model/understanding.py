"""Which question a message asks: of the script's owner, of a tool, of Slack, of files, of what was said. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from playground.scripted_model.context import Context
from playground.scripted_model.language.follow_ups import asks_again, is_bare, leads_in, points, refers
from playground.scripted_model.language.requests import requests_in
from playground.scripted_model.language.values import paths
from playground.scripted_model.own_answers.own_answer import own_answer
from playground.scripted_model.question import Question, Told
from playground.scripted_model.request.turn import Turn
from playground.scripted_model.slack.lines import Line
from playground.scripted_model.slack.questions import NOTHING_BEFORE, slack_question
from playground.scripted_model.slack.summaries import summary
from playground.scripted_model.slack.tool_names import OF_SLACK
from playground.scripted_model.talk.capabilities import capability_question, explanation, names_of
from playground.scripted_model.talk.files import Described, asks_about_files, asks_what_it_is
from playground.scripted_model.talk.haikus import Haiku, asks_for_haiku
from playground.scripted_model.talk.memory import memory_question, recalled
from playground.scripted_model.talk.small_talk import LEFT_ALONE, is_cancelled, small_talk
from playground.scripted_model.tools.any_call import AnyCall, called_by_name
from playground.scripted_model.tools.arguments import arguments
from playground.scripted_model.tools.asking import ASK_PERSON, asking
from playground.scripted_model.tools.clock import time_question
from playground.scripted_model.tools.matching import Match, named_tool, wanted_tool, without
from playground.scripted_model.tools.tickets import FILE_TICKET, Tickets, asks_for_ticket
from playground.scripted_model.tools.weather import ALERTS, IP_ADDRESS, LOCATION, weather_question

# Tools that are called by what a question means, and otherwise only by their very name.
KNOWN = frozenset({FILE_TICKET, ALERTS, IP_ADDRESS, LOCATION, ASK_PERSON, *OF_SLACK})
NOT_UNDERSTOOD = (
    "I do not know what to do with that: I am only a script, which looks for words that it knows. My tools here are "
    "{}. Write what one of them does, or its name."
)
NO_TOOLS = "I do not know what to do with that: I am only a script, and I have no tools here."


def all_understood(text: str, context: Context) -> list[Question]:
    """The questions that the message asks, in their order.

    They are several only if each part of it asks for another call, and lacks nothing: "what is your IP address, and
    are there alerts in Texas?". Otherwise it is at most one.
    """
    whole = understood(text, context)
    one = [whole] if whole else []
    parts = requests_in(text)
    if len(parts) == 1 or (whole and whole.is_own):
        return one
    found: list[Question] = []
    for part in parts:
        question = understood(part, replace(context, before=[*reversed(found), *context.before]))
        if question is None or not _is_another_call(question, found, context):
            return one
        found.append(question)
    return found


def _is_another_call(question: Question, others: Sequence[Question], context: Context) -> bool:
    calls = question.calls(Turn(), context.tools)
    can_be_made = bool(calls) and all(name in context.tools for name, _ in calls)
    return can_be_made and not question.is_open and not any(question.is_like(other) for other in others)


def understood(text: str, context: Context) -> Question | None:
    """The question that the message asks, by itself or as it goes on from the one before it.

    None if it holds no words that lead to one: people may also have talked with each other.
    """
    return (
        own_answer(text, context.own)
        or (_goes_on(text, context) if context.before else None)
        or _pointed_to(text, context)
        or _own(text, context)
        or (_same_otherwise(text, context) if is_bare(text) else None)
    )


def _goes_on(text: str, context: Context) -> Question | None:
    """What the message is to the questions before it; None if it may ask something by itself."""
    before = context.before[0]
    if is_cancelled(text):
        return Told(LEFT_ALONE)
    if asks_again(text):
        return before.going_on(text) or before
    if before.is_open:
        return _reply(text, context, before)
    return _same_otherwise(text, context) if leads_in(text) and is_bare(text) else None


def _reply(text: str, context: Context, before: Question) -> Question:
    """The reply to a question for what is missing; unless it clearly asks something else."""
    is_other = text.rstrip().endswith("?") or asks_for_ticket(text) or named_tool(text, context.tools) is not None
    if is_other and (other := _own(text, context)):
        return other
    question = before.going_on(text)
    is_misread = isinstance(question, AnyCall) and bool(question.misread)
    if question and not is_misread:
        return question
    return _own(text, context) or question or before


def _same_otherwise(text: str, context: Context) -> Question | None:
    """The newest question before it that makes sense with the words of the message."""
    return next(filter(None, (before.going_on(text) for before in context.before)), None)


def _own(text: str, context: Context) -> Question | None:
    """What the message asks by itself.

    A tool that somebody has added comes before what this script knows, if all words of its name stand in the message
    and nothing is missing.
    """
    tools, now = context.tools, context.around.now
    if question := explanation(text, tools) or called_by_name(text, tools, now):
        return question
    if asks_for_ticket(text):
        return Tickets(text)
    match = wanted_tool(text, without(tools, KNOWN))
    added = _filled(match, text, context) if match else None
    if match and added and match.is_sure and not added.is_open:
        return added
    known = capability_question(text, tools) or _file_question(text, context) or _known(text, context)
    return known if known and (added is None or _can_be_asked(known, context)) else added


def _filled(match: Match, text: str, context: Context) -> AnyCall:
    now = context.around.now
    call = AnyCall(match.tool, arguments(text, match.tool, now), now)
    return call.knowing(context.earlier) if refers(text) else call


def _file_question(text: str, context: Context) -> Question | None:
    """What is asked about files that came with this message, or earlier; a path means a file of somewhere else."""
    if context.files and (asks_about_files(text) or asks_what_it_is(text)):
        return Described(context.files, text)
    names = {file.name for file in context.known_files}
    is_elsewhere = any(found.value not in names for found in paths(text))
    return Described(context.known_files, text) if names and asks_about_files(text) and not is_elsewhere else None


def _known(text: str, context: Context) -> Question | None:
    """What is understood without the words of a tool."""
    links = [one for one in context.around.links if str(one.get("link")) in text]
    around = replace(context.around, question=text, links=links)
    return (
        slack_question(around)
        or memory_question(text, around, context.remembered)
        or weather_question(text, context.earlier)
        or time_question(text)
        or asking(text, context.tools, around.now)
        or (Haiku(text) if asks_for_haiku(text) else None)
        or small_talk(text, around)
    )


def _can_be_asked(question: Question, context: Context) -> bool:
    """Whether the question takes no call, or one that is declared."""
    needed = question.calls(Turn(), context.tools)
    return not needed or any(name in context.tools for name, _ in needed)


def _pointed_to(text: str, context: Context) -> Question | None:
    """What somebody else has asked in the thread before, if the message points to it; else what was said there."""
    if not points(text) or not context.earlier:
        return None
    asked = _own(context.earlier[0], replace(context, before=()))
    return asked or _thread(context)


def anything_else(text: str, context: Context) -> Question:
    """What is answered to a message that asks nothing else.

    The files that came, what was said about it, what the thread is about; at last a haiku, or a plain sentence.
    """
    if context.files:
        return Described(context.files, text)
    if found := recalled(text, context.around):
        return found
    if context.joins_late:
        return _thread(context)
    if context.writes_haikus:
        return Haiku(text)
    return Told(NOT_UNDERSTOOD.format(names_of(context.tools)) if context.tools else NO_TOOLS, lost=True)


def _thread(context: Context) -> Question:
    lines = [Line.read(one) for one in context.around.said]
    if not lines:
        return Told(NOTHING_BEFORE)
    said = summary(lines, context.around.now)
    return Told(f"This was said here before:\n{said}\n\nWhat shall I do with it?")
