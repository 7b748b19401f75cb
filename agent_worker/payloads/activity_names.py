"""The one registry of activities: a name here, a method of that name in `Activities`, a call in `activity_calls`."""

from __future__ import annotations

OPEN_CONVERSATION = "open_conversation"
LOOK_UP_NAMES = "look_up_names"
ASK_MODEL = "ask_model"
SUMMARISE = "summarise"
SHOW_PROGRESS = "show_progress"
DELIVER = "deliver"
TELL_PERSON = "tell_person"
NAMES = frozenset(  # no tool's name
    {OPEN_CONVERSATION, LOOK_UP_NAMES, ASK_MODEL, SUMMARISE, SHOW_PROGRESS, DELIVER, TELL_PERSON}
)
