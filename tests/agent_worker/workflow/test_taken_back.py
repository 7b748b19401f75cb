"""Promises to people who take their words back: whenever they do, the model does not get these words again."""

from __future__ import annotations

import pytest

from agent_worker.contract.messages import MessageChange, TryAgain
from agent_worker.contract.names import MEMO_TITLE, MESSAGE_CHANGED, TRY_AGAIN
from agent_worker.conversation.transcript.taken_back import LEFT_OUT
from agent_worker.payloads.model import ModelReply
from tests.support.agent_worker.rehearsal import Held, Rehearsal, Talk, calls, lines, text

SECRET = "hunter2"
ECHO = text(f"Your password is {SECRET}.")


def deletion(ts: str, at: str = "9.0") -> MessageChange:
    return MessageChange(ts=ts, at=at, deleted=True, user="U1")


def edit(ts: str, said: str, at: str = "9.0", **more: str) -> MessageChange:
    return MessageChange(ts=ts, at=at, text=said, **{"user": "U1", **more})


async def change(talk: Talk, what: MessageChange) -> None:
    await talk.signal(MESSAGE_CHANGED, what)


def given(rehearsal: Rehearsal) -> list[str]:
    """What the last model call was given."""
    return lines(rehearsal.cast.read[-1])


async def test_a_question_that_is_deleted_after_the_answer_is_gone_with_all_that_was_said_since(
    rehearsal: Rehearsal,
) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0", "hello")
    rehearsal.cast.answers += [ECHO, text("It ends with a 2.")]
    await talk.ask("2.0", f"my password is {SECRET}")
    await talk.ask("3.0", "how does it end?", "U2")

    await change(talk, deletion("2.0"))
    await talk.ask("4.0", "what is my password?")

    assert given(rehearsal) == [
        "anna: hello",
        "yes",
        "ben: how does it end?",
        LEFT_OUT,
        "anna: what is my password?",
    ]


async def test_a_question_that_is_edited_after_the_answer_reads_as_if_it_had_never_been_otherwise(
    rehearsal: Rehearsal,
) -> None:
    talk = rehearsal.conversation()
    rehearsal.cast.answers += [calls("find"), ECHO]
    rehearsal.cast.tools["find"] = {"output": SECRET}
    await talk.ask("1.0", f"my password is {SECRET}")

    await change(talk, edit("1.0", "my password is a secret"))
    await talk.ask("2.0", "what is it?")

    assert given(rehearsal) == ["anna: my password is a secret", LEFT_OUT, "anna: what is it?"]
    assert SECRET not in str(rehearsal.cast.read[-1])


