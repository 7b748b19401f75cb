"""Home tabs and modals: what people see of the app beside its messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from emulators.slack.clock import Clock
from emulators.slack.rules.errors import SlackError
from emulators.slack.rules.views import ViewKind
from emulators.slack.state.installation import Installation
from emulators.slack.state.messages import with_block_ids
from emulators.slack.state.workspace import Workspace

Json = dict[str, Any]
TRIGGER_SECONDS = 3.0


@dataclass
class _Trigger:
    """A person's interaction, with which the app may open one modal until it expires."""

    user: str
    expires: float
    is_used: bool = False


class Views:
    """One Home tab and at most one modal for each person. A view keeps its id; each version has a new hash."""

    def __init__(self, workspace: Workspace, installation: Installation, clock: Clock) -> None:
        self._workspace = workspace
        self._installation = installation
        self._clock = clock
        self._triggers: dict[str, _Trigger] = {}
        self.homes: dict[str, Json] = {}  # by user
        self.modals: dict[str, Json] = {}  # by user
        self.errors: dict[str, dict[str, str]] = {}  # by user: what their modal says is wrong, by block_id

    def new_trigger(self, user: str) -> str:
        """The trigger_id of an interaction of this person."""
        number = len(self._triggers) + 1
        trigger_id = f"{number}.{int(self._clock.now())}.{self._workspace.new_id('').lower()}"
        self._triggers[trigger_id] = _Trigger(user, self._clock.now() + TRIGGER_SECONDS)
        return trigger_id

    def use_trigger(self, trigger_id: str) -> str:
        """Use the trigger up. Returns the person to whom it opens a modal; raises SlackError if it opens none."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.is_used:
            raise SlackError("exchanged_trigger_id")
        if self._clock.now() > trigger.expires:
            raise SlackError("expired_trigger_id")
        trigger.is_used = True
        return trigger.user

    def publish(self, user: str, view: Json) -> Json:
        """Show this Home tab in place of the one that the person has. Returns the view as Slack shows it."""
        view_id = self.homes[user]["id"] if user in self.homes else self._workspace.new_id("V")
        self.homes[user] = self._shown(view, view_id)
        return self.homes[user]

    def open(self, user: str, view: Json) -> Json:
        """Open a modal, in place of the one that the person has open. Returns the view as Slack shows it."""
        self.close(user)
        self.modals[user] = self._shown(view, self._workspace.new_id("V"))
        return self.modals[user]

    def update_modal(self, user: str, view: Json) -> None:
        """Show another view in the person's modal."""
        self.modals[user] = self._shown(view, self.modals[user]["id"])

    def with_external_id(self, external_id: str) -> Json | None:
        """The view to which the app has given this id."""
        views = (*self.homes.values(), *self.modals.values())
        return next((view for view in views if view["external_id"] == external_id), None)

    def close(self, user: str) -> None:
        """Close the person's modal, if there is one."""
        self.modals.pop(user, None)
        self.errors.pop(user, None)

    def set_errors(self, user: str, errors: Any) -> None:
        """Show errors, by block_id, in the person's modal. Ignored if one of them belongs to no input block."""
        inputs = {block["block_id"] for block in self.modals[user]["blocks"] if block["type"] == "input"}
        if isinstance(errors, dict) and errors.keys() <= inputs:
            self.errors[user] = errors

    def _shown(self, view: Json, view_id: str) -> Json:
        """The view as Slack gives it back."""
        own = self._installation
        kind: ViewKind = view["type"]
        defaults: Json = {"private_metadata": "", "callback_id": "", "external_id": "", "close": None, "submit": None}
        defaults |= {"clear_on_close": False, "notify_on_close": False, "submit_disabled": False, "title": None}
        shown = defaults | view
        shown |= {"id": view_id, "root_view_id": view_id, "previous_view_id": None, "state": {"values": {}}}
        shown |= {"team_id": own.team_id, "app_installed_team_id": own.team_id, "app_id": own.app_id}
        shown |= {"bot_id": own.bot_id, "hash": self._workspace.next_ts()}
        shown["blocks"] = with_block_ids(view["blocks"], f"{kind[0]}{view_id[-4:]}")
        return shown
