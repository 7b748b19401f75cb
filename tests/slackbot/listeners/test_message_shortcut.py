"""Promises of "Ask the agent about this": the question reaches the message's thread, or stays in the form."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from agent_worker.contract.messages import SlackFile, Thread, UserMessage
from slackbot.listeners import message_shortcut
from slackbot.listeners.message_shortcut import ASK_ABOUT_MESSAGE, MessageShortcut
from tests.support.agent_worker.model_lines import readable
from tests.support.slackbot.conversations import ConversationStage, conversation_stage, questions


@pytest.fixture
async def stage(temporal_address: str) -> AsyncIterator[ConversationStage]:
    async with conversation_stage(temporal_address) as stage:
        yield stage


async def use(stage: ConversationStage, ts: str, channel: str = "", user: str = "") -> dict[str, Any] | None:
    """Somebody uses the shortcut on a message; returns the form that opens."""
    stage.slack.use_shortcut(user or stage.anna, channel or stage.channel, ts, ASK_ABOUT_MESSAGE)
    await stage.heard()
    return stage.slack.modal(user or stage.anna)


async def submit(stage: ConversationStage, question: str = "", user: str = "") -> None:
    """Presses Ask; without `question`, with the question that the form suggests."""
    values = {ASK_ABOUT_MESSAGE: {ASK_ABOUT_MESSAGE: question}} if question else {}
    stage.slack.submit_modal(user or stage.anna, values)
    await stage.heard()


async def asked(stage: ConversationStage, ts: str, question: str = "why?", channel: str = "") -> UserMessage:
    """Anna asks about a message at the top of a channel; returns the message that the conversation receives."""
    await use(stage, ts, channel)
    await submit(stage, question)
    (message,) = await questions(stage, ts, channel)
    return message


# The question


async def test_the_form_suggests_a_question_and_says_who_will_read_the_answer(stage: ConversationStage) -> None:
    ts = stage.slack.say(stage.ben, stage.channel, "the build is red")

    form = await use(stage, ts)

    assert form is not None
    (question,) = form["blocks"]
    assert question["element"]["initial_value"] == message_shortcut.SUGGESTION
    assert "everybody can read it" in question["hint"]["text"]
    assert form["submit"]["text"] == "Ask"


async def test_the_question_is_answered_in_the_messages_thread_and_quoted_above_the_answer(
    stage: ConversationStage,
) -> None:
    ts = stage.slack.say(stage.ben, stage.channel, "the build is red")
    await use(stage, ts)

    await submit(stage, "who broke it?")

    assert await stage.answered(ts) == ["yes"]
    (answer,) = stage.rehearsal.cast.delivered
    assert (answer.thread.channel, answer.thread.thread_ts) == (stage.channel, ts)
    assert answer.preface.startswith(f"> <@{stage.anna}> asks: who broke it?")
    assert stage.slack.modal(stage.anna) is None


async def test_the_model_reads_the_question_with_the_message_and_its_author(stage: ConversationStage) -> None:
    stage.rehearsal.cast.opened = stage.rehearsal.cast.opened.model_copy(
        update={"names": {stage.anna: "anna", stage.ben: "ben"}}
    )
    ts = stage.slack.say(stage.ben, stage.channel, "the build is red &amp; slow")
    await use(stage, ts)

    await submit(stage, "who broke it?")
    await stage.answered(ts)

    ((entry,),) = stage.rehearsal.cast.read
    (part,) = entry["parts"]
    assert readable(part["text"]) == "anna: who broke it?\nben: the build is red & slow"


async def test_it_is_stored_as_a_question_of_the_person_that_nobody_else_sees(stage: ConversationStage) -> None:
    ts = stage.slack.say(stage.ben, stage.channel, "the build is red")

    message = await asked(stage, ts)

    assert message == UserMessage(
        ts=message.ts,
        user=stage.anna,
        text="why?",
        attachments=[{"author_id": stage.ben, "ts": ts, "text": "the build is red"}],
        unseen=True,
    )
    assert float(message.ts) > 0
    await stage.are_listed(stage.anna, ts)


async def test_a_question_about_a_reply_goes_to_the_thread_that_the_reply_is_in(stage: ConversationStage) -> None:
    root = stage.slack.say(stage.ben, stage.channel, "root")
    reply = stage.slack.say(stage.ben, stage.channel, "a reply", thread_ts=root)
    await use(stage, reply)

    await submit(stage)

    (message,) = await questions(stage, root)
    assert (message.text, message.attachments[0]["text"]) == (message_shortcut.SUGGESTION, "a reply")


async def test_in_the_thread_of_a_conversation_it_is_the_next_message(stage: ConversationStage) -> None:
    root = await stage.ask(stage.anna)
    await use(stage, root, user=stage.ben)

    await submit(stage, "and you?", stage.ben)

    await stage.rehearsal.until(lambda: len(stage.answers(root)) == 2)
    assert [message.user for message in await questions(stage, root, count=2)] == [stage.anna, stage.ben]


async def test_the_shortcut_works_in_direct_messages(stage: ConversationStage) -> None:
    direct = stage.slack.open_dm(stage.anna)
    ts = await stage.ask(stage.anna, channel=direct)
    await use(stage, ts, direct)

    await submit(stage)

    assert [message.direct for message in await questions(stage, ts, direct, 2)] == [True, True]


async def test_what_is_written_in_the_form_is_plain_words_to_slack(stage: ConversationStage) -> None:
    ts = stage.slack.say(stage.ben, stage.channel, "hello")

    message = await asked(stage, ts, "<!channel> & <@U1>?")

    assert message.text == "&lt;!channel&gt; &amp; &lt;@U1&gt;?"


async def test_the_workspace_of_a_person_from_another_one_is_stored(stage: ConversationStage) -> None:
    shared = stage.slack.add_channel("shared", members=[stage.anna], is_shared=True)
    carla = stage.slack.add_user("carla", team_id="T0OTHER")
    stage.slack.join(carla, shared)
    ts = stage.slack.say(stage.anna, shared, "hello")
    await use(stage, ts, shared, carla)

    await submit(stage, user=carla)

    (message,) = await questions(stage, ts, shared)
    assert (message.user, message.team) == (carla, "T0OTHER")


# What it is about


async def test_the_files_of_the_message_come_with_the_question(stage: ConversationStage) -> None:
    ts = stage.slack.say(stage.ben, stage.channel, "", files=[{"name": "plan.pdf", "content": b"%PDF-1.7"}])

    message = await asked(stage, ts)

    (file,) = message.files
    assert isinstance(file, SlackFile)
    assert (file.name, file.size) == ("plan.pdf", 8)


async def test_another_apps_alert_that_is_all_blocks_is_read(stage: ConversationStage) -> None:
    block = {"type": "section", "text": {"type": "mrkdwn", "text": "disk full"}}
    ts = stage.slack.say(stage.ben, stage.channel, "", blocks=[block])

    message = await asked(stage, ts)

    assert "disk full" in str(message.attachments)


async def test_of_a_message_that_is_too_long_for_a_form_its_beginning_is_read(stage: ConversationStage) -> None:
    ts = stage.slack.say(stage.ben, stage.channel, 'a "quoted" word\n' * 1_000)

    message = await asked(stage, ts)

    quoted = message.attachments[0]["text"]
    assert quoted.startswith('a "quoted" word\na')
    assert quoted.endswith("…")
    assert len(quoted) > 2_000


# Where the agent cannot answer


@pytest.mark.parametrize("kind", ["public", "private", "direct", "group"])
async def test_where_the_agent_is_not_the_person_is_told_to_invite_it(stage: ConversationStage, kind: str) -> None:
    slack, both = stage.slack, [stage.anna, stage.ben]
    if kind in {"direct", "group"}:
        people = both if kind == "direct" else [*both, slack.add_user("carla")]
        place = slack._backend.workspace.direct_channel(people).id
    else:
        place = slack.add_channel("other", members=both, is_private=kind == "private", bot_is_member=False)
    ts = slack.say(stage.ben, place, "hello")

    form = await use(stage, ts, place)

    assert form is not None
    assert form["submit"] is None
    assert slack.visible_text(form) == message_shortcut.INVITE_FIRST


async def test_in_a_group_with_the_agent_it_can_be_asked(stage: ConversationStage) -> None:
    group = stage.slack.open_group_dm([stage.anna, stage.ben])
    ts = stage.slack.say(stage.ben, group, "hello")

    assert (await asked(stage, ts, channel=group)).user == stage.anna


@pytest.mark.parametrize("kind", ["rate_limited", "internal_error", "refused"])
async def test_a_slack_that_does_not_say_whether_it_is_there_does_not_keep_anybody_from_asking(
    stage: ConversationStage, kind: str
) -> None:
    ts = stage.slack.say(stage.ben, stage.channel, "hello")
    stage.slack.faults.add(method="conversations.info", kind=kind)  # type: ignore[arg-type]

    assert (await asked(stage, ts)).user == stage.anna


# What is lost, and what is not


async def test_a_form_that_cannot_be_opened_is_not_acknowledged_so_that_slack_tells_the_person(
    stage: ConversationStage,
) -> None:
    ts = stage.slack.say(stage.ben, stage.channel, "hello")
    stage.slack.faults.add(method="views.open", kind="error", error="expired_trigger_id")
    stage.slack.use_shortcut(stage.anna, stage.channel, ts, ASK_ABOUT_MESSAGE)
    await stage.slack.until(lambda: stage.calls("views.open"))

    form = await use_again(stage, ts)

    assert form is not None
    first, second = [one for one in stage.slack.deliveries if one.event_type == "message_action"]
    assert (first.acked, second.acked) == (False, True)


async def use_again(stage: ConversationStage, ts: str) -> dict[str, Any] | None:
    stage.slack.use_shortcut(stage.anna, stage.channel, ts, ASK_ABOUT_MESSAGE)
    await stage.slack.until(lambda: stage.slack.deliveries[-1].acked)
    return stage.slack.modal(stage.anna)


async def test_a_question_of_nothing_but_spaces_is_asked_for_again(stage: ConversationStage) -> None:
    ts = stage.slack.say(stage.ben, stage.channel, "hello")
    await use(stage, ts)

    await submit(stage, "   ")

    assert stage.slack.modal_errors(stage.anna) == {ASK_ABOUT_MESSAGE: message_shortcut.NO_QUESTION}


async def test_while_temporal_is_away_the_form_stays_and_what_is_asked_then_is_one_question(
    stage: ConversationStage,
) -> None:
    ts = stage.slack.say(stage.ben, stage.channel, "hello")
    await use(stage, ts)
    stage.line.is_dead = True
    await submit(stage, "why?")
    told = stage.slack.modal_errors(stage.anna)

    stage.line.is_dead = False
    await submit(stage, "why?")

    assert told == {ASK_ABOUT_MESSAGE: message_shortcut.NOT_TAKEN}
    assert stage.slack.modal(stage.anna) is None
    assert [message.text for message in await questions(stage, ts)] == ["why?"]
    assert await stage.answered(ts) == ["yes"]


class Forgetful:
    """In place of `Conversations`: stores each question, but the first time raises an error as if it had not."""

    def __init__(self) -> None:
        self.stored: list[tuple[Thread, str]] = []

    async def hand_over(self, incoming: Any) -> None:
        self.stored.append((incoming.thread, incoming.message.ts))
        if len(self.stored) == 1:
            raise TimeoutError


async def test_a_question_that_was_stored_although_it_seemed_not_to_be_comes_again_as_the_same(
    stage: ConversationStage,
) -> None:
    forgetful, answers = Forgetful(), []
    shortcut = MessageShortcut(stage.bot, None, forgetful)  # type: ignore[arg-type]
    ts = stage.slack.say(stage.ben, stage.channel, "hello")
    form, another = await use(stage, ts), await use(stage, ts)
    assert form is not None
    assert another is not None
    state = {"values": {ASK_ABOUT_MESSAGE: {ASK_ABOUT_MESSAGE: {"value": "why?"}}}}
    body = {"user": {"id": stage.anna, "team_id": stage.bot.team_id}}

    async def ack(**answer: Any) -> None:
        answers.append(answer.get("response_action"))

    for view in (form, form, another):
        await shortcut.on_submitted(ack, body | {"view": view | {"state": state}})  # type: ignore[arg-type]

    first, second, other = forgetful.stored
    assert answers == ["errors", None, None]
    assert first == second != other


def test_the_form_is_opened_within_slacks_three_seconds() -> None:
    assert message_shortcut.MEMBERSHIP_TIMEOUT + message_shortcut.OPEN_TIMEOUT < 3
