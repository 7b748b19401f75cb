"""What people do with the app directly: press its buttons, fill in its modals, use its shortcuts and commands."""

from __future__ import annotations

from typing import Any

from emulators.slack.people.response_urls import ResponseUrls
from emulators.slack.people.submissions import Values, filled, take_answer
from emulators.slack.state.elements import named, pressed
from emulators.slack.state.messages import Channel, Message
from emulators.slack.web_api.backend import Backend

Json = dict[str, Any]
# How long a modal waits for the answer to its submission, and a person for that to a command.
ANSWER_SECONDS = 3.0


class Interactions:
    """Sends interactive payloads and slash commands over Socket Mode. What Slack would not show raises ValueError."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self.response_urls = ResponseUrls(backend)

    def press(
        self, user: str, channel: str, ts: str, action_id: str, value: str | None = None, *, twice: bool = False
    ) -> None:
        """Press the element of a message with this `action_id`, and `value` if there are several."""
        message = self._message(user, channel, ts)
        action = pressed(named(message.blocks, message.ts[-5:]), user, action_id, value)
        if action is None:
            raise ValueError(f"message {ts} shows nothing to press with the action_id {action_id!r}")
        payload = self._pressed(user, message, action)
        for _ in range(2 if twice else 1):
            self._backend.deliveries.add_interaction("interactive", payload, channel=channel, ts=ts)

    def press_home(self, user: str, action_id: str, value: str | None = None) -> None:
        """Press the element of the person's Home tab with this `action_id`."""
        view = self._backend.views.homes.get(user)
        action = None if view is None else pressed(view["blocks"], user, action_id, value)
        if view is None or action is None:
            raise ValueError(f"the Home tab of {user} shows nothing to press with the action_id {action_id!r}")
        payload = self._payload("block_actions", user)
        payload |= {"container": {"type": "view", "view_id": view["id"]}, "view": view}
        payload["actions"] = [action | {"action_ts": self._backend.workspace.next_ts()}]
        self._backend.deliveries.add_interaction("interactive", payload, channel="", ts="")

    def submit(self, user: str, values: Values) -> None:
        """Submit the person's modal; it closes or not as the app's answer says, if that comes in time."""
        views, clock = self._backend.views, self._backend.clock
        if user not in views.modals:
            raise ValueError(f"{user} has no modal open")
        view = filled(views.modals[user], values)
        payload = self._payload("view_submission", user) | {"view": view, "response_urls": []}
        deadline = clock.now() + ANSWER_SECONDS

        def answered(answer: Json | None) -> None:
            if clock.now() <= deadline:
                take_answer(views, user, view["id"], answer)

        views.complain(user, {})
        self._backend.deliveries.add_interaction("interactive", payload, channel="", ts="", answered=answered)

    def shortcut(self, user: str, channel: str, ts: str, callback_id: str) -> None:
        """Use a message shortcut, which works on every message that the person sees, with the app there or not."""
        if callback_id not in self._backend.profile.shortcuts:
            raise ValueError(f"the app declares no message shortcut {callback_id!r}")
        self._check_commands()
        message = self._message(user, channel, ts)
        payload = self._payload("message_action", user) | {
            "action_ts": self._backend.workspace.next_ts(),
            "callback_id": callback_id,
            "channel": self._channel(channel),
            "message_ts": ts,
            "message": self._backend.shapes.message(message),
            "response_url": self.response_urls.new(channel, user),
        }
        del payload["api_app_id"]
        self._backend.deliveries.add_interaction("interactive", payload, channel=channel, ts=ts)

    def command(self, user: str, channel: str, command: str, text: str) -> None:
        own = self._backend.installation
        place = self._backend.workspace.channels[channel]
        self._check_commands()
        payload = {
            "token": "verification-token-of-the-playground",
            "team_id": own.team_id,
            "team_domain": own.team_domain,
            "channel_id": channel,
            "channel_name": place.name,
            "user_id": user,
            "user_name": self._backend.workspace.users[user].name,
            "command": command,
            "text": text,
            "api_app_id": own.app_id,
            "is_enterprise_install": "false",
            "response_url": self.response_urls.new(channel, user),
            "trigger_id": self._backend.views.new_trigger(user),
        }
        deadline = self._backend.clock.now() + ANSWER_SECONDS

        def answered(answer: Json | None) -> None:
            if self._backend.clock.now() <= deadline:
                self.response_urls.take_answer(channel, user, answer)

        self._backend.deliveries.add_interaction("slash_commands", payload, channel=channel, ts="", answered=answered)

    def _check_commands(self) -> None:
        if not self._backend.scopes.has("commands"):
            raise ValueError("without the scope `commands` the app has no commands and no shortcuts")

    def _message(self, user: str, channel: str, ts: str) -> Message:
        place = self._backend.workspace.channels[channel]
        message = self._backend.workspace.message(channel, ts)
        if message is None or (place.is_private and user not in place.members):
            raise ValueError(f"{user} sees no message {ts} in {place.name}")
        return message

    def _pressed(self, user: str, message: Message, action: Json) -> Json:
        container: Json = {"type": "message", "message_ts": message.ts, "channel_id": message.channel}
        container["is_ephemeral"] = False
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        return self._payload("block_actions", user) | {
            "container": container,
            "channel": self._channel(message.channel),
            "message": self._backend.shapes.message(message),
            "state": {"values": {}},
            "response_url": self.response_urls.new(message.channel, user, message),
            "actions": [action | {"action_ts": self._backend.workspace.next_ts()}],
        }

    def _payload(self, kind: str, user: str) -> Json:
        """What all interactive payloads have in common, with a trigger for one modal."""
        own = self._backend.installation
        person = self._backend.workspace.users[user]
        team_id = person.foreign_team or own.team_id
        return {
            "type": kind,
            "user": {"id": user, "username": person.name, "name": person.name, "team_id": team_id},
            "api_app_id": own.app_id,
            "token": "verification-token-of-the-playground",
            "trigger_id": self._backend.views.new_trigger(user),
            "team": {"id": own.team_id, "domain": own.team_domain},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _channel(self, channel: str) -> Json:
        place: Channel = self._backend.workspace.channels[channel]
        return {"id": place.id, "name": place.name}
