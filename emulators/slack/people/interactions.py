"""What people do with what the app shows: press its buttons, submit its modals, use its shortcuts and commands."""

from __future__ import annotations

import contextlib
from typing import Any

from emulators.slack.backend import Backend
from emulators.slack.people import modals, payloads
from emulators.slack.people.buttons import pressed_action
from emulators.slack.people.modals import Values
from emulators.slack.people.permissions import seen_message
from emulators.slack.rules.arguments import Arguments
from emulators.slack.rules.errors import SlackError
from emulators.slack.rules.messages import read_content
from emulators.slack.state.messages import with_block_ids

Json = dict[str, Any]
ANSWER_SECONDS = 3.0  # how long Slack waits for the answer to a submission or a command


class Interactions:
    """The part of `SlackEmulator` that clicks. The app hears of it once, over Socket Mode."""

    _backend: Backend

    def press_button(
        self, user: str, channel: str, ts: str, action_id: str, value: str | None = None, *, twice: bool = False
    ) -> None:
        """A person presses a button (also a feedback or icon button) of a message: `block_actions`.

        `value` chooses among buttons with the same id, and bad feedback from good. `twice` delivers the one click
        twice, as Slack can.
        """
        message = seen_message(self._backend.workspace, user, channel, ts)
        action = pressed_action(with_block_ids(message.blocks, ts[-5:]), user, action_id, value)
        if action is None:
            raise ValueError(f"message {ts} shows nothing to press with the action_id {action_id!r}")
        payload = payloads.pressed_in_message(self._backend, user, message, action)
        for _ in range(2 if twice else 1):
            self._backend.deliveries.add_interaction("interactive", payload, channel=channel, ts=ts)

    def press_home_button(self, user: str, action_id: str, value: str | None = None) -> None:
        """A person presses a button of their Home tab; the app is told also of a button with a `url`."""
        view = self._backend.views.homes.get(user)
        action = None if view is None else pressed_action(view["blocks"], user, action_id, value)
        if view is None or action is None:
            raise ValueError(f"the Home tab of {user} shows nothing to press with the action_id {action_id!r}")
        payload = payloads.pressed_in_home(self._backend, user, view, action)
        self._backend.deliveries.add_interaction("interactive", payload, channel="", ts="")

    def submit_modal(self, user: str, values: Values) -> None:
        """A person submits the modal that they have open: `view_submission`. Other fields stay as they were.

        `values` are texts by block_id and action_id. The app's answer, within three seconds, closes the modal, changes
        it, or says what is wrong.
        """
        views, clock = self._backend.views, self._backend.clock
        if user not in views.modals:
            raise ValueError(f"{user} has no modal open")
        view = modals.filled(views.modals[user], values)
        deadline = clock.now() + ANSWER_SECONDS

        def answered(answer: Json | None) -> None:
            if clock.now() <= deadline:
                modals.take_answer(views, user, view["id"], answer)

        views.set_errors(user, {})
        payload = payloads.submission(self._backend, user, view)
        self._backend.deliveries.add_interaction("interactive", payload, channel="", ts="", answered=answered)

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
