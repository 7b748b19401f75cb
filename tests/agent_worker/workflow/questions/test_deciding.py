"""Promises of approvals: what people approve runs once and as decided, and nothing else runs."""

from __future__ import annotations

from typing import Any

import pytest

from agent_worker.contract.questions import (
    ANSWER_QUESTION,
    IN_A_MOMENT,
    QUESTION_FORM,
    SETTLED,
    FormRequest,
    GrantWish,
)
from agent_worker.conversation.questions import answers
from agent_worker.payloads.questions import Approvers
from agent_worker.workflow.questions.questions import NOBODY_MAY
from tests.support.agent_worker.forms import COLOUR, Script, form
from tests.support.agent_worker.question_talk import (
    an_answer,
    asked,
    card,
    filing,
    give,
    item,
    results,
    wondering,
)
from tests.support.agent_worker.rehearsal import Held, Rehearsal, text


async def test_a_call_runs_only_when_it_was_approved_and_the_answer_goes_on_from_its_result(
    rehearsal: Rehearsal,
) -> None:
    talk = await asked(rehearsal, filing("A"), text("Filed."))
    assert rehearsal.cast.ran == []

    assert await give(talk, an_answer(rehearsal)) == ""

    assert (await talk.answered(2))[-1] == "Filed."
    assert rehearsal.cast.ran == ["file"]
    assert results(rehearsal) == [{"outcome": "approved", "by": "anna", "output": "file"}]
    await rehearsal.until(lambda: item(rehearsal).ending == "done")
    assert (item(rehearsal).outcome, item(rehearsal).by) == ("approved", "U1")


async def test_calls_that_nobody_is_asked_about_run_at_once(rehearsal: Rehearsal) -> None:
    talk = await asked(rehearsal, filing("A", beside=("look",)), text("Done."))
    assert rehearsal.cast.ran == ["look"]

    await give(talk, an_answer(rehearsal))

    await talk.answered(2)
    assert [one.get("output") for one in results(rehearsal)] == ["file", "look"]


async def test_a_rejection_reaches_the_model_with_its_reason_and_nothing_runs(rehearsal: Rehearsal) -> None:
    talk = await asked(rehearsal, filing("A"), text("As you like."))

    await give(talk, an_answer(rehearsal, "reject", text="not today"))

    assert (await talk.answered(2))[-1] == "As you like."
    told = results(rehearsal)[0]
    assert (told["outcome"], told["reason"], told["by"]) == ("rejected", "not today", "anna")
    assert rehearsal.cast.ran == []


async def test_an_edited_call_runs_as_edited_and_the_card_and_the_model_say_so(rehearsal: Rehearsal) -> None:
    rehearsal.cast.tools["file"] = given = Held({"output": "ok"})
    talk = await asked(rehearsal, filing("A"), text("Filed."))

    await give(talk, an_answer(rehearsal, item=0, arguments={"title": "B", "urgent": True}))
    await given.reached()
    given.release()

    await talk.answered(2)
    assert results(rehearsal)[0]["edited"] == {"title": "B", "urgent": True}
    await rehearsal.until(lambda: item(rehearsal).ending == "done")
    assert item(rehearsal).arguments == [("title", "B"), ("urgent", "true")]
    assert item(rehearsal).is_edited


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"title": "x" * 21}, "title (its length) has to be at most 20."),
        ({"title": 1}, "title has to be a text."),
        ({"urgent": True}, "title is missing."),
        ({"title": "B", "more": 1}, "more is no argument of this call."),
    ],
)
async def test_arguments_that_do_not_fit_are_refused_and_the_question_stays_open(
    rehearsal: Rehearsal, arguments: dict[str, Any], told: str
) -> None:
    talk = await asked(rehearsal, filing("A"), text("Filed."))

    assert await give(talk, an_answer(rehearsal, item=0, arguments=arguments)) == told

    assert await give(talk, an_answer(rehearsal, id="another")) == ""
    await talk.answered(2)
    assert "edited" not in results(rehearsal)[0]


async def test_several_calls_are_decided_one_by_one_and_each_runs_as_soon_as_it_is_approved(
    rehearsal: Rehearsal,
) -> None:
    talk = await asked(rehearsal, filing("A", "B", "C"), text("Done."))

    await give(talk, an_answer(rehearsal, item=1))
    await rehearsal.until(lambda: item(rehearsal, 1).ending == "done")
    await give(talk, an_answer(rehearsal, "reject", item=0))
    await give(talk, an_answer(rehearsal, id="the rest"))

    await talk.answered(2)
    assert [one["outcome"] for one in results(rehearsal)] == ["rejected", "approved", "approved"]
    assert rehearsal.cast.ran == ["file", "file"]


