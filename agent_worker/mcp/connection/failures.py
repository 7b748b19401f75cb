"""How a call fails: whether it has been carried out, and what is told of it. Pure."""

from __future__ import annotations

import secrets

# Codes of JSON-RPC errors that our own side gives. They are in the range that JSON-RPC leaves to implementations, and
# MCP does not use them. A server may: only what bears the mark is ours.
NOT_SENT = -32090  # the request has not arrived, or was refused before anything was done
BROKEN = -32091  # it may have arrived
UNREADABLE = -32092  # it was answered, and the answer cannot be used
OURS = secrets.token_hex(16)  # the data of these errors

TOO_LARGE = "its answer has more than {} MB"
NO_MESSAGE = "its answer cannot be read"


class NotRunError(Exception):
    """The call has surely not been carried out. The message says why, in a few plain words."""


class ChangedError(NotRunError):
    """The same, because the server has other tools now than those that it has told."""


class LostError(Exception):
    """The call was sent, and nobody knows whether it was carried out. The message says what happened."""


class UnreadableError(Exception):
    """The server has answered, and nothing can be made of the answer. The message says why."""


class RefusedError(Exception):
    """The server has answered with an error. The message is the server's, and so are the code and the data."""

    def __init__(self, message: str, code: int | None = None, data: object = None) -> None:
        super().__init__(message)
        self.code = code
        self.data = data
