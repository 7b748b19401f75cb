"""What people do, as tests ask for it: in messages, with the app's buttons and pages, with files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from emulators.slack.people.interactions import Interactions
from emulators.slack.people.people import File, People
from emulators.slack.people.submissions import Values


class Doings:
    """The part of the emulator that acts as its people. What Slack would not let them do raises ValueError."""

    _people: People
    _interactions: Interactions

    def say(  # noqa: PLR0917
        self,
        user: str,
        channel: str,
        text: str,
        thread_ts: str | None = None,
        files: Sequence[File] | None = None,
        subtype: str | None = None,
        attachments: Sequence[dict[str, Any]] | None = None,
        blocks: Sequence[dict[str, Any]] | None = None,
    ) -> str:
        """A person writes; the `ts`. A mention sends two events.

        Files are `{name, mimetype?, content?, size?, hidden?, redirect_to?}`, see Files. A pasted table comes as a
        block of an attachment, or in `blocks`.
        """
        return self._people.say(
            user,
            channel,
            text,
            thread_ts=thread_ts,
            files=files,
            subtype=subtype,
            attachments=attachments,
            blocks=blocks,
        )

    def say_as_other_bot(self, channel: str, text: str, thread_ts: str | None = None) -> str:
        return self._people.say_as_other_bot(channel, text, thread_ts)

    def edit(self, channel: str, ts: str, text: str) -> None:
        self._people.edit(channel, ts, text)

    def delete(self, channel: str, ts: str) -> None:
        self._people.delete(channel, ts)

    def delete_file(self, file_id: str) -> None:
        """The file is gone, and the messages that carry it change: they show a tombstone in its place."""
        self._people.delete_file(file_id)

    def recount(self, channel: str, ts: str) -> None:
        """Slack tells of a thread that has grown: `message_changed` for its root, with the same text."""
        self._people.recount(channel, ts)

    def join(self, user: str, channel: str) -> None:
        self._people.join(user, channel)

    def unfurl(self, channel: str, ts: str) -> None:
        """Slack adds a link preview: `message_changed` with the same text."""
        self._people.unfurl(channel, ts)

    def open_app_home(self, user: str, tab: str = "messages") -> None:
        """A person opens the app's page at its Messages or its Home tab."""
        self._people.open_app_home(user, tab)

    def look_at(self, user: str, channel: str | None) -> None:
        """A person with the agent at the side goes to a channel: `app_context_changed`. None is somewhere else.

        What they look at is also in their direct messages to the app, until they go elsewhere.
        """
        self._people.look_at(user, channel)

    def react(self, user: str, channel: str, ts: str, name: str) -> None:
        self._people.react(user, channel, ts, name)

    def press_stop(self, user: str, channel: str, thread_ts: str) -> None:
        self._people.press_stop(user, channel, thread_ts)

    def rename_session(self, user: str, channel: str, thread_ts: str, title: str) -> None:
        """A person gives a conversation with the agent another title: `agent_session_title_changed`."""
        self._people.rename_session(user, channel, thread_ts, title)

    def press_button(
        self, user: str, channel: str, ts: str, action_id: str, value: str | None = None, *, twice: bool = False
    ) -> None:
        """A person presses a button (also a feedback or icon button) of the app's message: `block_actions`.

        `value` tells apart buttons with the same id, and the good from the bad feedback. `twice` delivers the one click
        twice, as Slack can.
        """
        self._interactions.press(user, channel, ts, action_id, value, twice=twice)

    def press_home_button(self, user: str, action_id: str, value: str | None = None) -> None:
        """A person presses a button of their Home tab; one with a `url` tells the app too."""
        self._interactions.press_home(user, action_id, value)

    def submit_modal(self, user: str, values: Values) -> None:
        """A person submits the modal that they have open: `view_submission`. What is not in `values` stays as it was.

        `values` are texts by block_id and action_id. The app's answer, within three seconds, closes the modal, changes
        it, or says what is wrong.
        """
        self._interactions.submit(user, values)

    def use_shortcut(self, user: str, channel: str, ts: str, callback_id: str) -> None:
        """A person uses one of the app's shortcuts on a message: `message_action`."""
        self._interactions.shortcut(user, channel, ts, callback_id)

    def run_command(self, user: str, channel: str, command: str, text: str = "") -> None:
        """A person types a slash command."""
        self._interactions.command(user, channel, command, text)
