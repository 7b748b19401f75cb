"""What the agent has beside its messages, with both processes as a user starts them: Home, the shortcut, `/agent`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agent_worker.agents.effective import TICKET_PROMPT
from agent_worker.payloads import errors
from emulators.gemini.answers import text
from slackbot.listeners import conversation_captions, slash_command
from slackbot.listeners.home_tab import HOME_STOP_BUTTON
from slackbot.listeners.message_shortcut import ASK_ABOUT_MESSAGE
from slackbot.listeners.suggested_prompts import PROMPTS
from tests.support.e2e.stage import Stage

READY = conversation_captions.STATES["open"]
NOTHING_DONE = errors.sentence(errors.STOPPED)


async def heard(stage: Stage) -> None:
    await stage.slack.until(lambda: all(delivery.acked for delivery in stage.slack.deliveries))


async def home(stage: Stage, user: str, is_there: Callable[[str], bool]) -> str:
    """What somebody reads on the Home tab who opens it until it is so: Temporal's list is a moment behind."""
    while True:
        stage.slack.open_app_home(user, "home")
        await heard(stage)
        page = stage.slack.visible_text(stage.slack.home(user) or {"blocks": []})
        if is_there(page):
            return page


async def test_home_shows_what_the_agent_does_and_stops_it(stage: Stage) -> None:
    stage.gemini.script(text("An old silent pond."))
    answered = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> a haiku, please")
    await stage.answered(answered)
    held = stage.gemini.hold()
    ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> a long story")
    await held.reached()
    page = await home(stage, stage.anna, lambda page: "at work" in page and READY in page)

    stage.slack.press_home_button(stage.anna, HOME_STOP_BUTTON)

    assert await stage.answered(ts) == [NOTHING_DONE]
    await home(stage, stage.anna, lambda page: page.count(READY) == 2)
    assert "a haiku, please" in page
    assert "a haiku, please" not in await home(stage, stage.ben, bool)


async def test_who_reads_the_thread_of_a_shortcut_reads_what_was_asked(stage: Stage) -> None:
    stage.gemini.script(text("It is red & slow.").given(contains="the build is red"))
    ts = stage.slack.say(stage.ben, stage.channel, "the build is red")
    stage.slack.use_shortcut(stage.anna, stage.channel, ts, ASK_ABOUT_MESSAGE)
    await heard(stage)

    stage.slack.submit_modal(stage.anna, {ASK_ABOUT_MESSAGE: {ASK_ABOUT_MESSAGE: "is it <b> & why?"}})

    (answer,) = await stage.answered(ts)
    assert answer == "> @anna asks: is it <b> & why?\n\nIt is red & slow."


@pytest.mark.parametrize("words", ["status", "stop"])
async def test_a_command_is_answered_while_the_worker_is_down(stage: Stage, words: str) -> None:
    await stage.worker.kill()

    stage.slack.run_command(stage.anna, stage.channel, "/agent", words)
    await heard(stage)

    answer = stage.slack.deliveries[-1].answer
    assert answer is not None
    assert answer["text"] == {"status": slash_command.NONE_YET, "stop": slash_command.NOTHING_TO_STOP}[words]


async def test_who_opens_the_direct_messages_is_suggested_what_to_ask(stage: Stage) -> None:
    stage.slack.open_app_home(stage.anna)
    await heard(stage)

    suggested = stage.slack.suggested_prompts(stage.slack.open_dm(stage.anna))
    # Before a worker has told what its tools are, there is nothing about tickets.
    assert suggested in (list(PROMPTS), [*PROMPTS, TICKET_PROMPT.model_dump()])
