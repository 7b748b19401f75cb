"""The text functions of the product, each as a function of one text, with everything else about it ordinary."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import agent_worker
import process
import slackbot
import text
from agent_worker.activities.titles import first_words
from agent_worker.contract.messages import Thread, UserMessage
from agent_worker.conversation.participants import asks_back
from agent_worker.conversation.questions import secrecy
from agent_worker.conversation.wording import linked, model_form, moments, permalinks, slack_markup
from agent_worker.conversation.wording.message_text import message_text
from agent_worker.conversation.wording.model_input import ModelInput, ids_in, is_view, what_is_open
from agent_worker.gemini.errors import from_answer
from agent_worker.gemini.prompts import title_in
from agent_worker.payloads.storage_limits import writable
from agent_worker.payloads.thread import Deliver, Progress, ShownStep, Source
from agent_worker.slack.blocks import (
    answer_layout,
    input_card,
    links,
    markdown_stream,
    mentions,
    outgoing,
    outlet,
    posts,
    step_lines,
    task_cards,
)
from agent_worker.slack.blocks.markdown_split import split
from agent_worker.slack.blocks.posts import Post
from agent_worker.slack.files.contents import DescribedFile, mention
from agent_worker.toolbox.definition import title_line
from agent_worker.toolbox.sources import Sourced
from agent_worker.tools import weather_alerts
from slackbot.conversations.recent import RecentConversation
from slackbot.events import contents, message_changes, messages, quotation
from slackbot.events import mentions as slack_mentions
from slackbot.events.stop_words import says_stop
from slackbot.listeners import conversation_captions
from tests.support.properties.strategies import BODY, BOT, CHANGES, PERSON
from text import characters, exception_names, json_shapes, json_text, lines, questions

TextFunction = Callable[[str], object]
NAMES = {"U1": "anna", "C1": "general"}
ALLOWED = ("U1", "U2")
THREAD = Thread(team="T1", channel="C1", thread_ts="1.1")


def _deliver(answer: str) -> Deliver:
    return Deliver(thread=THREAD, key="k", turn="1.1", text=answer, answers=["1.1"], may_mention=list(ALLOWED))


def _said(said: str) -> UserMessage:
    return UserMessage(
        ts="1.1", user="U1", text=said, attachments=[{"author_id": "U2", "text": said[: len(said) // 2]}]
    )


def _steps(title: str) -> list[ShownStep]:
    return [
        ShownStep(title=title, state="complete", outcome=title),
        ShownStep(title=title[1:], state="in_progress"),
    ]


def _progress(title: str) -> Progress:
    return Progress(key="1.1:progress", steps=_steps(title))


def _message(**more: Any) -> str:
    return message_text(more, bot_user_id="UBOT", names=NAMES)


def _rich(said: str) -> str:
    line = {"type": "rich_text_quote", "elements": [{"type": "text", "text": said}, {"type": "link", "url": said}]}
    return _message(bot_id="B1", blocks=[{"type": "rich_text", "elements": [line]}])


def _attached(said: str) -> str:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": said}}
    attachment = {"title": "plan", "title_link": said, "blocks": [section]}
    return _message(text="look", attachments=[attachment])


def _edited(said: str) -> object:
    event = CHANGES[0] | {"message": PERSON | {"text": said, "edited": {}}}
    return message_changes.read(BODY | {"event": event}, BOT)


def _file(content: str) -> object:
    data = content.encode()
    described = DescribedFile("notes.txt", "text/plain", "text", len(data), "https://files.slack.com/1", "1")
    return described.parts(data)


def _in_pieces(given: str) -> None:
    passed = outgoing.Outgoing(links.TO_ALL_HOSTS, ALLOWED)
    for at in range(0, len(given), 20):
        passed.add(given[at : at + 20])
    passed.end()


def _or_nothing(function: TextFunction) -> TextFunction:
    """Some functions refuse a text in which nothing can be seen."""

    def unless_refused(given: str) -> object:
        with suppress(ValueError):
            return function(given)
        return None

    return unless_refused


# Characters. What is not listed here is tried with texts of 200,000. `answer` does what `split`, `neutralise` and
# `lay_out` do, all of which are; a part of an answer is shorter, and so is what the bot hands over of attachments.
LONGEST = {
    "posts.answer": 100_000,
    "markdown_split.split, small parts": 20_000,
    "posts.plain": 20_000,
    "message_text, rich text": 20_000,
    "message_text, attachments": 20_000,
}
# The key of a turn, what was made from a text by a function that is tried, and a file of whoever runs the agent: YAML's
# scanner looks 1,024 characters back for a key.
_NO_TEXTS = {
    "yaml_document.read",
    "yaml_document.read_list",
    "buttons.below_answer",
    "buttons.try_again_button",
    "buttons.stop_button",
    "quotation.unpack",
}
FUNCTIONS: Mapping[str, TextFunction] = {
    "lines.title": lambda given: lines.title(given, 200),
    "exception_names.without_exception_names": exception_names.without_exception_names,
    "markdown_split.split": lambda given: split(given, 11_000),
    "markdown_split.split, small parts": lambda given: split(given, 100),
    "markdown_stream.showable": markdown_stream.showable,
    "markdown_stream.paragraph_cut": lambda given: markdown_stream.paragraph_cut(given, 0, len(given)),
    "markdown_stream.forced_cut": lambda given: markdown_stream.forced_cut(given, 0, len(given)),
    "outlet.line": outlet.line,
    "links.without_links": links.without_links,
    "links.address": lambda given: [links.address(f"https://{given}"), links.address(given)],
    "links.ascii_host": links.ascii_host,
    "links.LinkPolicy": lambda given: links.TO_ALL_HOSTS.link("https://a.example", given),
    "outgoing.safe": lambda given: outgoing.safe(given, links.TO_ALL_HOSTS, ALLOWED),
    "outgoing.safe, in pieces": _in_pieces,
    "mentions.neutralise, with a name": lambda given: mentions.neutralise("<@U2>" * 9, (), {"U2": given}),
    "mentions.neutralise": lambda given: mentions.neutralise(given, ALLOWED),
    "mentions.escaped": lambda given: mentions.escaped(given, ALLOWED, 3_000),
    "posts.answer": _or_nothing(lambda given: posts.answer(given, ALLOWED)),
    "posts.plain": lambda given: posts.plain(Post("", [{"type": "markdown", "text": given}]), ALLOWED),
    "posts.bare": _or_nothing(posts.bare),
    "posts.notice": _or_nothing(posts.notice),
    "posts.is_blank": posts.is_blank,
    "answer_layout.lay_out": lambda given: answer_layout.lay_out(_deliver(given)),
    "step_lines.progress": lambda given: step_lines.progress(_steps(given), given),
    "task_cards.plan": lambda given: task_cards.plan(_progress(given), "1.1", is_over=False),
    "slack_markup.user_mentions": slack_markup.user_mentions,
    "slack_markup.channel_mentions": slack_markup.channel_mentions,
    "slack_markup.plain": lambda given: slack_markup.plain(given, bot_user_id="UBOT", names=NAMES),
    "slack_markup.plain_markdown": lambda given: slack_markup.plain_markdown(given, bot_user_id="UBOT", names=NAMES),
    "slack_markup.link": lambda given: slack_markup.link(given, given[1:]),
    "slack_markup.unescape": slack_markup.unescape,
    "slack_markup.escape_brackets": slack_markup.escape_brackets,
    "message_text, rich text": _rich,
    "message_text, attachments": _attached,
    "model_input.is_view": lambda given: is_view(f'{{"note":{given}'),
    "model_input.what_is_open": what_is_open,
    "model_input.ids_in": lambda given: ids_in(_said(given)),
    "model_input.ModelInput": lambda given: ModelInput(True, "UBOT", NAMES).parts(_said(given)),  # noqa: FBT003
    "participants.asks_back": asks_back,
    "prompts.title_in": title_in,
    "errors.from_answer": lambda given: from_answer(400, {"error": {"message": given, "status": given}}, given),
    "titles.first_words": first_words,
    "limits.writable": writable,
    "weather_alerts.get_weather_alerts, places": weather_alerts._fewer_places,
    "definition.title_line": title_line,
    "sources.Sourced": lambda given: Sourced("", [Source(text=given, url=f"https://a/{given}")]).listed(),
    "contents.DescribedFile": _or_nothing(_file),
    "contents.mention": mention,
    "mentions.mentioned_users": slack_mentions.mentioned_users,
    "mentions.called_users": lambda given: slack_mentions.called_users({"text": given}),
    "messages.read": lambda given: messages.read(BODY | {"event": PERSON | {"text": given, "thread_ts": "1.1"}}, BOT),
    "message_changes.read": _edited,
    "stop_words.says_stop": lambda given: says_stop(given, "UBOT"),
    "contents.attachments": lambda given: contents.attachments({"attachments": [{"text": given}] * 3}),
    "quotation.pack": lambda given: quotation.pack(
        "C1", PERSON | {"text": given, "attachments": [{"text": given}]}, "1.0"
    ),
    "conversation_captions.title": lambda given: conversation_captions.title(
        RecentConversation(THREAD, given, "open", datetime.now(UTC))
    ),
    "questions.asks": questions.asks,
    "lines.one_line": lambda given: lines.one_line(given, 100),
    "lines.name": lambda given: lines.name(given, 100),
    "characters.for_terminal": characters.for_terminal,
    "characters.without_hidden": characters.without_hidden,
    "model_form.line": lambda given: model_form.line(text=given),
    "model_form.note": lambda given: model_form.note(given, text=given),
    "model_form.without_attached": lambda given: model_form.without_attached(model_form.line(text=given)),
    "model_form.name": model_form.name,
    "model_form.fields": model_form.fields,
    "moments.written_at": lambda given: moments.written_at(given, [(0, 3_600)]),
    "lines.cut": lambda given: lines.cut(given, 100),
    "lines.whole_words": lambda given: lines.whole_words(given, 100),
    "permalinks.links_in": permalinks.links_in,
    "permalinks.permalink": lambda given: permalinks.permalink(given, "C1", given, given),
    "linked.link_of": linked.link_of,
    "linked.still_linked": lambda given: linked.still_linked(given, lambda: [given]),
    "input_card.fitting": lambda given: input_card.fitting("", given, 300),
    "input_card.argument": lambda given: input_card.argument(given, given),
    "secrecy.looks_secret": secrecy.looks_secret,
    "secrecy.holds_secret": lambda given: secrecy.holds_secret(given, given),
    "json_text.decoded": json_text.decoded,
    "json_shapes.string": json_shapes.string,
}


def functions_to_try() -> set[str]:
    """Each public function of the packages that handle text whose first parameter is a text, as `module.function`."""
    packages = ("agent_worker.slack.blocks", "agent_worker.conversation", "slackbot.events", "text")
    modules = [module for module in _modules() if module.__name__.startswith(packages)]
    return {f"{module.__name__.rpartition('.')[2]}.{name}" for module in modules for name in _own(module)} - _NO_TEXTS


def _own(module: ModuleType) -> Iterator[str]:
    for name, function in inspect.getmembers(module, inspect.isfunction):
        first = next(iter(inspect.signature(function).parameters.values()), None)
        is_public = function.__module__ == module.__name__ and not name.startswith("_")
        if is_public and first is not None and first.annotation == "str":
            yield name


def patterns() -> Mapping[str, re.Pattern[str]]:
    """Each regular expression that a module of the product keeps, by its text."""
    found = (pattern for module in _modules() for value in vars(module).values() for pattern in _patterns_in(value))
    return {pattern.pattern: pattern for pattern in found}


def _patterns_in(value: object) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    if isinstance(value, list | tuple):
        for inner in value:
            yield from _patterns_in(inner)


def _modules() -> Iterator[ModuleType]:
    for package in (agent_worker, slackbot, process, text):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                yield importlib.import_module(module.name)