async def test_try_again_answers_the_question_as_it_reads_now(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0", "tell me about dogs")

    await change(talk, edit("1.0", "tell me about cats"))
    await talk.signal(TRY_AGAIN, TryAgain(turn="1.0", user="U1", at="9.5"))
    await talk.answered(times=2)

    assert given(rehearsal) == ["anna: tell me about cats"]


async def test_a_deleted_question_cannot_be_tried_again(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0", f"my password is {SECRET}")

    await change(talk, deletion("1.0"))
    await talk.signal(TRY_AGAIN, TryAgain(turn="1.0", user="U1", at="9.5"))
    await rehearsal.until(lambda: rehearsal.cast.told)

    assert len(rehearsal.cast.asked) == 1


async def test_a_question_that_is_deleted_while_it_is_tried_again_is_not_answered(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0", f"my password is {SECRET}")
    held = Held(text("never said"))
    rehearsal.cast.answers.append(held)
    await talk.signal(TRY_AGAIN, TryAgain(turn="1.0", user="U1", at="8.0"))
    await held.reached()

    await change(talk, deletion("1.0"))
    await talk.answered(times=2)

    assert talk.answers[-1].withdrawn
    await talk.ask("10.0", "hello")
    assert given(rehearsal) == ["anna: hello"]


async def test_what_is_taken_back_while_another_question_is_answered_is_gone_from_that_model_call(
    rehearsal: Rehearsal,
) -> None:
    talk = rehearsal.conversation()
    rehearsal.cast.answers.append(ECHO)
    await talk.ask("1.0", f"my password is {SECRET}")
    held = Held(ECHO)
    rehearsal.cast.answers.append(held)
    await talk.say("2.0", "what is it?", "U2")
    await held.reached()

    await change(talk, deletion("1.0"))

    assert (await talk.answered(times=2))[-1] == "yes"
    assert given(rehearsal) == ["ben: what is it?"]


async def test_a_tool_call_that_knew_the_words_is_not_made_again_and_is_forgotten_with_its_turn(
    rehearsal: Rehearsal,
) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0", f"my password is {SECRET}")
    held = Held({"output": SECRET})
    rehearsal.cast.tools["log_in"] = held
    rehearsal.cast.answers += [calls("log_in"), ECHO]
    await talk.say("2.0", "log in", "U2")
    await held.reached()

    await change(talk, deletion("1.0"))
    held.release()
    await talk.answered(times=2)
    await talk.ask("10.0", "what is it?")

    assert rehearsal.cast.ran == ["log_in"]
    assert given(rehearsal) == ["ben: log in", LEFT_OUT, "anna: what is it?"]
    assert SECRET not in str(rehearsal.cast.read[-1])


async def test_what_is_taken_back_while_its_answer_is_delivered_is_gone_after_it(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    rehearsal.cast.delivering = held = Held(None)
    rehearsal.cast.answers.append(ECHO)
    await talk.say("1.0", f"my password is {SECRET}")
    await held.reached()

    await change(talk, edit("1.0", "my password is a secret"))
    held.release()
    await talk.answered()
    await talk.ask("10.0", "what is it?")

    assert given(rehearsal) == ["anna: my password is a secret", LEFT_OUT, "anna: what is it?"]


async def test_of_the_changes_to_a_message_the_newest_counts_in_whatever_order_they_arrive(
    rehearsal: Rehearsal,
) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0", "one")

    for what in (edit("1.0", "three", "9.3"), edit("1.0", "two", "9.2"), edit("1.0", "three", "9.3")):
        await change(talk, what)
    await talk.ask("10.0", "next")
    assert given(rehearsal)[0] == "anna: three"

    await change(talk, deletion("1.0", "10.5"))
    await change(talk, edit("1.0", "four", "10.4"))
    await change(talk, edit("1.0", "five", "10.6"))
    await talk.ask("11.0", "last")
    assert given(rehearsal) == ["anna: next", LEFT_OUT, "anna: last"]


@pytest.mark.parametrize("waiting", [True, False], ids=["while it waits", "before it arrives"])
async def test_the_newest_edit_counts_before_a_turn_takes_the_message_up_too(
    rehearsal: Rehearsal, *, waiting: bool
) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0", "hello")
    await rehearsal.leave()

    if waiting:
        await talk.say("2.0", "one")
    await change(talk, edit("2.0", "three", "9.3"))
    await change(talk, edit("2.0", "two", "9.2"))
    if not waiting:
        await talk.say("2.0", "one")
    await rehearsal.come_back()
    await talk.answered(times=2)

    assert given(rehearsal)[-1] == "anna: three"


async def test_a_summary_is_made_anew_without_what_was_taken_back(temporal_address: str) -> None:
    async with Rehearsal(temporal_address, agent_context_tokens=1_000) as rehearsal:
        talk = rehearsal.conversation()
        rehearsal.cast.summary = f"Anna's password is {SECRET}, and her dog is called Rex."
        rehearsal.cast.answers += [ECHO, text("A fine name."), text("Yes.", tokens=2_000)]
        await talk.ask("1.0", f"my password is {SECRET}")
        await talk.ask("2.0", "my dog is called Rex")
        await talk.ask("3.0", "is that short?")
        await rehearsal.until(lambda: rehearsal.cast.summarised)
        await talk.ask("4.0", "hello")
        assert SECRET in given(rehearsal)[0]

        await change(talk, deletion("1.0"))
        rehearsal.cast.answers.append(text("Rex.", tokens=2_000))
        rehearsal.cast.summary = "Anna's dog is called Rex."
        await talk.ask("5.0", "what is my dog called?")
        assert SECRET not in str(rehearsal.cast.read[-1])
        assert "anna: my dog is called Rex" in given(rehearsal)

        await rehearsal.until(lambda: len(rehearsal.cast.summarised) > 1)
        await talk.ask("6.0", "thanks")
        assert "Anna's dog is called Rex." in given(rehearsal)[0]


async def test_what_is_taken_back_while_it_is_summarised_is_not_in_the_summary(temporal_address: str) -> None:
    async with Rehearsal(temporal_address, agent_context_tokens=1_000) as rehearsal:
        talk = rehearsal.conversation()
        rehearsal.cast.summary = held = Held(f"Anna's password is {SECRET}.")
        rehearsal.cast.answers += [ECHO, text("Yes.", tokens=2_000)]
        await talk.ask("1.0", f"my password is {SECRET}")
        await talk.ask("2.0", "is that safe?")
        await held.reached()

        rehearsal.cast.summary = "They talked about safety."
        await change(talk, deletion("1.0"))
        await talk.ask("3.0", "what is it?")

        assert SECRET not in str(rehearsal.cast.read[-1])


async def test_a_title_made_of_words_that_were_taken_back_is_gone_and_a_new_one_is_made(temporal_address: str) -> None:
    async with Rehearsal(temporal_address, agent_titles="model") as rehearsal:
        talk = rehearsal.conversation()
        rehearsal.cast.answers.append(titled(f"Password {SECRET}"))
        await talk.ask("1.0", f"my password is {SECRET}")
        assert (await (await talk.handle.describe()).memo())[MEMO_TITLE] == f"Password {SECRET}"

        await change(talk, deletion("1.0"))
        await talk.ask("2.0", "hello", "U2")

        assert rehearsal.cast.asked[-1].untitled == "hello"
        assert (await (await talk.handle.describe()).memo())[MEMO_TITLE] == ""


def titled(title: str) -> ModelReply:
    return text("yes").model_copy(update={"title": title})


async def test_a_quotation_of_a_message_goes_with_the_message(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0", "hello")
    quotation = {"author_id": "U2", "text": f"my password is {SECRET}", "ts": "0.5"}
    await talk.ask("2.0", "look at this", attachments=[quotation, {"text": "and this"}])
    assert SECRET in str(rehearsal.cast.read[-1])

    await change(talk, MessageChange(ts="0.5", at="9.0", deleted=True, user="U2"))
    await talk.ask("10.0", "what is it?")

    assert SECRET not in str(rehearsal.cast.read[-1])
    assert "anna: look at this\nand this" in given(rehearsal)


async def test_a_message_that_was_deleted_is_not_answered_because_an_edit_before_had_addressed_it(
    temporal_address: str,
) -> None:
    async with Rehearsal(temporal_address, thread_replies="mention") as rehearsal:
        talk = rehearsal.conversation()
        await talk.ask("1.0", "hello")
        await talk.say("2.0", f"my password is {SECRET}", "U2", addressed=False)
        await change(talk, deletion("2.0"))
        await talk.say("2.0", f"<@UBOT> my password is {SECRET}", "U2", addressed_at="3.0")
        await talk.ask("4.0", "what is it?")

        assert len(talk.answers) == 2
        assert SECRET not in str(rehearsal.cast.read[-1])


async def test_an_edit_that_has_addressed_a_message_does_not_bring_back_words_that_a_newer_edit_took_away(
    temporal_address: str,
) -> None:
    async with Rehearsal(temporal_address, thread_replies="mention") as rehearsal:
        talk = rehearsal.conversation()
        await talk.ask("1.0", "hello")
        await talk.say("2.0", "wait", "U2", addressed=False)
        await change(talk, edit("2.0", "never mind", "4.0", user="U2"))
        await talk.say("2.0", f"<@UBOT> my password is {SECRET}", "U2", addressed_at="3.0")
        await talk.ask("5.0", "what is it?")

        assert len(talk.answers) == 2
        assert given(rehearsal)[-2:] == ["ben: never mind", "anna: what is it?"]


def quoting(ts: str) -> dict[str, object]:
    return {"author_id": "U2", "text": f"my password is {SECRET}", "ts": ts}


async def test_what_a_waiting_question_quotes_is_gone_if_it_is_deleted_before_the_model_has_read_it(
    rehearsal: Rehearsal,
) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0", "hello")
    await rehearsal.leave()
    await talk.say("2.0", "look at this", attachments=[quoting("0.5"), {"text": "and this"}])
    await talk.say("2.1", "explain this message", attachments=[quoting("0.5")], unseen=True)
    await change(talk, deletion("0.5"))
    await rehearsal.come_back()
    await talk.answered(times=2)

    assert SECRET not in str(rehearsal.cast.read[-1])
    assert "anna: look at this\nand this" in given(rehearsal)


async def test_what_a_question_quotes_is_gone_if_it_is_edited_while_names_are_looked_up(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    opening = rehearsal.cast.opening = Held(rehearsal.cast.opened)
    await talk.say("2.0", "look at this", attachments=[quoting("0.5")])
    await opening.reached()
    await change(talk, edit("0.5", "my password is a secret", user="U2"))
    opening.release()
    await talk.answered()

    assert SECRET not in str(rehearsal.cast.read[-1])


@pytest.mark.parametrize("change_it", [deletion("0.5"), edit("0.5", "nothing", "2.5")])
async def test_neither_a_late_quotation_nor_the_edit_of_an_old_one_brings_back_what_was_taken_back(
    rehearsal: Rehearsal, change_it: MessageChange
) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0", "hello")
    await talk.ask("2.0", "look at this", attachments=[quoting("0.5")])
    await change(talk, change_it)
    await change(talk, edit("2.0", "look at this!", "10.0").model_copy(update={"attachments": [quoting("0.5")]}))
    await talk.ask("2.2", "explain this message", attachments=[quoting("0.5")], unseen=True)

    assert SECRET not in str(rehearsal.cast.read[-1])
    assert "anna: look at this!" in given(rehearsal)


async def test_a_title_made_of_what_a_question_quotes_goes_with_the_quotation(temporal_address: str) -> None:
    async with Rehearsal(temporal_address, agent_titles="model") as rehearsal:
        talk = rehearsal.conversation()
        rehearsal.cast.answers.append(titled(f"Password {SECRET}"))
        await talk.ask("2.0", "explain this message", attachments=[quoting("0.5")], unseen=True)

        await change(talk, deletion("0.5"))
        await talk.ask("10.0", "hello", "U2")

        assert rehearsal.cast.asked[-1].untitled == "explain this message"
        assert (await (await talk.handle.describe()).memo())[MEMO_TITLE] == ""


async def test_a_kept_answer_that_knew_the_words_is_not_told_any_more(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0", f"my password is {SECRET}")
    rehearsal.cast.refuse_delivery = 1
    rehearsal.cast.answers.append(ECHO)
    await talk.say("2.0", "what is it?", "U2")
    await rehearsal.until(lambda: not rehearsal.cast.refuse_delivery)

    await change(talk, deletion("1.0"))
    await talk.say("10.0", "hello")
    await talk.answered(times=3)

    assert SECRET not in str(talk.answers[1:])
    assert talk.answers[1].answers == ["2.0"]


async def test_a_message_that_is_deleted_before_any_conversation_knows_it_is_not_answered(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    await talk.click(MESSAGE_CHANGED, deletion("1.0"))
    await talk.say("1.0", f"my password is {SECRET}")

    assert await talk.ask("2.0", "hello") == "yes"

    assert given(rehearsal) == ["anna: hello"]


async def test_a_question_that_is_deleted_in_the_moment_of_try_again_is_not_asked_again(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0", "first")
    await rehearsal.leave()
    await talk.signal(TRY_AGAIN, TryAgain(turn="1.0", user="U1", at="2.0"))
    await change(talk, deletion("1.0"))

    await rehearsal.come_back()

    assert await talk.ask("10.0", "second") == "yes"
    assert [request.answers for request in talk.answers] == [["1.0"], ["10.0"]]
    assert len(rehearsal.cast.asked) == 2
