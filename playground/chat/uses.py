"""What one can press, choose and fill in from a terminal: each thing has a number, or is named by its words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from emulators.slack.control_api.client import ControlClient, Form, RefusedError
from emulators.slack.people.controls import Control

NOTHING = "there is nothing to press here"
HOW = {"button": "/press {}", "choice": "/choose {} …", "text": "/fill {} …"}


@dataclass(frozen=True)
class Place:
    """Where a person is: the controls of this thread (None: of the channel) are theirs to use."""

    user: str
    channel: str
    thread_ts: str | None


class Uses:
    """Uses controls for a person; what they should read is handed to `tell`.

    While a form is open, only its controls are there, as in Slack.
    """

    def __init__(self, client: ControlClient, tell: Callable[[str], None]) -> None:
        self._client = client
        self._tell = tell
        self._listed: list[Control] = []  # those that have a number

    async def list_all(self, place: Place) -> None:
        """Tell what there is, with a number for each."""
        controls, form = await self._client.controls(place.user, place.channel, place.thread_ts)
        self._listed = form.controls if form else controls
        if form:
            self._tell(f"(the form “{form.title}” is open)")
        lines = [_line(number, control) for number, control in enumerate(self._listed, start=1)]
        self._tell("\n".join(lines) or f"({NOTHING})")

    async def show_form(self, place: Place) -> None:
        """Tell of the form that is open now, as a person would see it."""
        _, form = await self._client.controls(place.user, place.channel, place.thread_ts)
        if form is None:
            return
        self._listed = form.controls
        self._tell(_form(form))

    async def press(self, place: Place, words: str) -> None:
        """Press the button with this number or label. Raises RefusedError, with what there is, if that is not clear."""
        number, _, answer = words.partition(" ")
        is_confirmed = number.isdigit() and answer == "yes"
        control = await self._find(place, number if is_confirmed else words, "button")
        if control.question and not is_confirmed:
            raise RefusedError(f"{control.question} To confirm it: /press {self._listed.index(control) + 1} yes")
        await self._client.press(place.user, place.channel, control)
        self._tell(f"(pressed {control.label}{f': {control.url}' if control.url else ''})")

    async def choose(self, place: Place, words: str) -> None:
        """`NUMBER WORDS`: choose the option with these words; several are separated by commas."""
        number, _, chosen = words.partition(" ")
        control = await self._find(place, number, "choice")
        wanted = [one.strip() for one in (chosen.split(",") if control.takes_many else [chosen]) if one.strip()]
        values = [_value(control, one) for one in wanted]
        await self._client.choose(place.user, place.channel, control, values)
        self._tell(f"({control.label}: {', '.join(wanted) or 'nothing'})")

    async def fill_in(self, place: Place, words: str) -> None:
        """`NUMBER TEXT`: write the text into the field, in place of what it held."""
        number, _, text = words.partition(" ")
        control = await self._find(place, number, "text")
        await self._client.fill_in(place.user, place.channel, control, text.replace("\\n", "\n"))
        self._tell(f"({control.label}: {text or 'empty'})")

    async def _find(self, place: Place, words: str, kind: str) -> Control:
        """The control with this number or, of those that are there now, the one with this label."""
        controls, form = await self._client.controls(place.user, place.channel, place.thread_ts)
        now = form.controls if form else controls
        if words.isdigit() and self._listed:
            return self._numbered(int(words), now, kind)
        found = _meant([one for one in now if one.kind == kind], words.strip().lower())
        if len(found) == 1:
            self._listed = now
            return found[0]
        self._listed = now
        there = "\n".join(_line(number, one) for number, one in enumerate(now, start=1)) or NOTHING
        raise RefusedError(f"{'say which, with its number:' if found else f'there is no “{words}”:'}\n{there}")

    def _numbered(self, number: int, now: list[Control], kind: str) -> Control:
        if not 1 <= number <= len(self._listed):
            raise RefusedError(f"there is no number {number}; /press lists what there is")
        known = self._listed[number - 1]
        found = next((one for one in now if _same(one, known)), None)
        if found is None:
            raise RefusedError(f"number {number} ({known.label}) is not there any more; /press lists what there is")
        if found.kind != kind:
            raise RefusedError(f"number {number} is used with {HOW[found.kind].format(number)}")
        self._listed[number - 1] = found
        return found


def _meant(controls: list[Control], words: str) -> list[Control]:
    """Those with this label; if there are none, those whose label begins so: "file" is File Ticket."""
    exact = [one for one in controls if one.label.lower() == words]
    return exact or [one for one in controls if words and one.label.lower().startswith(words)]


def _same(one: Control, other: Control) -> bool:
    return (one.ts, one.block_id, one.action_id, one.value) == (other.ts, other.block_id, other.action_id, other.value)


def _value(control: Control, words: str) -> str:
    """The value of the option with these words. What has no options, as a day, is its own value."""
    if not control.options:
        return words
    found = [value for label, value in control.options if words.lower() in (label.lower(), value.lower())]
    if not found:
        raise RefusedError(
            f"{control.label} has no “{words}”; it has: {', '.join(label for label, _ in control.options)}"
        )
    return found[0]


def _line(number: int, control: Control) -> str:
    how = HOW[control.kind].format(number)
    if control.kind == "button":
        about = f"  {control.about}" if control.about else ""
        return f"{how:<12} [{control.label}]{about}"
    options = f"  ({' | '.join(label for label, _ in control.options)})" if control.options else ""
    optional = " (optional)" if control.is_optional else ""
    return f"{how:<12} {control.label}{optional}: {control.entered or '-'}{options}"


def _form(form: Form) -> str:
    lines = [f"(a form: {form.title})", form.text, *(f"! {error}" for error in form.errors)]
    lines += [_line(number, control) for number, control in enumerate(form.controls, start=1)]
    return "\n".join(line for line in [*lines, "/submit      or /close"] if line)