async def test_only_those_who_may_decide_and_others_are_told_who_may(rehearsal: Rehearsal) -> None:
    talk = await asked(rehearsal, filing("A"), text("Filed."))

    assert await give(talk, an_answer(rehearsal, user="U2")) == "Only <@U1> can decide this."

    assert (rehearsal.cast.ran, item(rehearsal).outcome) == ([], "waiting")


async def test_where_somebody_else_has_to_decide_the_asker_may_not(rehearsal: Rehearsal) -> None:
    rule = Approvers(people=["asker", "U2"], not_the_asker=True)
    talk = await asked(rehearsal, filing("A", rule=rule), text("Filed."))

    assert await give(talk, an_answer(rehearsal)) == answers.NOT_THE_ASKER
    assert await give(talk, an_answer(rehearsal, user="U2")) == IN_A_MOMENT  # nobody knew yet whether U2 may

    await talk.answered(2)
    assert rehearsal.cast.ran == ["file"]


async def test_two_of_three_have_to_approve_and_the_same_person_counts_once(rehearsal: Rehearsal) -> None:
    rule = Approvers(people=["U1", "U2", "U3"], needed=2)
    talk = await asked(rehearsal, filing("A", rule=rule), text("Filed."))

    await give(talk, an_answer(rehearsal))
    await rehearsal.until(lambda: item(rehearsal).approved_by == ["U1"])
    assert (await give(talk, an_answer(rehearsal, id="again"))).startswith("You have approved this already.")
    assert rehearsal.cast.ran == []
    await give(talk, an_answer(rehearsal, user="U3"))

    await talk.answered(2)
    assert rehearsal.cast.ran == ["file"]


async def test_who_has_approved_other_arguments_has_not_approved_these(rehearsal: Rehearsal) -> None:
    rule = Approvers(people=["U1", "U2"], needed=2)
    talk = await asked(rehearsal, filing("A", rule=rule), text("Filed."))
    old = an_answer(rehearsal, user="U1")
    await give(talk, old)
    await give(talk, an_answer(rehearsal, user="U2", item=0, arguments={"title": "B"}))
    await rehearsal.until(lambda: card(rehearsal).version == 2)

    assert await give(talk, old.model_copy(update={"id": "an old card"})) == answers.CHANGED

    assert (item(rehearsal).approved_by, rehearsal.cast.ran) == (["U2"], [])
    await give(talk, an_answer(rehearsal))
    await talk.answered(2)
    assert results(rehearsal)[0]["edited"] == {"title": "B"}


async def test_whoever_is_in_the_user_group_at_that_moment_may_decide(rehearsal: Rehearsal) -> None:
    rehearsal.cast.members["S1"] = ["U2"]
    talk = await asked(rehearsal, filing("A", rule=Approvers(people=["S1"])), text("Filed."))
    rehearsal.cast.members["S1"] = ["U3"]

    await give(talk, an_answer(rehearsal, user="U2"))
    await rehearsal.until(lambda: rehearsal.cast.told)
    assert [(one.user, one.text) for one in rehearsal.cast.told] == [("U2", "Only <@U3> can decide this.")]
    assert await give(talk, an_answer(rehearsal, user="U3")) == IN_A_MOMENT

    await talk.answered(2)
    assert (rehearsal.cast.ran, item(rehearsal).by) == (["file"], "U3")


async def test_a_question_that_nobody_can_decide_is_called_off(rehearsal: Rehearsal) -> None:
    rehearsal.cast.answers += [filing("A", rule=Approvers(people=["S1"])), text("Nobody could be asked.")]
    talk = rehearsal.conversation()

    await talk.say("1.0", "file it please")

    assert (await talk.answered(2))[-1] == "Nobody could be asked."
    assert (results(rehearsal)[0]["reason"], rehearsal.cast.ran) == (NOBODY_MAY, [])


async def test_the_same_press_counts_once_however_often_slack_delivers_it(rehearsal: Rehearsal) -> None:
    talk = await asked(rehearsal, filing("A"), text("Filed."))
    press = an_answer(rehearsal)

    await give(talk, press)
    await talk.signal(ANSWER_QUESTION, press)
    await talk.answered(2)
    assert await give(talk, press) == ""  # Slack sends a click again, long after the question was settled
    await talk.signal(ANSWER_QUESTION, press)

    assert await talk.ask("9.0", "and now?") == "yes"
    assert (rehearsal.cast.ran, rehearsal.cast.told) == (["file"], [])


