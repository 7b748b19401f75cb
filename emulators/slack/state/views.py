"""What people see of the app beside its messages: their Home tabs, and the modals that are open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from emulators.slack.rules.errors import SlackError
from emulators.slack.rules.view_rules import ViewKind
from emulators.slack.state.clock import Clock
from emulators.slack.state.elements import named
from emulators.slack.state.installation import Installation
from emulators.slack.state.workspace import Workspace

Json = dict[str, Any]
TRIGGER_SECONDS = 3.0


@dataclass
class _Trigger:
    """What an interaction gives the app: it may open one modal for this person, until it expires."""

    user: str
    expires: float
    is_used: bool = False


class Views:
    """One Home tab and at most one modal for each person; a view keeps its id, and each version has a new hash."""

    def __init__(self, workspace: Workspace, installation: Installation, clock: Clock) -> None:
        self._workspace = workspace
        self._installation = installation
        self._clock = clock
        self._triggers: dict[str, _Trigger] = {}
        self.homes: dict[str, Json] = {}  # by user
        self.modals: dict[str, Json] = {}  # by user
        self.errors: dict[str, dict[str, str]] = {}  # by user: what their modal says is wrong, by block_id

    def new_trigger(self, user: str) -> str:
        number = len(self._triggers) + 1
        trigger_id = f"{number}.{int(self._clock.now())}.{self._workspace.new_id('').lower()}"
        self._triggers[trigger_id] = _Trigger(user, self._clock.now() + TRIGGER_SECONDS)
        return trigger_id

    def exchange(self, trigger_id: str) -> str:
        """Whom the trigger opens a modal for; it is used up by this."""
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
        """Put a new Home tab in place of the one that the person has."""
        view_id = self.homes[user]["id"] if user in self.homes else self._workspace.new_id("V")
        self.homes[user] = self._shown(view, view_id)
        return self.homes[user]

    def open(self, user: str, view: Json) -> Json:
        self.close(user)
        self.modals[user] = self._shown(view, self._workspace.new_id("V"))
        return self.modals[user]

    def change(self, current: Json, view: Json) -> Json:
        """Another version of a view that somebody sees."""
        for shown in (self.homes, self.modals):
            for user in [user for user, one in shown.items() if one is current]:
                shown[user] = self._shown(view, current["id"])
                return shown[user]
        raise SlackError("not_found")

    def find(self, view_id: str | None, external_id: str | None) -> Json | None:
        """The view with the one id or, where that is not given, the other."""
        for view in (*self.homes.values(), *self.modals.values()):
            if (view["id"] == view_id) if view_id else (view["external_id"] == external_id):
                return view
        return None

    def close(self, user: str) -> None:
        self.modals.pop(user, None)
        self.errors.pop(user, None)

    def complain(self, user: str, errors: Any) -> None:
        """Show errors in the person's modal, by block_id; none, unless each belongs to an input block of it."""
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
        shown["blocks"] = named(view["blocks"], f"{kind[0]}{view_id[-4:]}")
        return shown
