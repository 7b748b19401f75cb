"""Promises of forms: what a server asks before it goes on, people answer once, and the call gets the answers."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from agent_worker.contract.messages import StopRequest
from agent_worker.contract.names import STOP
from agent_worker.contract.questions import ANSWER_QUESTION, QUESTION_FORM, Answer, FormRequest
from agent_worker.conversation.questions import answers, inputs, outcomes
from agent_worker.payloads.inputs import InputAnswer, Inputs
from agent_worker.payloads.model import ModelReply, ToolCall
from agent_worker.payloads.questions import Approval, Approvers, CardForm, Choice
from tests.support.agent_worker.forms import COLOUR, COUNT, Script, form, page
from tests.support.agent_worker.question_talk import give, item, nothing_is_under_way, reply, results
from tests.support.agent_worker.rehearsal import SECOND, Held, Rehearsal, Talk, result_of, text
from tests.support.slackbot.conversations import eventually

RED_TWO = {"0.0": "0", "0.1": 2}
GIVEN = InputAnswer(key="first", digest="d:first", action="accept", content={"colour": "#f00", "how many": 2})


def buying(number: int = 0, **more: Any) -> ToolCall:
    return ToolCall(name="buy", args={}, id=f"{number}", title="shop: buy", **more)


async def asked(rehearsal: Rehearsal, tool: Any, *then: ModelReply, first: ModelReply | None = None) -> Talk:
    """A conversation in which the server of the tool `buy` has just asked something."""
    rehearsal.cast.tools["buy"] = tool
    rehearsal.cast.answers += [first or reply(buying()), *then]
    talk = rehearsal.conversation()
    await talk.say("1.0", "buy it please")
    await rehearsal.until(lambda: rehearsal.cast.cards)
    await eventually(lambda: nothing_is_under_way(talk))
    return talk


def has_version(rehearsal: Rehearsal, version: int) -> bool:
    return rehearsal.cast.cards[-1].card.version == version


def shown(rehearsal: Rehearsal, at: int = 0) -> CardForm:
    on_card = item(rehearsal, at).form
    assert on_card is not None
    return on_card


def an_answer(rehearsal: Rehearsal, decision: Any = "fill", user: str = "U1", **more: Any) -> Answer:
    card = rehearsal.cast.cards[-1].card
    given: dict[str, Any] = {"id": f"{user}:{decision}:{len(rehearsal.cast.cards)}", "version": card.version, "item": 0}
    if decision == "fill":
        given["arguments"] = RED_TWO
    return Answer(question=card.question, user=user, at="5.0", decision=decision, **given | more)


def given_to_server(rehearsal: Rehearsal) -> Inputs:
    inputs_given = rehearsal.cast.tool_runs[-1].inputs
    assert inputs_given is not None
    return inputs_given


# Filled in


async def test_what_is_filled_in_goes_to_the_server_with_its_state_and_the_answer_goes_on(rehearsal: Rehearsal) -> None:
    talk = await asked(rehearsal, Script(form(COLOUR, COUNT), {"output": "bought"}), text("Bought."))
    assert (shown(rehearsal).messages, shown(rehearsal).people) == (["Which ones?"], ["U1"])

    assert await give(talk, an_answer(rehearsal)) == ""

    assert (await talk.answered(2))[-1] == "Bought."
    assert given_to_server(rehearsal) == Inputs(state="s1", answers=[GIVEN])
    assert results(rehearsal) == [{"outcome": "answered", "by": "anna", "output": "bought"}]
    await rehearsal.until(lambda: item(rehearsal).ending == "done")


async def test_the_model_is_told_to_wait_and_never_what_was_filled_in(rehearsal: Rehearsal) -> None:
    talk = await asked(rehearsal, Script(form(COLOUR, COUNT), {"output": "bought"}), text("It is noon."), text("ok"))

    assert await talk.ask("2.0", "what time is it?", "U2") == "It is noon."
    assert results(rehearsal)[0]["note"] == outcomes.WAITING_FOR_INPUT
    await give(talk, an_answer(rehearsal))

    await talk.answered(3)
    assert "#f00" not in str(rehearsal.cast.read[-1])


async def test_the_form_has_the_fields_that_the_server_asks_for(rehearsal: Rehearsal) -> None:
    talk = await asked(rehearsal, Script(form(COLOUR, COUNT)))
    request = FormRequest(question=rehearsal.cast.cards[-1].card.question, version=1, item=0, user="U1")

    asked_form = await talk.handle.query(QUESTION_FORM, request)
    refused = await talk.handle.query(QUESTION_FORM, request.model_copy(update={"user": "U2"}))

    assert [(field["name"], field["kind"], field["label"], field["names"]) for field in asked_form["fields"]] == [
        ("0.0", "choice", "Colour", ["Red", "Blue"]),
        ("0.1", "whole_number", "How many", []),
    ]
    assert (asked_form["asks"], refused["refusal"]) == (["Which ones?"], "Only <@U1> can decide this.")


@pytest.mark.parametrize(
    ("filled", "told"),
    [
        ({"0.1": 2}, "Colour is missing."),
        ({"0.0": "7"}, "Colour has to be one of the options."),
        ({"0.0": "0", "0.1": 10}, "How many has to be at most 9."),
        ({"0.0": "0", "0.1": "x" * 20_000}, inputs.TOO_MUCH),
    ],
)
async def test_what_does_not_fit_is_refused_and_the_form_stays_open(
    rehearsal: Rehearsal, filled: dict[str, Any], told: str
) -> None:
    talk = await asked(rehearsal, Script(form(COLOUR, COUNT), {"output": "bought"}), text("Bought."))

    assert await give(talk, an_answer(rehearsal, arguments=filled)) == told

    assert await give(talk, an_answer(rehearsal, id="another")) == ""
    await talk.answered(2)


async def test_only_who_has_asked_may_answer(rehearsal: Rehearsal) -> None:
    talk = await asked(rehearsal, Script(form(COLOUR, COUNT)))

    assert await give(talk, an_answer(rehearsal, user="U2")) == "Only <@U1> can decide this."
    assert await give(talk, an_answer(rehearsal, "approve")) == answers.CHANGED

    assert rehearsal.cast.ran == ["buy"]


async def test_the_same_form_as_update_and_as_signal_counts_once(rehearsal: Rehearsal) -> None:
    tool = Script(form(COLOUR, COUNT), {"output": "bought"})
    talk = await asked(rehearsal, tool, text("Bought."))
    sent = an_answer(rehearsal)

    await give(talk, sent)
    await talk.signal(ANSWER_QUESTION, sent)
    await talk.answered(2)

    assert await talk.ask("9.0", "and now?") == "yes"
    assert (tool.calls, rehearsal.cast.told) == (2, [])


# Again and again


async def test_a_server_that_asks_more_gets_another_form_and_earlier_answers_are_kept(rehearsal: Rehearsal) -> None:
    tool = Script(form(COLOUR, COUNT), form(COUNT, key="second", state="s2"), {"output": "bought"})
    talk = await asked(rehearsal, tool, text("Bought."))

    await give(talk, an_answer(rehearsal))
    await rehearsal.until(lambda: rehearsal.cast.cards[-1].card.version == 3)
    assert item(rehearsal).outcome == "waiting"
    await give(talk, an_answer(rehearsal, arguments={"0.0": 3}))

    assert (await talk.answered(2))[-1] == "Bought."
    second = InputAnswer(key="second", digest="d:second", action="accept", content={"how many": 3})
    assert given_to_server(rehearsal) == Inputs(state="s2", answers=[second], kept=[GIVEN])


async def test_a_form_of_before_is_refused(rehearsal: Rehearsal) -> None:
    tool = Script(form(COLOUR, COUNT), form(COUNT, key="second"), {"output": "bought"})
    talk = await asked(rehearsal, tool)
    old = an_answer(rehearsal)
    await give(talk, old)
    await rehearsal.until(lambda: rehearsal.cast.cards[-1].card.version == 3)

    assert await give(talk, old.model_copy(update={"id": "again"})) == answers.CHANGED


async def test_a_server_that_never_stops_asking_is_given_up(rehearsal: Rehearsal) -> None:
    tool = Script(*(form(COLOUR, COUNT, key=f"{number}") for number in range(9)))
    talk = await asked(rehearsal, tool, text("It asks for ever."))

    for version in range(1, 2 * inputs.MOST_ROUNDS, 2):
        await rehearsal.until(partial(has_version, rehearsal, version))
        await give(talk, an_answer(rehearsal, id=f"{version}"))

    await talk.answered(2)
    assert results(rehearsal)[0]["error"] == inputs.NEVER_ENDS["error"]
    assert tool.calls == inputs.MOST_ROUNDS + 1


# Nobody answers


async def test_who_declines_has_the_server_told_so_and_the_model(rehearsal: Rehearsal) -> None:
    talk = await asked(rehearsal, Script(form(COLOUR, COUNT), {"output": "not bought"}), text("As you like."))

    await give(talk, an_answer(rehearsal, "reject", text="too dear"))

    assert (await talk.answered(2))[-1] == "As you like."
    assert [answer.action for answer in given_to_server(rehearsal).answers] == ["decline"]
    told = results(rehearsal)[0]
    assert (told["outcome"], told["reason"], told["then"]) == ("rejected", "too dear", {"output": "not bought"})


async def test_a_form_expires_and_the_server_hears_that_nobody_answers(rehearsal: Rehearsal) -> None:
    rule = Approvers(expires_seconds=3)
    first = reply(buying(approval=Approval(does="Buy it", verb="Buy", approvers=rule)))
    tool = Script(form(COLOUR), {"output": "not bought"})
    talk = await asked(rehearsal, tool, text("Nobody said anything."), first=first)

    await give(talk, an_answer(rehearsal, "approve"))

    assert (await talk.answered(2))[-1] == "Nobody said anything."
    assert [answer.action for answer in given_to_server(rehearsal).answers] == ["cancel"]
    assert results(rehearsal)[0]["outcome"] == "expired"


async def test_a_server_whose_call_has_ended_is_not_called_to_hear_that_nobody_answers(rehearsal: Rehearsal) -> None:
    tool = Script(form(COLOUR, begins_again=True))
    talk = await asked(rehearsal, tool, text("As you like."))

    await give(talk, an_answer(rehearsal, "reject"))

    await talk.answered(2)
    assert (tool.calls, results(rehearsal)[0]["outcome"]) == (1, "rejected")


async def test_after_a_stop_nothing_is_called_any_more(rehearsal: Rehearsal) -> None:
    tool = Script(form(COLOUR))
    talk = await asked(rehearsal, tool)

    await talk.signal(STOP, StopRequest(at="7.0", user="U1"))
    await rehearsal.until(lambda: item(rehearsal).outcome == "cancelled")

    await talk.ask("9.0", "and now?")
    assert (tool.calls, results(rehearsal)[0]["outcome"]) == (1, "cancelled")


# Pages


async def test_a_page_is_told_to_the_asker_and_never_stands_on_the_card(rehearsal: Rehearsal) -> None:
    talk = await asked(rehearsal, Script(page(), {"output": "paid"}), text("Paid."))
    request = FormRequest(question=rehearsal.cast.cards[-1].card.question, version=1, item=0, user="U1")

    told = await talk.handle.query(QUESTION_FORM, request)
    await give(talk, an_answer(rehearsal, "opened"))

    await talk.answered(2)
    assert told["links"] == [{"message": "Please pay.", "url": "https://pay.example/42", "host": "pay.example"}]
    assert given_to_server(rehearsal).answers == [InputAnswer(key="page", digest="d:page", action="accept")]
    assert not any("pay.example/42" in card.model_dump_json() for card in rehearsal.cast.cards)


# Beside other questions


async def test_an_approved_call_may_ask_and_only_the_asker_answers_then(rehearsal: Rehearsal) -> None:
    rule = Approvers(people=["U2"])
    first = reply(buying(approval=Approval(does="Buy it", verb="Buy", approvers=rule)))
    talk = await asked(rehearsal, Script(form(COLOUR, COUNT), {"output": "bought"}), text("Bought."), first=first)

    await give(talk, an_answer(rehearsal, "approve", user="U2"))
    await rehearsal.until(lambda: item(rehearsal).form)
    await give(talk, an_answer(rehearsal))

    assert (await talk.answered(2))[-1] == "Bought."
    assert results(rehearsal)[0]["outcome"] == "answered"


async def test_a_form_that_comes_while_the_conversation_is_idle_keeps_it_open(temporal_address: str) -> None:
    async with Rehearsal(temporal_address, agent_idle_days=1 * SECOND) as rehearsal:
        held = Held(form(COLOUR, COUNT))
        first = reply(buying(approval=Approval(does="Buy it", verb="Buy")))
        talk = await asked(rehearsal, held, text("Bought."), first=first)
        await give(talk, an_answer(rehearsal, "approve"))
        await held.reached()
        pilot = rehearsal.conversation()
        await pilot.ask("1.0")
        await result_of(pilot.handle)  # one without a question has closed
        held.release()
        await rehearsal.until(lambda: item(rehearsal).form)
        rehearsal.cast.tools["buy"] = {"output": "bought"}
        rehearsal.cast.answers.append(text("Bought."))

        await give(talk, an_answer(rehearsal))

        await talk.answered(2)


async def test_approving_everything_answers_no_form(rehearsal: Rehearsal) -> None:
    rehearsal.cast.tools["file"] = {"output": "filed"}
    filing = ToolCall(name="file", args={}, id="9", title="Filing", approval=Approval(does="File it", verb="File"))
    talk = await asked(rehearsal, Script(form(COLOUR)), first=reply(buying(), filing))
    assert [one.form is not None for one in rehearsal.cast.cards[-1].card.items] == [False, True]

    assert await give(talk, an_answer(rehearsal, "approve", item=None)) == ""

    await rehearsal.until(lambda: item(rehearsal).ending == "done")
    assert item(rehearsal, 1).outcome == "waiting"


async def test_beside_a_question_of_the_model_a_server_cannot_ask(rehearsal: Rehearsal) -> None:
    wondering = ToolCall(name="ask_person", args={}, id="9", title="Asking", choice=Choice(asks="Which one?"))
    await asked(rehearsal, Script(form(COLOUR)), first=reply(wondering, buying()))

    assert [one.form for one in rehearsal.cast.cards[-1].card.items] == [None]


async def test_a_form_survives_a_new_run(rehearsal: Rehearsal) -> None:
    talk = await asked(rehearsal, Script(form(COLOUR, COUNT), {"output": "bought"}))
    first = (await talk.handle.describe()).run_id
    big = "x" * 200_000
    for number in range(2, 40):
        rehearsal.cast.answers.appendleft(text("ok"))
        await talk.ask(f"{number}.0", big)
        if (await talk.handle.describe()).run_id != first:
            break
    assert (await talk.handle.describe()).run_id != first

    await give(talk, an_answer(rehearsal))

    await rehearsal.until(lambda: item(rehearsal).ending == "done")
    assert given_to_server(rehearsal).answers == [GIVEN]
