"""A guest in the middle of somebody else's turn, who does all that Slack lets people do there."""

from __future__ import annotations

from contextlib import suppress

from agent_worker.contract.names import FEEDBACK_BUTTONS, STOP_BUTTON, TRY_AGAIN_BUTTON
from agent_worker.contract.questions import APPROVE_BUTTON
from tests.support.durability.answering import told_now
from tests.support.durability.stage import BreakableStage
from tests.support.durability.talks import Talk

STRANGERS_DEEDS = "everything that a stranger can do"
MARK = "uninvited"  # in all that the guest writes


class Uninvited:
    """Whatever the guest does, nothing may come of it."""

    def __init__(self, stage: BreakableStage) -> None:
        self._slack = stage.slack
        self.guest = stage.slack.add_user("gus", is_guest=True)

    def do_everything(self, talk: Talk) -> None:
        """Writes, types stop, presses what there is, edits, deletes, renames."""
        slack, channel = self._slack, talk.channel
        bot = f"<@{slack.bot_user_id}>"
        slack.join(self.guest, channel)
        slack.say(self.guest, channel, f"{MARK} remark", talk.ts)
        changed = slack.say(self.guest, channel, f"{bot} {MARK} question", talk.ts)
        slack.say(self.guest, channel, f"&gt; {talk.question.words}\n{bot} {MARK} quotation", talk.ts)
        slack.say(self.guest, channel, "stop", talk.ts)
        with suppress(ValueError):  # Slack shows its Stop only while the agent is at work
            slack.press_stop(self.guest, channel, talk.ts)
        slack.edit(channel, changed, f"{bot} {MARK} change")
        slack.delete(channel, changed)
        with suppress(ValueError):  # there is no session yet
            slack.rename_session(self.guest, channel, talk.ts, f"{MARK} title")
        for post in slack.bot_posts(channel, talk.ts):
            for button in (STOP_BUTTON, FEEDBACK_BUTTONS, TRY_AGAIN_BUTTON, APPROVE_BUTTON):
                with suppress(ValueError):  # the message has no such button
                    slack.press_button(self.guest, channel, post.ts, button)

    def is_heard(self) -> bool:
        """Whether the bot has handed over all that the guest has done."""
        return all(delivery.acked for delivery in self._slack.deliveries)

    async def complaints(self, talk: Talk) -> list[str]:
        """Where the guest's words have got to, and what they have changed."""
        found = [f"the model was told: {talk.label}" for one in talk.model_requests() if MARK in told_now(one)]
        found += [f"said: {said}" for said in talk.said if MARK in said]
        memo = await (await (await talk.workflow()).describe()).memo()
        if MARK in str(memo) or self.guest in str(memo):
            found.append(f"kept: {memo}")
        return found
