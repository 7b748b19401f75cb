"""What the model is asked next: the one place that decides what goes into a model call. Pure."""

from __future__ import annotations

from agent_worker.conversation.conversation import Conversation
from agent_worker.conversation.transcript import file_weight
from agent_worker.conversation.turn.turn import Turn
from agent_worker.payloads.agent_policy import AgentPolicy
from agent_worker.payloads.model import AskModel


def next_request(conversation: Conversation, turn: Turn, policy: AgentPolicy) -> AskModel:
    """The turn's next model call. The last one that the policy allows is without tools, so that it is an answer.

    Once a turn of the conversation could search, its later turns are told of it, too: another list of tools would make
    Gemini read the whole conversation anew.
    """
    conversation.may_search = conversation.may_search or bool(turn.action_token)
    transcript = conversation.transcript
    # At the beginning of a turn only the worker knows how many calls there may be.
    is_last = bool(turn.version or not conversation.agent) and (
        turn.attempts.model_calls + 1 >= policy.agent_max_model_calls
    )
    wants_title = conversation.thread.in_slack and policy.agent_titles != "off" and not conversation.title
    claim = turn.claim(conversation.thread)
    return AskModel(
        **turn.in_thread(conversation.thread),
        model=conversation.model,
        epoch=transcript.epoch,
        known=transcript.confirmed,
        new=transcript.entries[transcript.confirmed :],
        may_call_tools=not (is_last or turn.attempts.must_answer),
        more_room=turn.attempts.needs_more_room,
        preface=conversation.preface(turn.unseen),
        may_mention=turn.may_mention,
        names=turn.names,
        untitled=conversation.first_words if wants_title else "",
        number=turn.attempts.model_calls + 1,
        claim=claim,
        agent=conversation.agent,
        version=turn.version,
        known_version=conversation.version.digest if conversation.version else "",
        may_search=conversation.may_search,
        **({"size": transcript.size + file_weight.weight(transcript.entries)} if claim else {}),
    )
