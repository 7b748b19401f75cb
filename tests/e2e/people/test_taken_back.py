"""People who take their words back after they were answered, or before the agent has heard of them."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from agent_worker.contract.names import TRY_AGAIN_BUTTON
from emulators.gemini.answers import calls, text
from emulators.slack.clock import Clock
from slackbot.listeners.message_shortcut import ASK_ABOUT_MESSAGE
from tests.support.e2e.stage import Stage

SECRET = "hunter2"


def ask(stage: Stage, said: str, thread_ts: str | None = None) -> str:
    return stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> {said}", thread_ts=thread_ts)


async def everything_is_stored(stage: Stage) -> None:
    await stage.slack.until(lambda: all(delivery.acked for delivery in stage.slack.deliveries))


def submit(stage: Stage, question: str) -> None:
    stage.slack.submit_modal(stage.anna, {ASK_ABOUT_MESSAGE: {ASK_ABOUT_MESSAGE: question}})


async def has_nothing_to_do(stage: Stage, root: str) -> None:
    """Returns when no activity of the conversation is under way: a summary is made after the answer."""
    handle = await stage.workflow(root)
    while True:
        described = (await handle.describe()).raw_description
        if not (described.pending_activities or described.HasField("pending_workflow_task")):
            return
        await asyncio.sleep(0.05)


async def test_a_password_that_was_deleted_after_the_answer_is_not_recited(stage: Stage) -> None:
    stage.gemini.script(text("Hello."), text(f"I know {SECRET}."), text(f"It is {SECRET}."))
    root = ask(stage, "hello")
    await stage.answered(root)
    password = ask(stage, f"my password is {SECRET}", root)
    await stage.answered(root, times=2)
    ask(stage, "what is it?", root)
    await stage.answered(root, times=3)

    stage.slack.delete(stage.channel, password)
    await everything_is_stored(stage)
    stage.gemini.script(text("I do not know.").given(contains="what is it?", lacks=SECRET))
    ask(stage, "and now?", root)

    assert (await stage.answered(root, times=4))[-1] == "I do not know."
    assert stage.said(root)[1] == f"I know {SECRET}."  # what stands in Slack stays there


async def test_a_root_that_is_deleted_after_its_answer_is_gone_though_its_thread_is_not(stage: Stage) -> None:
    stage.gemini.script(text(f"I know {SECRET}."))
    root = ask(stage, f"my password is {SECRET}")
    await stage.answered(root)

    stage.slack.delete(stage.channel, root)
    await everything_is_stored(stage)
    stage.gemini.script(text("No.").given(contains="do you know it?", lacks=SECRET))
    ask(stage, "do you know it?", root)

    assert (await stage.answered(root, times=2))[-1] == "No."


async def test_an_edit_after_the_answer_is_what_later_answers_and_try_again_know(stage: Stage) -> None:
    stage.gemini.script(calls(("get_weather_alerts", {"state": "NY"})), text(f"{SECRET}, none in New York."))
    root = ask(stage, f"alerts in New York for {SECRET}?")
    await stage.answered(root)

    stage.slack.edit(stage.channel, root, f"<@{stage.slack.bot_user_id}> tell me about cats")
    await everything_is_stored(stage)
    stage.gemini.script(text("Miaow.").given(contains="about cats", lacks=SECRET))
    posts = stage.slack.bot_posts(stage.channel, root)
    (answer,) = [post.ts for post in posts if "none in" in stage.slack.visible_text(post)]
    stage.slack.press_button(stage.anna, stage.channel, answer, TRY_AGAIN_BUTTON)

    assert (await stage.answered(root, times=2))[-1] == "Miaow."


async def test_a_summary_is_made_anew_without_what_was_deleted(temporal_address: str, tmp_path: Path) -> None:
    async with Stage(temporal_address, tmp_path) as stage:
        stage.worker = stage.process("agent_worker", ready="worker is ready", AGENT_CONTEXT_TOKENS="6000")
        await stage.start()
        summary = text(f"The password is {SECRET}, and the cat is called Tom.")
        stage.gemini.script(text("Hello."), text("Noted."), text("Nice."), summary)
        root = ask(stage, "hello")
        await stage.answered(root)
        password = ask(stage, f"my password is {SECRET}", root)
        await stage.answered(root, times=2)
        ask(stage, f"my cat is called Tom, and here is its story: {'miaow ' * 5_000}", root)
        await stage.answered(root, times=3)
        stage.gemini.script(text("Good.").given(contains="the cat is called Tom"), summary)
        ask(stage, "is that a good story?", root)
        await stage.answered(root, times=4)
        await has_nothing_to_do(stage, root)

        stage.slack.delete(stage.channel, password)
        await everything_is_stored(stage)
        stage.gemini.script(
            text("Tom.").given(contains="my cat is called Tom", lacks=SECRET),
            text("A cat is called Tom.").given(contains="my cat is called Tom", lacks=SECRET),
            text("Nothing.").given(contains="A cat is called Tom.", lacks=SECRET),
        )
        ask(stage, "what is my cat called?", root)
        assert (await stage.answered(root, times=5))[-1] == "Tom."
        ask(stage, "and my password?", root)

        assert (await stage.answered(root, times=6))[-1] == "Nothing."
        stage.gemini.assert_script_finished()


async def test_a_question_that_is_deleted_while_nobody_listens_is_not_answered(
    temporal_address: str, tmp_path: Path
) -> None:
    two_minutes_ago = Clock(start=time.time() - 120)
    async with Stage(temporal_address, tmp_path, clock=two_minutes_ago) as stage:
        await stage.start()
        await stage.worker.kill()
        gone, kept = ask(stage, f"my password is {SECRET}"), ask(stage, "hello")
        await stage.slack.until(lambda: stage.is_acknowledged(gone) and stage.is_acknowledged(kept))
        await stage.bot.kill()  # nobody hears of the deletion
        stage.slack.delete(stage.channel, gone)

        stage.gemini.script(text("Hello."))
        await stage.worker.start()

        assert await stage.answered(kept) == ["Hello."]
        await stage.slack.until(lambda: stage.calls("conversations.replies") > 2)
        assert len(stage.gemini.requests) == 1
        assert stage.slack.messages(stage.channel)[0].ts == kept


async def test_what_was_asked_about_with_the_shortcut_is_gone_if_it_is_deleted_before_the_question_is_read(
    stage: Stage,
) -> None:
    root = stage.slack.say(stage.ben, stage.channel, "good morning")
    early, late = (
        stage.slack.say(stage.ben, stage.channel, f"{word} {SECRET}", thread_ts=root) for word in ("first", "then")
    )
    await stage.worker.kill()
    stage.slack.use_shortcut(stage.anna, stage.channel, early, ASK_ABOUT_MESSAGE)
    await everything_is_stored(stage)
    stage.slack.delete(stage.channel, early)  # while the form is open, in a thread that the agent does not know
    await everything_is_stored(stage)
    submit(stage, "what is the first?")
    stage.slack.use_shortcut(stage.anna, stage.channel, late, ASK_ABOUT_MESSAGE)
    await everything_is_stored(stage)
    submit(stage, "what is the second?")
    await everything_is_stored(stage)
    stage.slack.delete(stage.channel, late)  # while the question waits for a worker
    await everything_is_stored(stage)

    stage.gemini.script(text("I cannot see it.").given(contains="what is the second?", lacks=SECRET))
    await stage.worker.start()

    assert "I cannot see it." in (await stage.answered(root))[-1]


async def test_an_answer_to_a_root_that_is_gone_does_not_stand_in_the_channel(
    temporal_address: str, tmp_path: Path
) -> None:
    async with Stage(temporal_address, tmp_path, takes_orphans=True) as stage:
        stage.worker = stage.process("agent_worker", ready="worker is ready", SLACK_REPLY_MODE="post")
        await stage.start()
        held = stage.gemini.hold()
        root = ask(stage, "tell me a joke")
        await held.reached()
        await stage.bot.kill()  # nobody hears of the deletion
        stage.slack.delete(stage.channel, root)
        held.release(text("A joke."))

        await stage.slack.until(lambda: stage.calls("chat.delete"))

        assert stage.slack.messages(stage.channel) == []
