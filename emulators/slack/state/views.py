"""Home tabs and modals: what people see of the app beside its messages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from emulators.slack.clock import Clock
from emulators.slack.rules.errors import SlackError
from emulators.slack.rules.views import ViewKind
from emulators.slack.state.entries import Entries
from emulators.slack.state.installation import Installation
from emulators.slack.state.messages import with_block_ids
from emulators.slack.state.workspace import Workspace

Json = dict[str, Any]
TRIGGER_SECONDS = 3.0
MAX_STACK = 3  # views of a modal that lie on each other


@dataclass
class _Trigger:
    """A person's interaction, with which the app may open one modal until it expires."""

    user: str
    expires: float
    is_used: bool = False


class Views:
    """One Home tab and at most one modal for each person: a stack of views, of which the last one is shown.

    A view keeps its id; each version has a new hash.
    """

    def __init__(self, workspace: Workspace, installation: Installation, clock: Clock, entries: Entries) -> None:
        self._workspace = workspace
        self._installation = installation
        self._clock = clock
        self._entries = entries
        self._triggers: dict[str, _Trigger] = {}
        self.homes: dict[str, Json] = {}  # by user
        self.stacks: dict[str, list[Json]] = {}  # by user; no stack is empty
        self.errors: dict[str, dict[str, str]] = {}  # by user: what their modal says is wrong, by block_id

    @property
    def modals(self) -> dict[str, Json]:
        """The view that each person's modal shows, by user."""
        return {user: stack[-1] for user, stack in self.stacks.items()}

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
        self.clear(user)
        self.stacks[user] = [self._shown(view, self._workspace.new_id("V"))]
        return self.stacks[user][0]

    def push(self, user: str, view: Json) -> Json:
        """Lay a view on the person's modal. Raises SlackError if there is none, or if three lie there already."""
        stack = self.stacks.get(user)
        if stack is None:
            raise SlackError("not_found")
        if len(stack) >= MAX_STACK:
            raise SlackError("push_limit_reached")
        below = {"root_view_id": stack[0]["id"], "previous_view_id": stack[-1]["id"]}
        stack.append(self._shown(view, self._workspace.new_id("V")) | below)
        self.errors.pop(user, None)
        return stack[-1]

    def update(self, view_id: str, view: Json) -> Json:
        """Put another version in place of a view that is open or published. Returns the view as Slack shows it."""
        for user, home in self.homes.items():
            if home["id"] == view_id:
                self.homes[user] = self._shown(view, view_id)
                return self.homes[user]
        user, place = next((user, place) for user, place in self._places() if self.stacks[user][place]["id"] == view_id)
        before = self.stacks[user][place]
        below = {name: before[name] for name in ("root_view_id", "previous_view_id")}
        self.stacks[user][place] = self._shown(view, view_id) | below
        if place == len(self.stacks[user]) - 1:
            self.errors.pop(user, None)
        return self.stacks[user][place]

    def _places(self) -> Iterator[tuple[str, int]]:
        return ((user, place) for user, stack in self.stacks.items() for place in range(len(stack)))

    def with_id(self, view_id: str) -> Json | None:
        """The view, if it is published, or open anywhere in a person's modal."""
        return next((view for view in self._all() if view["id"] == view_id), None)

    def with_external_id(self, external_id: str) -> Json | None:
        """The view to which the app has given this id."""
        return next((view for view in self._all() if view["external_id"] == external_id), None)

    def _all(self) -> Iterator[Json]:
        yield from self.homes.values()
        for stack in self.stacks.values():
            yield from stack

    def clear(self, user: str) -> list[Json]:
        """Close the person's modal with all its views, which are returned, the one on top first."""
        self.errors.pop(user, None)
        views = self.stacks.pop(user, [])[::-1]
        for view in views:
            self._entries.forget(("view", view["id"]))
        return views

    def close(self, user: str) -> list[Json]:
        """Close the view that the person sees, so that they see the one below it, if there is one."""
        stack = self.stacks.get(user, [])
        if len(stack) <= 1:
            return self.clear(user)
        self.errors.pop(user, None)
        self._entries.forget(("view", stack[-1]["id"]))
        return [stack.pop()]

    def set_errors(self, user: str, errors: Any) -> None:
        """Show errors, by block_id, in the person's modal. Ignored if one of them belongs to no input block."""
        inputs = {block["block_id"] for block in self.stacks[user][-1]["blocks"] if block["type"] == "input"}
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
