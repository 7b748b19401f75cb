"""What people do in the app's Home tab and in its modals: press, choose, submit, close."""

from __future__ import annotations

from typing import Any

from emulators.slack.backend import Backend
from emulators.slack.people import actions, modals, payloads
from emulators.slack.people.entries import Entry
from emulators.slack.people.modals import Values

Json = dict[str, Any]
ANSWER_SECONDS = 3.0  # how long Slack waits for the answer to a submission


class PeopleInViews:
    """The part of `SlackEmulator` that uses views. The app hears of it once, over Socket Mode."""

    _backend: Backend

    def press_home_button(
        self,
        user: str,
        action_id: str,
        value: str | None = None,
        *,
        block_id: str | None = None,
        confirms: bool = True,
    ) -> None:
        """A person presses a button of their Home tab; the app is told also of a button with a `url`.

        Without `confirms` they say no where the button asks for a confirmation.
        """
        self._press(user, self._home(user), action_id, value, block_id, confirms=confirms)

    def press_modal_button(
        self,
        user: str,
        action_id: str,
        value: str | None = None,
        *,
        block_id: str | None = None,
        confirms: bool = True,
    ) -> None:
        """A person presses a button in the modal that they have open, other than those that submit and close it."""
        self._press(user, self._modal(user), action_id, value, block_id, confirms=confirms)

    def choose_in_home(
        self, user: str, action_id: str, *values: str, block_id: str | None = None, confirms: bool = True
    ) -> None:
        """A person chooses in a menu, radio buttons, checkboxes or a calendar of their Home tab: see `choose`."""
        view = self._home(user)
        found = self._found(user, view, action_id, block_id, "choices")
        self._enter(user, view, found, values, confirms=confirms)

    def choose_in_modal(
        self, user: str, action_id: str, *values: str, block_id: str | None = None, confirms: bool = True
    ) -> None:
        """A person chooses in the modal that they have open, and does not submit it yet: see `choose`."""
        view = self._modal(user)
        found = self._found(user, view, action_id, block_id, "choices")
        self._enter(user, view, found, values, confirms=confirms)

    def fill_in_modal(self, user: str, action_id: str, text: str, *, block_id: str | None = None) -> None:
        """A person writes in the modal that they have open, and does not submit it yet: see `fill_in`."""
        view = self._modal(user)
        self._enter(user, view, self._found(user, view, action_id, block_id, "texts"), text)

    def submit_modal(self, user: str, values: Values) -> None:
        """A person submits the modal that they have open: `view_submission`. Other fields stay as they were.

        `values` are entries by block_id and action_id: texts, values of options, user ids or days, and lists of values
        where several can be chosen. The app's answer, within three seconds, closes the modal, changes it, lays another
        view on it, or says what is wrong.
        """
        backend, view = self._backend, self._modal(user)
        if view["submit_disabled"]:
            raise ValueError("the modal cannot be submitted yet")
        surface = ("view", view["id"])
        made = modals.filled(view, backend.entries.of(surface, user), values, backend.workspace)
        for name, state in made.items():
            backend.entries.set(surface, user, *name, state)
        deadline = backend.clock.now() + ANSWER_SECONDS

        def answered(answer: Json | None) -> None:
            if backend.clock.now() <= deadline:
                modals.take_answer(backend.views, user, view["id"], answer)

        backend.views.set_errors(user, {})
        payload = payloads.submission(backend, user, view)
        backend.deliveries.add_interaction("interactive", payload, channel="", ts="", answered=answered)

    def close_modal(self, user: str, *, with_all_below: bool = False) -> None:
        """A person presses the button that closes the view: they see the one below it, if there is one.

        `with_all_below` closes the whole modal, as its cross does, and so does a view that says `clear_on_close`. The
        app is told of each view with `notify_on_close`: `view_closed`.
        """
        is_cleared = with_all_below or self._modal(user)["clear_on_close"]
        views = self._backend.views
        for view in views.clear(user) if is_cleared else views.close(user):
            if view["notify_on_close"]:
                payload = payloads.closed(self._backend, user, view, is_cleared=is_cleared)
                self._backend.deliveries.add_interaction("interactive", payload, channel="", ts="")

    def _home(self, user: str) -> Json:
        view = self._backend.views.homes.get(user)
        if view is None:
            raise ValueError(f"{user} has no Home tab: it shows nothing to press")
        return view

    def _modal(self, user: str) -> Json:
        view = self._backend.views.modals.get(user)
        if view is None:
            raise ValueError(f"{user} has no modal open")
        return view

    def _press(
        self, user: str, view: Json, action_id: str, value: str | None, block_id: str | None, *, confirms: bool
    ) -> None:
        found = actions.pressed(view["blocks"], user, action_id, value, block_id)
        if found is None:
            raise ValueError(f"the {view['type']} of {user} shows nothing to press with the action_id {action_id!r}")
        found[0].check_confirmation(confirms=confirms)
        if confirms:
            self._tell_of(user, view, found[1])

    def _found(
        self, user: str, view: Json, action_id: str, block_id: str | None, kinds: actions.Kinds
    ) -> actions.Found:
        found = actions.fillable(view["blocks"], user, action_id, block_id, kinds)
        if found is None:
            raise ValueError(f"the {view['type']} of {user} shows nothing to fill in called {action_id!r}")
        return found

    def _enter(self, user: str, view: Json, found: actions.Found, entry: Entry, *, confirms: bool = True) -> None:
        found.check_confirmation(confirms=confirms)
        state, action = actions.chosen(found, entry, self._backend.workspace)
        if not confirms:
            return
        if state is not None:
            self._backend.entries.set(("view", view["id"]), user, *found.name, state)
        if found.dispatches:
            self._tell_of(user, view, action)

    def _tell_of(self, user: str, view: Json, action: Json) -> None:
        payload = payloads.acted_in_view(self._backend, user, view, action)
        self._backend.deliveries.add_interaction("interactive", payload, channel="", ts="")
