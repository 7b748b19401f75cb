"""What the workflow has to do again when it replays a conversation that release 0.2 has begun.

Release 0.2 let the opening ask the model, too, in a thread that began with a message to the agent. To be removed when
no conversation of release 0.2 is open any more (docs/decisions/0008-deployments.md).
"""

from __future__ import annotations

from collections.abc import Sequence

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from agent_worker.contract.messages import UserMessage
    from agent_worker.conversation.turn.turn import Turn
    from agent_worker.payloads.thread import Draft

# Release 0.2 judged only people whose names were unknown, and only their messages. It told them in the thread.
VERDICTS_EXPIRE = "verdicts expire"
# Release 0.2 forgot what people changed about messages that were answered, and noted other changes at the end.
TAKEN_BACK = "what is taken back is gone"
# Release 0.2 did not take up a message that an edit addresses to the agent.
EDITS_ADDRESS = "an edit can address the agent"
# A mention that an edit makes of a message which the model has read used to be told to the model beside its edit.
REWRITTEN_WHEN_ADDRESSED = "an edit that addresses the agent rewrites what was read"
# Release 0.2 ended a turn for which names could not be looked up.
NAMES_ARE_OPTIONAL = "names are optional"
# Release 0.2 began a new run only after a turn, however much was said that was not for the agent.
GOES_ON_WHILE_IDLE = "a long history goes on while nobody asks"
# Only histories without this patch have an opening that asks the model.
OPENING_DOES_NOT_ASK = "the opening does not ask the model"


def gave_up_opening(turn: Turn, asked: Sequence[UserMessage], *, is_new_thread: bool) -> bool:
    """Whether release 0.2 gave up the opening here, because a message that it had asked the model about changed."""
    if not is_new_thread or turn.messages == asked or turn.display.draft != Draft():
        return False
    if not all(message.addressed and not message.from_app for message in asked):
        return False
    return not workflow.patched(OPENING_DOES_NOT_ASK)


class Patch:
    """Whether the workflow may do what release 0.2 did not do.

    Temporal keeps the first answer for the whole run. The answer is no only while the history of release 0.2 is
    replayed, and must not hold for what comes after it: the next question gets another name.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._refused = 0

    def applies(self) -> bool:
        """To be asked only where the two differ: a new history then notes the patch at its first use."""
        if workflow.patched(f"{self._name} {self._refused}" if self._refused else self._name):
            return True
        self._refused += 1
        return False
