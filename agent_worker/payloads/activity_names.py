"""The registry of activities.

An activity is a name here, the method of `Activities` with that name, and a call in `workflow/activity_calls.py`. The
worker registers the methods by these names. A tool is an activity, too: any other name is the name of a tool.
"""

from __future__ import annotations

from enum import StrEnum


class ActivityName(StrEnum):
    OPEN_CONVERSATION = "open_conversation"
    LOOK_UP_NAMES = "look_up_names"
    READ_LINKS = "read_links"
    ASK_MODEL = "ask_model"
    SUMMARISE = "summarise"
    SHOW_PROGRESS = "show_progress"
    DELIVER = "deliver"
    TELL_PERSON = "tell_person"
    SHOW_QUESTION = "show_question"
    FIND_MEMBERS = "find_members"
    FIND_GRANTS = "find_grants"
    KEEP_GRANT = "keep_grant"