async def test_a_second_press_is_told_that_it_is_decided(rehearsal: Rehearsal) -> None:
    rehearsal.cast.tools["file"] = running = Held({"output": "ok"})
    talk = await asked(rehearsal, filing("A"), text("Filed."))
    await give(talk, an_answer(rehearsal))
    await running.reached()

    assert await give(talk, an_answer(rehearsal, "reject", id="too late")) == answers.DECIDED

    running.release()
    await talk.answered(2)
    assert await give(talk, an_answer(rehearsal, id="weeks later")) == SETTLED
    assert rehearsal.cast.ran == ["file"]


async def test_an_answer_that_is_kept_while_no_worker_runs_takes_effect_and_one_that_does_not_count_is_told(
    rehearsal: Rehearsal,
) -> None:
    talk = await asked(rehearsal, filing("A"), text("Filed."))
    await rehearsal.leave()
    await talk.signal(ANSWER_QUESTION, an_answer(rehearsal, user="U2", id="not allowed"))
    await talk.signal(ANSWER_QUESTION, an_answer(rehearsal))
    await rehearsal.come_back()

    assert (await talk.answered(2))[-1] == "Filed."
    await rehearsal.until(lambda: rehearsal.cast.told)
    assert [(one.user, one.text) for one in rehearsal.cast.told] == [("U2", "Only <@U1> can decide this.")]
    assert rehearsal.cast.ran == ["file"]


async def test_a_person_who_may_not_talk_to_the_agent_any_more_is_never_told_that_the_press_counts(
    rehearsal: Rehearsal,
) -> None:
    rule = Approvers(people=["U1", "U2"])
    talk = await asked(rehearsal, filing("A", rule=rule), text("Filed."))
    rehearsal.cast.refused["U2"] = "Guests may not use me."

    first = await give(talk, an_answer(rehearsal, user="U2", id="first"))
    await rehearsal.until(lambda: rehearsal.cast.told)
    second = await give(talk, an_answer(rehearsal, user="U2", id="second"))

    assert (first, second) == (IN_A_MOMENT, "Guests may not use me.")
    assert rehearsal.cast.ran == []


async def test_with_an_answer_of_two_kinds_nothing_happens(rehearsal: Rehearsal) -> None:
    talk = await asked(rehearsal, filing("A"), text("Filed."))

    wish = GrantWish(scope="thread", fixed=["no such"])
    both = an_answer(rehearsal, item=0, arguments={"title": "B"}, grant=wish)
    await talk.signal(ANSWER_QUESTION, both)

    await rehearsal.until(lambda: rehearsal.cast.told)
    assert (rehearsal.cast.ran, rehearsal.cast.kept) == ([], [])


@pytest.mark.parametrize("fixed", [[], ["no such"]])
async def test_an_answer_to_what_the_model_asks_allows_nothing_for_ever(rehearsal: Rehearsal, fixed: list[str]) -> None:
    talk = await asked(rehearsal, wondering("Which one?", "red", "blue"), text("Blue."))
    wish = GrantWish(scope="channel", fixed=fixed)

    told = await give(talk, an_answer(rehearsal, "choose", option=1, grant=wish))

    assert told == answers.CHANGED
    await give(talk, an_answer(rehearsal, "choose", option=1, id="another"))
    await talk.answered(2)
    assert rehearsal.cast.kept == []


async def test_what_is_filled_in_for_a_server_allows_nothing_for_ever(rehearsal: Rehearsal) -> None:
    rehearsal.cast.tools["file"] = Script(form(COLOUR), {"output": "ok"})
    talk = await asked(rehearsal, filing("A"), text("Filed."))
    await give(talk, an_answer(rehearsal))
    await rehearsal.until(lambda: item(rehearsal).form is not None)

    wish = GrantWish(scope="channel", fixed=[])
    told = await give(talk, an_answer(rehearsal, "fill", item=0, arguments={"0.0": "0"}, grant=wish))

    assert (told, rehearsal.cast.kept) == (answers.CHANGED, [])


async def test_the_form_shows_the_arguments_to_those_who_may_decide(rehearsal: Rehearsal) -> None:
    talk = await asked(rehearsal, filing("A"))
    request = FormRequest(question=card(rehearsal).question, version=1, item=0, user="U1")

    form = await talk.handle.query(QUESTION_FORM, request)
    refused = await talk.handle.query(QUESTION_FORM, request.model_copy(update={"user": "U2"}))

    assert [(field["name"], field["kind"], field["value"]) for field in form["fields"]] == [
        ("title", "text", "A"),
        ("urgent", "yes_or_no", ""),
    ]
    assert refused["refusal"] == "Only <@U1> can decide this."
