"""What the scripted model says to a request: the calls that its questions take, then an answer to each. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from agent_worker.conversation.questions.outcomes import NEWS, NEWS_ALONE
from emulators.gemini import answers
from emulators.gemini.answers import Said
from emulators.gemini.request import Content, ModelRequest, content_text, function_calls, function_responses
from playground.scripted_model.context import context_of
from playground.scripted_model.language.follow_ups import adds, corrects
from playground.scripted_model.own_answers.entries import Entry
from playground.scripted_model.question import Question, Told
from playground.scripted_model.request.input_lines import said_now
from playground.scripted_model.request.tools import Tools, away, declared
from playground.scripted_model.request.turn import Message, Result, Turn, is_decided, made, turns
from playground.scripted_model.talk.capabilities import IS_SCRIPT, NOTE
from playground.scripted_model.talk.small_talk import LEFT_ALONE, is_cancelled
from playground.scripted_model.tools.reports import report, what_was_decided
from playground.scripted_model.understanding import all_understood, anything_else
from text.json_shapes import items, mapping

TURNS_KEPT = 8  # earlier turns from which a question can go on
QUESTIONS_KEPT = 3
# Before an answer that is given once more and has no other words. They do not say so: after a crash the answer is asked
# for again, too, and nobody has seen the first one.
_LEADS = ("This is what I have:", "Here it is:", "In short:")


def reply(request: ModelRequest, tries: int = 0, own: Sequence[Entry] = ()) -> Said:
    """The next calls or the answer.

    `tries` is how often the same was answered before; `own` are answers that somebody has written for the script.
    """
    contents = request.contents
    *past, turn = turns(contents)
    tools = {} if request.mode == "NONE" else declared(request)
    news = _news(turn, past)
    if news and not turn.messages:
        return answers.text(news)
    questions = [
        (one, _as_seen_by(one, turn, tools)) for one in _asked(contents, tools, request.system_instruction, own)
    ]
    calls = [call for one, seen in questions for call in one.calls(seen, tools) if not seen.has_called(call)]
    if there := [call for at, call in enumerate(calls) if call[0] in tools and call not in calls[:at]]:
        return answers.calls(*there)
    if not tools and turn.results and not any(seen.results for _, seen in questions):
        return answers.text(report(turn.results))  # no call may be made any more
    told = [_answer(one, seen, tools, tries) for one, seen in questions]
    told += away(request) if any(one.lacks_tool(seen, tools) or one.is_lost for one, seen in questions) else []
    lead = [_LEADS[tries % len(_LEADS) - 1]] if tries and not any(one.once_more(tries) for one, _ in questions) else []
    note = [] if _is_said(contents, told) or any(one.is_own for one, _ in questions) else [NOTE]
    return answers.text("\n\n".join(dict.fromkeys(filter(None, [*lead, news, *told, *note]))))


def _answer(question: Question, seen: Turn, tools: Tools, tries: int) -> str:
    if question.lacks_tool(seen, tools):
        return question.without_tool
    another = question.once_more(tries) if tries else None
    return (another or question).answer(seen)


def _as_seen_by(question: Question, turn: Turn, tools: Tools) -> Turn:
    """The turn with the results of the question's own calls: others are of what was asked before an edit, say."""
    seen, calls = turn.only([]), question.calls(turn.only([]), tools)
    while len((wider := turn.only(calls)).results) > len(seen.results):
        seen = wider
        calls = [*calls, *question.calls(seen, tools)]
    return seen


def _asked(contents: Sequence[Content], tools: Tools, instructions: str, own: Sequence[Entry]) -> list[Question]:
    """The questions of the running turn, as they stand now."""
    *past, turn = turns(contents)
    before: list[Question] = []
    for earlier in past[-TURNS_KEPT:]:
        context = context_of(earlier, contents, tools, instructions, own)
        for message in earlier.messages:
            for question in all_understood(message.text, replace(context, before=before)):
                before = _kept(question, before)
    context = context_of(turn, contents, tools, instructions, own)
    asked: list[tuple[Message, Question]] = []
    for at, message in enumerate(turn.messages):
        said = [*(one.text for one in reversed(turn.messages[:at])), *context.earlier]
        found = all_understood(message.text, replace(context, before=before, earlier=said))
        left = _left(asked, message, found[0]) if found else asked
        asked = [*left, *((message, question) for question in found)]
        for question in found:
            before = _kept(question, before)
    questions = [question for _, question in asked]
    last = turn.messages[-1].text if turn.messages else ""
    return [one for one in questions if one != Told(LEFT_ALONE)] or questions[:1] or [anything_else(last, context)]


def _kept(question: Question | None, before: list[Question]) -> list[Question]:
    """The questions from which a next message can go on, newest first."""
    if question == Told(LEFT_ALONE):
        return []
    return before if question is None or isinstance(question, Told) else [question, *before][:QUESTIONS_KEPT]


def _left(
    asked: list[tuple[Message, Question]], message: Message, question: Question
) -> list[tuple[Message, Question]]:
    """What stays asked beside the new message: it may take back or replace what the same person has asked last."""
    at = next((at for at in reversed(range(len(asked))) if asked[at][0].author == message.author), None)
    if at is None:
        return asked
    old, before = asked[at]
    is_steering = message.step > old.step and before.is_like(question) and not adds(message.text)
    is_completed = before.is_open and before.is_like(question)
    if is_steering or is_completed or corrects(message.text) or is_cancelled(message.text):
        return [*asked[:at], *asked[at + 1 :]]
    return asked


def _news(turn: Turn, past: Sequence[Turn]) -> str:
    """What people have decided about earlier calls, if the turn has the remark that it is known; else ""."""
    notes = [one for one in said_now(turn.contents) if one.get("note") in {NEWS, NEWS_ALONE}]
    if not notes:
        return ""
    if results := mapping(notes[-1].get("results")):
        return what_was_decided(results)
    decided = [one for earlier in reversed(past) for one in earlier.results if is_decided(one)]
    best = [max(decided, key=partial(_likeness, title), default=None) for title in items(notes[-1].get("calls"))]
    return report([one for one in best if one is not None])


def _likeness(title: object, result: Result) -> int:
    """How many characters of the title are an argument of the call: the longest one that stands in it counts."""
    values = [value.casefold() for value in made(result)[1].values() if isinstance(value, str)]
    return max((len(value) for value in values if value in str(title).casefold()), default=0)


def _is_said(contents: Sequence[Content], told: Sequence[str]) -> bool:
    """Whether people know that this is a script, from an earlier answer or from this one."""
    return any(IS_SCRIPT in text for text in (*map(content_text, contents), *told))


def asked_for(contents: Sequence[Content]) -> list[Content]:
    """The contents without the calls of the running turn and their results: what an answer is given to."""
    turn = turns(contents)[-1]
    own = [one for one in turn.contents if not (function_calls(one) or function_responses(one))]
    return [*contents[: len(contents) - len(turn.contents)], *own]
