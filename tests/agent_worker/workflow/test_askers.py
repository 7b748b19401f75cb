"""Promises of a conversation to those who ask: what its tools read, they read for all of them."""

from __future__ import annotations

from agent_worker.contract.messages import MessageChange, TryAgain
from agent_worker.contract.names import MESSAGE_CHANGED, TRY_AGAIN
from agent_worker.payloads.thread import Author
from tests.support.agent_worker.rehearsal import Held, Rehearsal, calls, text

ANNA, BEN = Author(id="U1"), Author(id="U2")


async def test_a_tool_call_is_told_who_asks_and_has_the_permission_to_search(temporal_address: str) -> None:
    async with Rehearsal(temporal_address) as rehearsal:
        talk, cast = rehearsal.conversation(), rehearsal.cast
        cast.answers += [calls("look_up"), text("Found."), text("Nothing to find.")]

        await talk.ask("1.0", action_token="1-token")
        await talk.ask("2.0", user="U2")

        assert [(run.askers, run.action_token) for run in cast.tool_runs] == [([ANNA], "1-token")]
        assert [asked.may_search for asked in cast.asked] == [True, True, True], "requests go on to begin the same"


async def test_two_people_who_ask_in_one_turn_both_ask_for_what_is_read_then(temporal_address: str) -> None:
    async with Rehearsal(temporal_address) as rehearsal:
        talk, cast = rehearsal.conversation(), rehearsal.cast
        looking_up = Held({"output": "found"})
        cast.tools["look_up"] = looking_up
        cast.answers += [calls("look_up"), calls("look_further"), text("Found.")]

        await talk.say("1.0", action_token="1-token")
        await looking_up.reached()
        await talk.say("1.5", "and for me?", "U2", action_token="2-token")
        looking_up.release()

        assert await talk.answered() == ["Found."]
        assert [(run.askers, run.action_token) for run in cast.tool_runs] == [
            ([ANNA], "1-token"),
            ([ANNA, BEN], "2-token"),
        ]


async def test_the_permission_to_search_that_only_the_second_event_of_a_mention_has_is_not_lost(
    temporal_address: str,
) -> None:
    async with Rehearsal(temporal_address) as rehearsal:
        talk, cast = rehearsal.conversation(), rehearsal.cast
        opening = Held(None)
        cast.opening = opening
        cast.answers += [calls("search"), text("Found.")]

        await talk.say("1.0")
        await opening.reached()
        await talk.say("1.0", action_token="1-token")
        opening.release()
        await talk.answered()

        assert (cast.asked[0].may_search, cast.tool_runs[0].action_token) == (True, "1-token")


async def test_who_may_not_talk_to_the_agent_asks_for_nothing(temporal_address: str) -> None:
    async with Rehearsal(temporal_address) as rehearsal:
        talk, cast = rehearsal.conversation(), rehearsal.cast
        cast.refused = {"U2": "You may not."}
        looking_up = Held({"output": "found"})
        cast.tools["look_up"] = looking_up
        cast.answers += [calls("look_up"), calls("look_further"), text("Found.")]

        await talk.say("1.0")
        await looking_up.reached()
        await talk.say("1.5", "search for me", "U2", action_token="2-token")
        looking_up.release()
        await talk.answered()

        assert [(run.askers, run.action_token) for run in cast.tool_runs] == [([ANNA], "")] * 2


async def test_who_takes_the_question_back_does_not_ask_any_more(temporal_address: str) -> None:
    async with Rehearsal(temporal_address) as rehearsal:
        talk, cast = rehearsal.conversation(), rehearsal.cast
        looking_up = Held({"output": "found"})
        cast.tools["look_up"] = looking_up
        cast.answers += [calls("look_up"), calls("look_further"), text("Found.")]

        await talk.say("1.0", action_token="1-token")
        await talk.say("1.5", "and for me?", "U2")
        await looking_up.reached()
        await talk.signal(MESSAGE_CHANGED, MessageChange(ts="1.0", at="1.7", deleted=True, user="U1"))
        looking_up.release()
        await talk.answered()

        assert (cast.tool_runs[-1].askers, cast.tool_runs[-1].action_token) == ([BEN], "")


async def test_an_answer_that_is_tried_again_is_for_the_person_who_wants_it(temporal_address: str) -> None:
    async with Rehearsal(temporal_address) as rehearsal:
        talk, cast = rehearsal.conversation(), rehearsal.cast
        cast.answers += [text("Perhaps."), calls("look_up"), text("Found.")]

        await talk.ask("1.0", action_token="1-token")
        await talk.click(TRY_AGAIN, TryAgain(turn="1.0", user="U2", at="1.5"))
        await talk.answered(2)

        assert [(run.askers, run.action_token) for run in cast.tool_runs] == [([BEN], "")]
