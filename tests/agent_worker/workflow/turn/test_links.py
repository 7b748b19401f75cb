"""Promises of links to messages in questions: read before the model is asked, and never the reason for no answer."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator

import pytest

from agent_worker.contract.messages import MessageChange, StopRequest
from agent_worker.contract.names import MESSAGE_CHANGED, STOP
from agent_worker.conversation.wording.linked import NOT_NOW, TOO_MANY
from agent_worker.payloads import errors
from agent_worker.payloads.activity_names import ActivityName
from agent_worker.payloads.links import LinkContents, LinksRead, ReadLinks
from agent_worker.payloads.thread import Author
from tests.agent_worker.workflow.test_life import replay
from tests.support.agent_worker.linked_questions import FIRST, SECOND, TOLD, at, edited, objects, said
from tests.support.agent_worker.rehearsal import Held, Rehearsal, Talk, calls, text


@pytest.fixture
async def rehearsal(temporal_address: str) -> AsyncIterator[Rehearsal]:
    async with Rehearsal(temporal_address, tells_surroundings=True) as rehearsal:
        yield rehearsal


@pytest.fixture
def talk(rehearsal: Rehearsal) -> Talk:
    return rehearsal.conversation(f"{time.time():.6f}")


async def test_what_a_link_leads_to_stands_behind_the_question_before_the_model_is_asked(
    rehearsal: Rehearsal, talk: Talk
) -> None:
    await talk.ask(at(talk, 0), f"summarize <{FIRST}>")

    (request,) = rehearsal.cast.links_asked
    assert ([link.url for link in request.links], request.askers) == ([FIRST], [Author(id="U1")])
    assert said(rehearsal.cast.read[0]) == [f"summarize {FIRST}", FIRST]
    await replay(await talk.handle.fetch_history())


async def test_people_see_what_was_read_with_its_page(rehearsal: Rehearsal, talk: Talk) -> None:
    await talk.ask(at(talk, 0), f"summarize <{FIRST}>")

    progress = talk.answers[0].progress
    assert progress is not None
    (step,) = progress.steps
    assert (step.title, step.state, step.sources[0].url) == ("A message in #plans", "complete", FIRST)
    assert rehearsal.cast.shown[0].progress.steps[0].state == "in_progress"


@pytest.mark.parametrize("words", ["hello", "see <https://example.com/archives/C2/p1700000000000001>"])
async def test_a_question_without_a_link_to_a_message_costs_nothing_for_it(
    rehearsal: Rehearsal, talk: Talk, words: str
) -> None:
    await talk.ask(at(talk, 0), words)

    history = await talk.handle.fetch_history()
    began = [event.activity_task_scheduled_event_attributes.activity_type.name for event in history.events]
    assert [name for name in began if name] == [
        *(ActivityName.OPEN_CONVERSATION, ActivityName.ASK_MODEL, ActivityName.DELIVER)
    ]


async def test_a_run_that_was_opened_before_links_were_read_reads_none(temporal_address: str) -> None:
    async with Rehearsal(temporal_address) as rehearsal:
        talk = rehearsal.conversation()
        await talk.ask("1.0", f"summarize <{FIRST}>")

        assert rehearsal.cast.links_asked == []


async def test_the_link_of_a_message_that_steers_is_read_and_the_prefix_stays(rehearsal: Rehearsal, talk: Talk) -> None:
    slow = Held({"output": "done"})
    rehearsal.cast.tools["slow"] = slow
    rehearsal.cast.answers += [calls("slow"), text("Done.")]
    await talk.say(at(talk, 0), "look it up")
    await slow.reached()
    await talk.say(at(talk, 1), f"and <{SECOND.replace('&', '&amp;')}>", "U2")
    slow.release()
    await talk.answered()

    (request,) = rehearsal.cast.links_asked
    assert request.askers == [Author(id="U2")]
    assert request.links[0].thread_ts == "1700000000.000001"
    assert said(rehearsal.cast.read[1])[-1] == SECOND
    before, after = (json.dumps(contents)[:-1] for contents in rehearsal.cast.read)
    assert after.startswith(before)


async def test_a_message_that_is_not_for_the_agent_is_read_without_its_links(temporal_address: str) -> None:
    async with Rehearsal(temporal_address, tells_surroundings=True, thread_replies="mention") as rehearsal:
        talk = rehearsal.conversation(f"{time.time():.6f}")
        await talk.say(at(talk, 0), f"ben, see <{FIRST}>", addressed=False)
        await talk.ask(at(talk, 1), "what do you think?")

        assert rehearsal.cast.links_asked == []
        assert said(rehearsal.cast.read[0]) == [f"ben, see {FIRST}", "what do you think?"]


async def test_an_edit_that_brings_a_link_has_it_read(rehearsal: Rehearsal, talk: Talk) -> None:
    thinking = Held(text("too early"))
    rehearsal.cast.answers += [thinking, text("Read.")]
    ts = at(talk, 0)
    await talk.say(ts, "summarize this")
    await thinking.reached()
    await talk.signal(MESSAGE_CHANGED, edited(talk, ts, f"summarize <{FIRST}>"))
    await talk.answered()

    assert talk.answers[0].text == "Read."
    assert said(rehearsal.cast.read[-1]) == [f"summarize {FIRST}", FIRST]


async def test_an_edit_that_keeps_the_link_keeps_what_was_read_and_one_that_drops_it_drops_both(
    rehearsal: Rehearsal, talk: Talk
) -> None:
    ts = at(talk, 0)
    await talk.ask(ts, f"summarize <{FIRST}>")
    await talk.signal(MESSAGE_CHANGED, edited(talk, ts, f"please summarize <{FIRST}>"))
    await talk.ask(at(talk, 100), "thanks")
    await talk.signal(MESSAGE_CHANGED, edited(talk, ts, "never mind", 160))
    await talk.ask(at(talk, 200), "bye")

    assert len(rehearsal.cast.links_asked) == 1
    assert said(rehearsal.cast.read[1])[:2] == [f"please summarize {FIRST}", FIRST]
    assert said(rehearsal.cast.read[2]) == ["never mind", "thanks", "bye"]


async def test_a_question_that_is_deleted_takes_along_what_its_link_led_to(rehearsal: Rehearsal, talk: Talk) -> None:
    ts = at(talk, 0)
    await talk.ask(ts, f"summarize <{FIRST}>")
    await talk.signal(MESSAGE_CHANGED, MessageChange(ts=ts, at=at(talk, 60), deleted=True, user="U1"))
    await talk.ask(at(talk, 100), "hello")

    assert FIRST not in json.dumps(rehearsal.cast.read[1])
    assert "what stands at" not in json.dumps(rehearsal.cast.read[1])


async def test_a_question_that_is_edited_while_its_link_is_read_is_asked_as_it_reads_then(
    rehearsal: Rehearsal, talk: Talk
) -> None:
    reading = Held(None)
    rehearsal.cast.linked = reading
    ts = at(talk, 0)
    await talk.say(ts, f"summarize <{FIRST}>")
    await reading.reached()
    await talk.signal(MESSAGE_CHANGED, edited(talk, ts, "what day is it?"))
    reading.release()
    await talk.answered()

    assert "what stands at" not in json.dumps(rehearsal.cast.read[-1])
    assert said(rehearsal.cast.read[-1]) == ["what day is it?"]


@pytest.mark.parametrize("ends", ["stopped", "deleted"])
async def test_a_question_that_ends_while_its_link_is_read_is_not_asked(
    rehearsal: Rehearsal, talk: Talk, ends: str
) -> None:
    reading = Held(None)
    rehearsal.cast.linked = reading
    ts = at(talk, 0)
    await talk.say(ts, f"summarize <{FIRST}>")
    await reading.reached()
    if ends == "stopped":
        await talk.signal(STOP, StopRequest(at=at(talk, 1), user="U1"))
    else:
        await talk.signal(MESSAGE_CHANGED, MessageChange(ts=ts, at=at(talk, 1), deleted=True, user="U1"))
    await rehearsal.until(lambda: rehearsal.cast.delivered)
    reading.release()

    assert rehearsal.cast.asked == []


async def test_a_link_that_cannot_be_read_is_told_and_the_question_is_answered(
    rehearsal: Rehearsal, talk: Talk
) -> None:
    rehearsal.cast.linked = errors.final(errors.SLACK_REFUSED, "no_permission")

    assert await talk.ask(at(talk, 0), f"summarize <{FIRST}>") == "yes"

    (line,) = [one for one in objects(rehearsal.cast.read[0]) if "link" in one]
    assert line == {"link": FIRST, "unreadable": NOT_NOW}
    assert talk.answers[0].progress is not None
    assert talk.answers[0].progress.steps[0].state == "error"


async def test_a_later_turn_claims_its_place_before_a_link_is_read(rehearsal: Rehearsal, talk: Talk) -> None:
    await talk.ask(at(talk, 0), "hello")
    await talk.ask(at(talk, 1), f"summarize <{FIRST}>")

    (request,) = rehearsal.cast.links_asked
    assert request.claim is not None
    assert request.claim.people == ["U1"]
    assert rehearsal.cast.asked[-1].claim is None


async def test_a_turn_without_a_place_in_the_quotas_reads_nothing(rehearsal: Rehearsal, talk: Talk) -> None:
    async def over(_: ReadLinks) -> LinksRead:
        return LinksRead(contents=[], over_quota=TOLD)

    await talk.ask(at(talk, 0), "hello")
    rehearsal.cast.linked = over
    answer = await talk.ask(at(talk, 1), f"summarize <{FIRST}>")

    assert "no more" in answer
    assert len(rehearsal.cast.asked) == 1


async def test_an_app_has_no_eyes(rehearsal: Rehearsal, talk: Talk) -> None:
    await talk.ask(at(talk, 0), f"summarize <{FIRST}>", user="B1", from_app=True)

    assert rehearsal.cast.links_asked[0].askers == []


async def test_of_many_links_the_first_are_handed_over_and_none_is_read_twice(rehearsal: Rehearsal, talk: Talk) -> None:
    links = " ".join(f"<https://duck.slack.com/archives/C2/p17000000000000{number:02}>" for number in range(40))
    other = LinkContents(url=FIRST, line=json.dumps({"link": "another one"}), title="A message")
    rehearsal.cast.linked = LinksRead(contents=[other] * 20)

    await talk.ask(at(talk, 0), links)

    (request,) = rehearsal.cast.links_asked
    assert len(request.links) == 10


async def test_the_links_of_a_few_messages_are_read_in_one_turn_and_the_model_is_told_of_the_others(
    rehearsal: Rehearsal, talk: Talk
) -> None:
    opening = Held(None)
    rehearsal.cast.opening = opening
    for number in range(7):
        await talk.say(at(talk, number), f"<https://duck.slack.com/archives/C2/p170000000000000{number}>")
    await opening.reached()
    opening.release()
    await talk.answered()

    assert len(rehearsal.cast.links_asked) == 5
    assert [one.get("unreadable") for one in objects(rehearsal.cast.read[-1]) if "link" in one][5:] == [TOO_MANY] * 2


async def test_a_link_that_an_edit_takes_out_and_another_one_brings_back_is_read_again(
    rehearsal: Rehearsal, talk: Talk
) -> None:
    thinking, again = Held(text("too early")), Held(text("too early again"))
    rehearsal.cast.answers += [thinking, again, text("Read.")]
    ts = at(talk, 0)
    await talk.say(ts, f"summarize <{FIRST}>")
    await thinking.reached()
    await talk.signal(MESSAGE_CHANGED, edited(talk, ts, "never mind"))
    await again.reached()
    await talk.signal(MESSAGE_CHANGED, edited(talk, ts, f"summarize <{FIRST}>", 80))
    await talk.answered()

    assert [len(request.links) for request in rehearsal.cast.links_asked] == [1, 1]
    assert said(rehearsal.cast.read[-1])[-2:] == [f"summarize {FIRST}", FIRST]


async def test_a_link_that_is_taken_out_and_brought_back_before_the_model_is_asked_is_read_again(
    rehearsal: Rehearsal, talk: Talk
) -> None:
    thinking = Held(text("too early"))
    rehearsal.cast.answers += [thinking, text("Read.")]
    ts = at(talk, 0)
    await talk.say(ts, f"summarize <{FIRST}>")
    await thinking.reached()
    await talk.signal(MESSAGE_CHANGED, edited(talk, ts, "never mind"))
    await talk.signal(MESSAGE_CHANGED, edited(talk, ts, f"summarize <{FIRST}>", 80))
    await talk.answered()

    assert said(rehearsal.cast.read[-1])[-2:] == [f"summarize {FIRST}", FIRST]
