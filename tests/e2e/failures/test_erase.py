"""`python -m agent_worker.erase`: what was said is gone from Temporal, and the conversation goes on."""

from __future__ import annotations

import asyncio

import pytest
from temporalio.client import Client

from agent_worker.contract.names import AGENT_WORKFLOW
from emulators.gemini.answers import text
from playground.processes import ManagedProcess
from tests.support.e2e.stage import Stage

SECRET = "hunter2"


def ask(stage: Stage, said: str, thread_ts: str | None = None) -> str:
    return stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> {said}", thread_ts=thread_ts)


async def erase(stage: Stage, *words: str, **settings: str) -> tuple[int, ManagedProcess]:
    process = stage.process("agent_worker.erase", ready="", arguments=words, **settings)
    await process.start(wait=False)
    return await process.ended(), process


async def are_listed(stage: Stage, count: int) -> None:
    """Returns when Temporal lists so many runs: its list is a moment behind."""
    client = await Client.connect(stage.temporal_address)
    query = f"TaskQueue = '{stage.task_queue}' AND WorkflowType = '{AGENT_WORKFLOW}'"
    while (await client.count_workflows(query)).count < count:  # noqa: ASYNC110  Temporal tells nobody
        await asyncio.sleep(0.05)


async def histories(stage: Stage, thread_ts: str) -> str:
    """All that Temporal keeps of the thread's runs."""
    handle = await stage.workflow(thread_ts)
    return str(await handle.fetch_history())


async def test_an_erased_thread_is_gone_from_temporal_and_goes_on_from_what_slack_shows(stage: Stage) -> None:
    stage.gemini.script(text("Noted."), text("Hello."))
    root, other = ask(stage, f"my password is {SECRET}"), ask(stage, "hello")
    await stage.answered(root)
    await stage.answered(other)
    stage.slack.say(stage.ben, stage.channel, f"<@{stage.anna}> the dog is called Rex", thread_ts=root)
    stage.slack.delete(stage.channel, root)
    run = (await (await stage.workflow(root)).describe()).run_id
    await are_listed(stage, 2)

    found, process = await erase(stage, stage.channel, root)
    assert (found, process.lines[-1]) == (0, "Nothing is erased yet: say it again with --yes.")
    done, process = await erase(stage, "--yes", stage.channel, root)
    assert (done, process.lines[-1]) == (0, "  erased")

    stage.gemini.script(text("Rex.").given(contains="the dog is called Rex", lacks=SECRET))
    ask(stage, "what is the dog called?", root)
    assert (await stage.answered(root, times=2))[-1] == "Rex."
    assert (await (await stage.workflow(root)).describe()).run_id != run
    assert SECRET not in await histories(stage, root)
    assert (await (await stage.workflow(other)).describe()).run_id  # the conversation of others is untouched


async def test_a_question_that_waits_is_answered_after_the_conversation_was_erased(stage: Stage) -> None:
    stage.gemini.script(text("Hello."))
    root = ask(stage, f"hello {SECRET}")
    await stage.answered(root)
    await are_listed(stage, 1)
    assert await stage.worker.stop() == 0  # in order: Temporal knows that the answer was posted
    waiting = ask(stage, "still there?", root)
    await stage.slack.until(lambda: stage.is_acknowledged(waiting))

    code, process = await erase(
        stage, "--yes", f"https://x.slack.com/archives/{stage.channel}/p{root.replace('.', '')}"
    )
    assert (code, process.lines[-1]) == (0, "  erased; 1 unanswered questions are asked anew")
    stage.gemini.script(text("Yes."))
    await stage.worker.start()

    assert (await stage.answered(root, times=2))[-1] == "Yes."


async def test_a_persons_direct_messages_are_erased_and_those_of_others_are_not(stage: Stage) -> None:
    stage.gemini.script(text("One."), text("Two."))
    annas, bens = stage.slack.open_dm(stage.anna), stage.slack.open_dm(stage.ben)
    await stage.answered(stage.slack.say(stage.anna, annas, "hi"), annas)
    await stage.answered(stage.slack.say(stage.ben, bens, "hi"), bens)
    await are_listed(stage, 2)

    code, process = await erase(stage, "--yes", stage.anna)

    assert code == 0
    assert any(line.startswith(annas) for line in process.lines)
    assert not any(line.startswith(bens) for line in process.lines)


@pytest.mark.parametrize(
    "words",
    [[], ["hello"], ["C1", "now"], ["https://x.slack.com/archives/C1"], ["http://[", "x"], ["C1", "1.000000", "more"]],
)
async def test_who_does_not_say_what_to_erase_is_told_how(stage: Stage, words: list[str]) -> None:
    code, process = await erase(stage, *words)

    assert code == 2
    assert process.lines[0].startswith("usage: ")


async def test_what_temporal_does_not_hold_or_cannot_tell_is_said_in_a_line(stage: Stage) -> None:
    nothing, process = await erase(stage, "--yes", stage.channel, "1.000000")
    assert (nothing, len(process.lines)) == (1, 1)

    away, process = await erase(stage, stage.channel, "1.000000", TEMPORAL_NAMESPACE="nowhere")
    assert away == 2  # wrong settings
    assert any("nowhere" in line for line in process.lines)
    assert not any("Traceback" in line for line in process.lines)
