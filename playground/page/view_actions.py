"""What people do in the page in the app's Home tab and in its modals."""

from __future__ import annotations

from collections.abc import Callable

from emulators.slack.emulator import SlackEmulator
from playground.page.fields import Fields, Json


class ViewActions:
    """Actions by name, which the page's other actions include. `user` reads who acts from the fields."""

    def __init__(self, slack: SlackEmulator, user: Callable[[Fields], str]) -> None:
        self._slack = slack
        self._user = user

    def kinds(self) -> dict[str, Callable[[Fields], Json | None]]:
        return {
            "press_home": self._press_home,
            "choose_in_home": self._choose_in_home,
            "press_modal": self._press_modal,
            "choose_in_modal": self._choose_in_modal,
            "fill_in_modal": self._fill_in_modal,
            "submit_modal": self._submit_modal,
            "close_modal": self._close_modal,
        }

    def _press_home(self, fields: Fields) -> None:
        value, block_id = fields.optional("value"), fields.optional("block_id")
        self._slack.press_home_button(self._user(fields), fields.text("action_id"), value, block_id=block_id)

    def _choose_in_home(self, fields: Fields) -> None:
        user, values, block_id = self._user(fields), fields.texts("values"), fields.optional("block_id")
        self._slack.choose_in_home(user, fields.text("action_id"), *values, block_id=block_id)

    def _press_modal(self, fields: Fields) -> None:
        value, block_id = fields.optional("value"), fields.optional("block_id")
        self._slack.press_modal_button(self._user(fields), fields.text("action_id"), value, block_id=block_id)

    def _choose_in_modal(self, fields: Fields) -> None:
        user, values, block_id = self._user(fields), fields.texts("values"), fields.optional("block_id")
        self._slack.choose_in_modal(user, fields.text("action_id"), *values, block_id=block_id)

    def _fill_in_modal(self, fields: Fields) -> None:
        user, text, block_id = self._user(fields), fields.optional("text") or "", fields.optional("block_id")
        self._slack.fill_in_modal(user, fields.text("action_id"), text, block_id=block_id)

    def _submit_modal(self, fields: Fields) -> None:
        self._slack.submit_modal(self._user(fields), fields.entries("values"))

    def _close_modal(self, fields: Fields) -> None:
        self._slack.close_modal(self._user(fields), with_all_below=fields.flag("with_all_below"))
