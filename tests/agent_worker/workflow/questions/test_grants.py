"""Promises of what is always allowed: it runs without a question, and nothing else does."""

from __future__ import annotations

from temporalio.exceptions import ApplicationError

from agent_worker.contract.messages import TryAgain
from agent_worker.contract.names import TRY_AGAIN
from agent_worker.contract.questions import (
    GrantWish,
)
from agent_worker.conversation.questions import answers
from agent_worker.payloads.errors import GRANT_REFUSED
from agent_worker.payloads.questions import Approvers, FoundGrants
from tests.support.agent_worker.question_talk import (
    an_answer,
    asked,
    card,
    filing,
    give,
    item,
    results,
)
from tests.support.agent_worker.rehearsal import Rehearsal, text


async def test_a_call_that_is_always_allowed_runs_without_a_question(rehearsal: Rehearsal) -> None:
    rehearsal.cast.grants = FoundGrants(ids=["", "a grant"])
    talk = await asked(rehearsal, filing("A", "B"), text("Done."))

    assert rehearsal.cast.ran == ["file"]
    assert [one.does for one in card(rehearsal).items] == ["File A"]
    assert [one.arguments for one in rehearsal.cast.sought[0].calls] == [{"title": "A"}, {"title": "B"}]
    await give(talk, an_answer(rehearsal))
    await talk.answered(2)
    assert [(one.get("outcome"), one.get("by")) for one in results(rehearsal)] == [
        ("approved", "anna"),
        ("approved", None),
    ]


async def test_where_the_grants_cannot_be_read_people_are_asked(rehearsal: Rehearsal) -> None:
    rehearsal.cast.grants = ApplicationError("away")

    await asked(rehearsal, filing("A"))

    assert (rehearsal.cast.ran, item(rehearsal).outcome) == ([], "waiting")


async def test_allow_always_runs_the_call_and_keeps_the_grant_with_what_has_to_be_the_same(
    rehearsal: Rehearsal,
) -> None:
    talk = await asked(rehearsal, filing("A"), text("Filed."))

    wish = GrantWish(scope="channel", fixed=["title"], days=7)
    assert await give(talk, an_answer(rehearsal, item=0, grant=wish)) == ""

    await talk.answered(2)
    grant = rehearsal.cast.kept[0].grant
    assert (grant.tool, grant.pattern, grant.channel, grant.thread_ts, grant.by) == (
        "file",
        {"title": "A"},
        talk.thread.channel,
        "",
        "U1",
    )
    assert grant.until == grant.at + 7 * 24 * 60 * 60
    await rehearsal.until(lambda: item(rehearsal).ending == "done")
    assert (item(rehearsal).granted, rehearsal.cast.ran) == ("in this channel for 7 days", ["file"])


async def test_a_grant_that_cannot_be_kept_is_told_and_the_call_runs_all_the_same(rehearsal: Rehearsal) -> None:
    rehearsal.cast.keeping = ApplicationError("There are too many.", type=GRANT_REFUSED, non_retryable=True)
    talk = await asked(rehearsal, filing("A"), text("Filed."))

    await give(talk, an_answer(rehearsal, item=0, grant=GrantWish(scope="thread")))

    await talk.answered(2)
    await rehearsal.until(lambda: rehearsal.cast.told)
    assert (rehearsal.cast.told[0].text, rehearsal.cast.ran) == ("There are too many.", ["file"])


async def test_where_several_have_to_approve_nobody_alone_can_allow_it_always(rehearsal: Rehearsal) -> None:
    talk = await asked(rehearsal, filing("A", rule=Approvers(people=["U1", "U2"], needed=2)))

    told = await give(talk, an_answer(rehearsal, item=0, grant=GrantWish(scope="thread")))

    assert (told, rehearsal.cast.kept, item(rehearsal).may_be_granted) == (answers.CHANGED, [], False)


async def test_a_grant_that_is_not_kept_takes_nothing_from_another_one(rehearsal: Rehearsal) -> None:
    talk = await asked(rehearsal, filing("A", "B", "C"), text("Filed."))
    await give(talk, an_answer(rehearsal, item=0, id="first", grant=GrantWish(scope="thread")))
    await rehearsal.until(lambda: rehearsal.cast.kept)
    rehearsal.cast.keeping = ApplicationError("There are too many.", type=GRANT_REFUSED, non_retryable=True)

    await give(talk, an_answer(rehearsal, item=1, id="second", grant=GrantWish(scope="thread")))

    await rehearsal.until(lambda: rehearsal.cast.told)
    await rehearsal.until(lambda: item(rehearsal, 1).granted == "" and item(rehearsal, 1).ending == "done")
    assert item(rehearsal, 0).granted == "in this thread"


async def test_what_was_allowed_always_does_not_run_again_when_the_answer_is_tried_again(rehearsal: Rehearsal) -> None:
    rehearsal.cast.grants = FoundGrants(ids=["a grant"])
    rehearsal.cast.answers += [filing("A"), text("Filed."), text("Filed, again.")]
    talk = rehearsal.conversation()
    await talk.ask("1.0", "file it please")

    await talk.signal(TRY_AGAIN, TryAgain(turn=talk.answers[-1].turn, at="30.0", user="U1"))

    assert (await talk.answered(2))[-1] == "Filed, again."
    assert results(rehearsal) == [{"outcome": "approved", "output": "file"}]
