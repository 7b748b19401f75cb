"""A text that counts how many characters are copied when it is put together with another one."""

from __future__ import annotations


class Counted(str):
    """Each time that it is added to another text, the length of what that makes is noted in `copied`."""

    _copied: list[int]

    def __new__(cls, text: str, copied: list[int]) -> Counted:
        made = super().__new__(cls, text)
        made._copied = copied
        return made

    def __add__(self, other: str) -> Counted:
        return self._noted(str(self) + str(other))

    def __radd__(self, other: str) -> Counted:
        return self._noted(str(other) + str(self))

    def _noted(self, text: str) -> Counted:
        self._copied.append(len(text))
        return Counted(text, self._copied)
