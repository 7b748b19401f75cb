"""What becomes of the transcript when a message is taken back after it was read. Pure.

The message's own words go. So does all that the model has said, called and been given since it read them: nobody can
tell what of that repeats the words, in whichever form, and a thought signature cannot be read at all. What other people
have written stays.
"""

from __future__ import annotations

from collections.abc import Sequence

from agent_worker.conversation.transcript import origins
from agent_worker.conversation.transcript.origins import Part
from agent_worker.conversation.wording import model_form
from agent_worker.payloads.model import Content

# In the place of what the model has said, in the model's name, so that no question looks unanswered.
LEFT_OUT = "(I have answered this. My answer is left out here: words that it may repeat were deleted or edited since.)"
GONE = model_form.note("A message was deleted here.")
RESTORED = model_form.note("What people have written earlier in this conversation. What was answered is left out.")


def is_question(entry: Content) -> bool:
    """Whether a person said this entry; tool results have the role "user", too."""
    return entry["role"] == "user" and not any("functionResponse" in part for part in entry["parts"])


def is_summary(entry: Content) -> bool:
    return any(origins.origin(part) == origins.SUMMARY for part in entry["parts"])


def without(entries: Sequence[Content], ts: str, instead: Sequence[Part], *, keeps_from: int) -> list[Content | None]:
    """What each entry becomes when the message `ts` reads like `instead`, which is empty if it was deleted.

    None in the place of an entry that goes. What the model has said and called stays from the index `keeps_from` on:
    there a turn is running, and what it has done must not be done again.
    """
    left: list[Content | None] = []
    is_tainted = False
    for index, entry in enumerate(entries):
        is_running = index >= keeps_from
        if is_question(entry):
            told = _without(entry, origins.DECISION) if is_tainted and not is_running else entry
            is_tainted = is_tainted or origins.holds([entry], ts)
            left.append(told and _question(told, ts, instead, is_running=is_running))
        elif is_tainted and not is_running:
            left.append(_left_out(left))
        else:
            left.append(entry)
    return left


def without_answers(entries: Sequence[Content]) -> list[Content]:
    """The questions, each with LEFT_OUT in the place of all that the model has said and called."""
    left: list[Content | None] = []
    for entry in entries:
        left.append(_without(entry, origins.REMARK, origins.DECISION) if is_question(entry) else _left_out(left))
    return [entry for entry in left if entry is not None]


def restored(questions: Sequence[Content]) -> list[Content]:
    """What people have written, in the place of a summary that was made of it; empty if nothing of it is left."""
    parts = [part for question in questions for part in question["parts"] if origins.origin(part) != origins.DECISION]
    if not parts:
        return []
    heading = origins.marked([{"text": RESTORED}], origins.REMARK)
    return [{"role": "user", "parts": [*heading, *parts]}, _answer()]


def _question(entry: Content, ts: str, instead: Sequence[Part], *, is_running: bool) -> Content | None:
    exchanged = origins.exchanged(entry, ts, instead)
    if exchanged is entry or any(origins.origin(part) != origins.REMARK for part in exchanged["parts"]):
        return exchanged
    # Gemini takes no call that does not follow on a question.
    return {**entry, "parts": origins.marked([{"text": GONE}], origins.REMARK)} if is_running else None


def _without(entry: Content, *kinds: str) -> Content | None:
    """The entry without the parts of these origins; None if nothing is left."""
    parts = [part for part in entry["parts"] if origins.origin(part) not in kinds]
    return {**entry, "parts": parts} if parts else None


def _left_out(before: Sequence[Content | None]) -> Content | None:
    """One LEFT_OUT after each question that is left; what the model has said and called after that is dropped."""
    last = next((entry for entry in reversed(before) if entry is not None), None)
    needs_answer = last is not None and last["role"] == "user" and not is_summary(last)
    return _answer() if needs_answer else None


def _answer() -> Content:
    return {"role": "model", "parts": [{"text": LEFT_OUT}]}
