"""What people do with the app's messages, shortcuts and commands. Its Home tabs and modals are in `views.py`."""

from __future__ import annotations

import contextlib
from typing import Any

from emulators.slack.backend import Backend
from emulators.slack.people import actions, payloads
from emulators.slack.people.permissions import pressable_message, seen_message
from emulators.slack.rules.arguments import Arguments
from emulators.slack.rules.errors import SlackError
from emulators.slack.rules.messages import read_content
from emulators.slack.state.messages import Message, with_block_ids

Json = dict[str, Any]
ANSWER_SECONDS = 3.0  # how long Slack waits for the answer to a command


class Interactions:
    """The part of `SlackEmulator` that clicks. The app hears of it once, over Socket Mode."""

    _backend: Backend

    def press_button(
        self,
        user: str,
        channel: str,
        ts: str,
        action_id: str,
        value: str | None = None,
        *,
        block_id: str | None = None,
        confirms: bool = True,
        twice: bool = False,
        shown: Message | None = None,
    ) -> None:
        """A person presses a button (also a feedback or icon button) of a message: `block_actions`.

        The message may be one that only this person sees.
        `value` chooses among buttons with the same id, and bad feedback from good; so does `block_id`. A person whom
        the button asks for a confirmation gives it, unless `confirms` says no: then the app hears of nothing. `twice`
        delivers the one click twice, as Slack can. `shown` is an earlier version of the message, which the person's
        client still shows: they were faster than the update.
        """
        message, blocks = self._seen(user, channel, ts, shown)
        found = actions.pressed(blocks, user, action_id, value, block_id)
        if found is None:
            raise ValueError(f"message {ts} shows nothing to press with the action_id {action_id!r}")
        found[0].check_confirmation(confirms=confirms)
        if confirms:
            self._act(user, message, found[1], times=2 if twice else 1)

    def choose(
        self,
        user: str,
        channel: str,
        ts: str,
        action_id: str,
        *values: str,
        block_id: str | None = None,
        confirms: bool = True,
    ) -> None:
        """A person chooses in a menu, radio buttons, checkboxes or a calendar of a message: `block_actions`.

        `values` are those of options, a user id, or a day as YYYY-MM-DD. Where several can be chosen, they are all
        that is chosen then. In an input block the app hears of it with the next button, unless it asked to be told.
        """
        message, blocks = self._seen(user, channel, ts)
        found = actions.fillable(blocks, user, action_id, block_id, "choices")
        if found is None:
            raise ValueError(f"message {ts} shows nothing to choose in with the action_id {action_id!r}")
        found.check_confirmation(confirms=confirms)
        state, action = actions.chosen(found, values, self._backend.workspace)
        if not confirms:
            return
        if state is not None:
            self._backend.entries.set((channel, ts), user, *found.name, state)
        if found.dispatches:
            self._act(user, message, action)

    def fill_in(
        self,
        user: str,
        channel: str,
        ts: str,
        action_id: str,
        text: str,
        *,
        block_id: str | None = None,
        presses_enter: bool = True,
    ) -> None:
        """A person writes into a text or number field of a message, in place of what it held.

        The app hears of it with the next button; where its input block says `dispatch_action`, at once, when the
        person presses Enter.
        """
        message, blocks = self._seen(user, channel, ts)
        found = actions.fillable(blocks, user, action_id, block_id, "texts")
        if found is None:
            raise ValueError(f"message {ts} shows no field with the action_id {action_id!r}")
        state, action = actions.chosen(found, text, self._backend.workspace)
        self._backend.entries.set((channel, ts), user, *found.name, state or {})
        if found.dispatches and (presses_enter or actions.tells_each_character(found)):
            self._act(user, message, action)

    def _seen(self, user: str, channel: str, ts: str, shown: Message | None = None) -> tuple[Message, list[Json]]:
        message = shown or pressable_message(self._backend.workspace, user, channel, ts)
        return message, with_block_ids(message.blocks, ts[-5:])

    def _act(self, user: str, message: Message, action: Json, times: int = 1) -> None:
        payload = payloads.acted_in_message(self._backend, user, message, action)
        for _ in range(times):
            self._backend.deliveries.add_interaction("interactive", payload, channel=message.channel, ts=message.ts)

    def use_shortcut(self, user: str, channel: str, ts: str, callback_id: str) -> None:
        """A person uses a message shortcut, on any message that they see: `message_action`."""
        if callback_id not in self._backend.settings.shortcuts:
            raise ValueError(f"the app declares no message shortcut {callback_id!r}")
        self._check_commands()
        message = seen_message(self._backend.workspace, user, channel, ts)
        payload = payloads.shortcut(self._backend, user, message, callback_id)
        self._backend.deliveries.add_interaction("interactive", payload, channel=channel, ts=ts)

    def run_command(self, user: str, channel: str, command: str, text: str = "") -> None:
        """A person types a slash command. A text in the app's acknowledgement is shown to them alone."""
        self._check_commands()
        payload = payloads.command(self._backend, user, channel, command, text)
        deadline = self._backend.clock.now() + ANSWER_SECONDS

        def answered(answer: Json | None) -> None:
            if answer and self._backend.clock.now() <= deadline:
                self._show_answer(channel, user, answer)

        self._backend.deliveries.add_interaction("slash_commands", payload, channel=channel, ts="", answered=answered)

    def _show_answer(self, channel: str, user: str, answer: Json) -> None:
        """Show the app's answer to a command. Slack shows nothing of an answer that it does not understand."""
        with contextlib.suppress(SlackError):
            arguments = Arguments(answer)
            content = read_content(arguments)
            if content.is_empty:
                return
            place = self._backend.workspace.channels[channel]
            message = self._backend.new_message(place, None, content.text or "", blocks=content.blocks or [])
            if arguments.text("response_type") == "in_channel":
                self._backend.writer.post(message)
            else:
                self._backend.writer.show_only_to(user, message)

    def _check_commands(self) -> None:
        if not self._backend.scopes.has("commands"):
            raise ValueError("without the scope `commands` the app has no commands and no shortcuts")
