"""What stands below an answer: what to think of it, another try, and who wrote it. Pure."""

from __future__ import annotations

from typing import Any

from agent_worker.contract.names import FEEDBACK_BUTTONS, TRY_AGAIN_BUTTON

FOOTER = "Written by AI, which can be wrong: check what matters."

Block = dict[str, Any]


def below_answer(turn: str, *, offers_again: bool) -> list[Block]:
    return [_feedback(turn), *(below_notice(turn) if offers_again else []), _footer()]


def below_notice(turn: str) -> list[Block]:
    button = {"type": "button", "action_id": TRY_AGAIN_BUTTON, "text": _plain("Try again"), "value": turn}
    return [{"type": "actions", "elements": [button]}]


def _feedback(turn: str) -> Block:
    buttons = {
        "type": "feedback_buttons",
        "action_id": FEEDBACK_BUTTONS,
        "positive_button": _button("Good", f"good:{turn}", "This answer was good"),
        "negative_button": _button("Bad", f"bad:{turn}", "This answer was bad"),
    }
    return {"type": "context_actions", "elements": [buttons]}


def _button(text: str, value: str, read_aloud: str) -> Block:
    return {"text": _plain(text), "value": value, "accessibility_label": read_aloud}


def _footer() -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": FOOTER, "verbatim": True}]}


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}
