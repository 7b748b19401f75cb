"""Promises of texts without names of exceptions: what they are about stays."""

from __future__ import annotations

import pytest

from text.exception_names import without_exception_names


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("ValueError: no such day", "no such day"),
        ("requests.exceptions.HTTPError: 404 for the page", "404 for the page"),
        ("It has failed: MyException() was raised.", "It has failed: was raised."),
        ("TypeError", ""),
        ("An Error is no exception, and neither are Errors.", "An Error is no exception, and neither are Errors."),
        ("", ""),
    ],
)
def test_only_the_names_are_left_out(said: str, read: str) -> None:
    assert without_exception_names(said) == read
