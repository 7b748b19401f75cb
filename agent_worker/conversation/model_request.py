"""What the model is asked next, from the conversation as it is. Pure: the worker can tell what a workflow would ask."""

from __future__ import annotations

from agent_worker.conversation.conversation import Conversation
from agent_worker.conversation.turn import Turn
from agent_worker.payloads.model import AskModel
from agent_worker.payloads.opening import OpenConversation, Opened


def next_question(conversation: Conversation, turn: Turn, opened: Opened) -> AskModel:
    """With tools, unless the model has had its share of calls: the last one is for the answer."""
    is_last = turn.model_calls + 1 == opened.max_model_calls
    wants_title = opened.names_conversations and not conversation.title
    return AskModel(
        **turn.in_thread(conversation.thread),
        model=conversation.model,
        epoch=conversation.epoch,
        known=conversation.confirmed,
        new=conversation.entries[conversation.confirmed :],
        may_call_tools=not (is_last or turn.must_answer),
        more_room=turn.needs_more_room,
        preface=conversation.preface(turn.unseen),
        may_mention=turn.may_mention,
        untitled=conversation.first_words if wants_title else "",
    )


def first_question(request: OpenConversation, opened: Opened) -> AskModel | None:
    """What a conversation asks first, once it is open; None where it was not to be asked at once, or will not be."""
    if request.asks is None:
        return None
    conversation = Conversation(thread=request.thread, epoch=request.asks.epoch)
    conversation.open(opened)
    turn = Turn(messages=list(request.asks.messages))
    if conversation.unknown_ids(turn.messages) or conversation.says_nothing(turn.messages):
        return None
    if conversation.people.admitted(turn.messages) != turn.messages:
        return None
    conversation.add_user_messages(turn.hear(turn.messages))
    return next_question(conversation, turn, opened)
