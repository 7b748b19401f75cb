"""The agent's own buttons (Stop, Try Again, feedback) and what else stands below an answer. Pure.

The value of each button tells which turn it belongs to; the bot passes it to the conversation when it is pressed.
"""

from __future__ import annotations

from agent_worker.contract.names import FEEDBACK_BUTTONS, STOP_BUTTON, TRY_AGAIN_BUTTON
from process.block_kit import Block, actions, button, context, plain_text

FOOTER = "Written by AI, which can be wrong: check what matters."


def below_answer(turn: str, *, offers_again: bool, cost: str = "") -> list[Block]:
    """The feedback buttons, "Try Again" if it is offered, and the footer, with the `cost` if that is to be shown."""
    footer = f"{FOOTER} ({cost})" if cost else FOOTER
    return [_feedback(turn), *([try_again_button(turn)] if offers_again else []), context(footer)]


def try_again_button(turn: str) -> Block:
    """Answers the turn's question once more."""
    return actions(button("Try Again", TRY_AGAIN_BUTTON, value=turn))


def stop_button(turn: str) -> Block:
    """Stops the turn while it runs."""
    return actions(button("Stop", STOP_BUTTON, value=turn))


def _feedback(turn: str) -> Block:
    pair = {
        "type": "feedback_buttons",
        "action_id": FEEDBACK_BUTTONS,
        "positive_button": _choice("Good", f"good:{turn}", "This answer was good"),
        "negative_button": _choice("Bad", f"bad:{turn}", "This answer was bad"),
    }
    return {"type": "context_actions", "elements": [pair]}


def _choice(text: str, value: str, read_aloud: str) -> Block:
    """One of the two feedback buttons; `read_aloud` is for screen readers."""
    return {"text": plain_text(text), "value": value, "accessibility_label": read_aloud}
