"""Promises of the outlet: in whatever way a text goes to Slack, it notifies nobody and hides no address."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from agent_worker.payloads.thread import Author, Draft, Progress, ShownStep, ShowProgress, Source
from agent_worker.slack.adapter import Slack
from agent_worker.slack.blocks.links import LinkPolicy
from agent_worker.slack.blocks.markdown_stream import showable
from agent_worker.slack.blocks.outlet import Outlet
from agent_worker.slack.thread import live_answer
from agent_worker.slack.thread.live_answer import LiveAnswer, Place
from tests.support.agent_worker.broadcasts import HOSTILE, WORKING, texts_sent
from tests.support.agent_worker.settling import POST, asked_to, settled
from tests.support.agent_worker.slack_stage import SlackStage, slack_stage

PLACES: list[dict[str, Any]] = [{}, {"direct": True}, {"mode": "post"}, {"streaming": False, "direct": True}]
STEP = ShownStep(
    title=HOSTILE, state="in_progress", sources=[Source(text="https://bank.example", url="https://evil.example/a")]
)


@pytest.fixture(params=PLACES, ids=str)
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[SlackStage]:
    async with slack_stage(**request.param) as stage:
        yield stage


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FIRST_WORDS", "BETWEEN_APPENDS", "FIRST_POST", "BETWEEN_UPDATES"):
        monkeypatch.setattr(live_answer, name, 0.001)


def is_harmless(stage: SlackStage) -> bool:
    sent = texts_sent(stage.slack.calls)
    return not (WORKING.search(sent) or "![" in sent or "https://bank.example](" in sent or "|https://bank" in sent)


def shown(stage: SlackStage) -> str:
    return "".join(post.text for post in stage.slack.bot_posts(stage.channel, stage.root))


@pytest.mark.parametrize("size", [7, 23])
async def test_an_answer_in_small_pieces_is_harmless_while_it_grows_and_when_it_is_delivered(
    stage: SlackStage, size: int
) -> None:
    preface = f"> <@{stage.anna}> asks: &lt;!here&gt; {HOSTILE}\n\n"
    place = Place(stage.thread, stage.root, Author(id=stage.anna), [stage.anna], preface=preface)
    async with LiveAnswer(stage.posts, stage.ours.streams, place, Draft()) as live:
        for start in range(0, len(HOSTILE), size):
            live.add(HOSTILE[start : start + size])
            if live._is_streamed:
                await stage.slack.until(lambda: live._shown == showable(live._text), seconds=5)
        await stage.slack.until(lambda: bool(shown(stage)), seconds=5)
    await settled(stage, asked_to(stage, HOSTILE, live.draft, preface=preface, may_mention=[stage.anna]))

    assert is_harmless(stage)
    assert f"<@{stage.anna}> asks" in texts_sent(stage.slack.calls)
    assert "https://bank.example (evil.example)" in texts_sent(stage.slack.calls)


async def test_people_are_named_in_the_stream_as_in_the_delivery(stage: SlackStage) -> None:
    text, names = "Ask <@U9>, or <@U8>, or <@U7>.", {"U9": "Ben", "U8": "<!channel>"}
    place = Place(stage.thread, stage.root, Author(id=stage.anna), names=names)
    async with LiveAnswer(stage.posts, stage.ours.streams, place, Draft()) as live:
        for letter in text[:12]:
            live.add(letter)
        await stage.slack.until(lambda: live._shown == showable(live._text), seconds=5)
    await settled(stage, asked_to(stage, text, live.draft, names=names))

    (answer,) = stage.slack.bot_posts(stage.channel, stage.root)
    shown = stage.slack.visible_text(answer).replace("\N{ZERO WIDTH SPACE}", "")
    assert "Ask @Ben, or @channel, or @U7." in shown
    assert is_harmless(stage)


async def test_an_answer_that_slack_takes_only_as_plain_text_is_harmless(stage: SlackStage) -> None:
    stage.slack.faults.add(method=POST, kind="error", error="invalid_blocks", times=2)

    await settled(stage, asked_to(stage, HOSTILE))

    assert is_harmless(stage)


async def test_an_answer_as_a_file_is_harmless(stage: SlackStage) -> None:
    await settled(stage, asked_to(stage, f"{HOSTILE} and so on. " * 400))

    (file,) = [file for post in stage.slack.bot_posts(stage.channel, stage.root) for file in post.files]
    content = stage.slack._backend.files.get(file["id"])
    assert content is not None
    assert WORKING.search(content.content.decode()) is None
    assert is_harmless(stage)


async def test_steps_their_sources_a_status_a_title_and_a_word_to_one_person_are_harmless(stage: SlackStage) -> None:
    progress = Progress(key=f"{stage.root}:progress", steps=[STEP])
    request = ShowProgress(thread=stage.thread, progress=progress, turn=stage.root, audience=Author(id=stage.anna))
    await stage.ours.progress_queue.show(request)
    await stage.ours.status.rename(stage.thread, HOSTILE)
    await stage.posts.whisper(stage.thread, stage.anna, HOSTILE)
    await settled(stage, asked_to(stage, "Done.", progress=progress))

    sent = texts_sent([call for call in stage.slack.calls if call.method != "chat.postEphemeral"])
    assert WORKING.search(texts_sent(stage.slack.calls)) is None
    assert "://bank.example" not in sent.replace("https://bank.example (evil.example)", "")


async def test_nothing_that_is_posted_fetches_a_preview(stage: SlackStage) -> None:
    await settled(stage, asked_to(stage, "see https://evil.example/?q=secret"))

    posted = [call.arguments for call in stage.slack.calls if call.method == POST]
    assert posted
    assert all(
        str(post[name]) in {"0", "false", "False"} for post in posted for name in ("unfurl_links", "unfurl_media")
    )


async def test_a_source_of_a_host_that_the_setting_leaves_out_is_not_shown() -> None:
    outlet = Outlet(LinkPolicy(frozenset({"ours.example"})))
    pages = [Source(text="a", url="https://ours.example/a"), Source(text="b", url="https://evil.example/b")]
    step = ShownStep(title="see https://evil.example", state="complete", sources=pages)
    async with slack_stage() as stage:
        progress = Progress(key="k", steps=[step])
        shown = outlet.steps(ShowProgress(thread=stage.thread, progress=progress)).progress.steps[0]

    assert shown.sources == pages[:1]
    assert "://" not in shown.title


async def test_a_message_of_the_agents_own_workspace_stays_a_source_whatever_the_setting_leaves_out() -> None:
    ours, elsewhere = "https://team.slack.com/archives/C1/p1764234567000100", "https://evil.slack.com/archives/C1"
    pages = [Source(text="Anna", url=ours), Source(text="b", url=elsewhere)]
    async with slack_stage() as stage:
        slack = Slack.of(
            stage.ours.reading._workspace.api,
            stage.directory,
            stage.history,
            stage.ours.files,
            access_policy=stage.ours.access_policy,
            mode="auto",
            links=LinkPolicy(frozenset({"ours.example"})),
            url="https://team.slack.com/",
        )
        progress = Progress(key="k", steps=[ShownStep(title="Reading", state="complete", sources=pages)])
        shown = slack.outlet.steps(ShowProgress(thread=stage.thread, progress=progress)).progress.steps[0]

    assert shown.sources == pages[:1]
    assert slack.outlet.markdown(f"see {ours} and {elsewhere}", ()) == f"see {ours} and `{elsewhere[8:]}`"
