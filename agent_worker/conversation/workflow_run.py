"""What a run of the workflow begins with: the bot's start, or what the run before it carried over."""

from __future__ import annotations

from typing import Any

from pydantic import model_validator
from temporalio.converter import PayloadConverter

from agent_worker.contract.messages import Start
from agent_worker.conversation.conversation import Conversation
from agent_worker.payloads.release_0_2 import conversation_in

# Of a run that is carried over, as it is written. A payload above 2 MB would wedge the conversation for ever.
LARGEST_RUN = 1_700_000  # bytes
LARGE_HISTORY = 35_000_000  # bytes; Temporal ends a conversation at 50 MB, and the turns that are left need some


class Run(Start):
    carried: Conversation | None = None

    @model_validator(mode="before")
    @classmethod
    def _read_release_0_2(cls, value: Any) -> Any:
        if isinstance(value, dict) and isinstance(value.get("carried"), dict):
            return {**value, "carried": conversation_in(value["carried"])}
        return value

    def fits_one_payload(self, converter: PayloadConverter) -> bool:
        """Whether the next run can begin with this one: measured on what the converter writes, with all its fields."""
        return converter.to_payload(self).ByteSize() <= LARGEST_RUN
