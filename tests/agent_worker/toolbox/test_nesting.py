"""Promises of nested and flat arguments: both are taken where that means one thing; errors name what was sent."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, RootModel

from agent_worker.toolbox.signature import ArgumentsError, read_signature


class Alerts(BaseModel):
    model_config = ConfigDict(extra="forbid")

    state: str
    severe: bool = False


class Renamed(BaseModel):
    state: str = Field(alias="State")


class TwiceNamed(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    state: str = Field(validation_alias=AliasChoices("st", "State"))


class Counts(RootModel[dict[str, int]]):
    pass


class Recursing(BaseModel):
    request: str


class Optionally(BaseModel):
    state: str = "NY"


async def nested(request: Alerts) -> Any: ...
async def perhaps(request: Alerts | None = None) -> Any: ...
async def described(request: Annotated[Alerts, Field(description="what is asked")]) -> Any: ...
async def renamed(request: Renamed) -> Any: ...
async def twice_named(request: TwiceNamed) -> Any: ...
async def counts(request: Counts) -> Any: ...
async def optional(state: str = "NY") -> Any: ...
async def ambiguous(request: Recursing) -> Any: ...
async def easy(request: Optionally) -> Any: ...
async def two(request: Alerts, more: str = "") -> Any: ...
async def plain(state: str, severe: bool = False) -> Any: ...  # noqa: FBT001, FBT002
async def mapping(values: dict[str, str]) -> Any: ...
async def nothing() -> Any: ...


CALIFORNIA = {"request": Alerts(state="CA")}


@pytest.mark.parametrize(
    ("function", "sent", "fits"),
    [
        (nested, {"request": {"state": "CA"}}, CALIFORNIA),
        (nested, {"state": "CA"}, CALIFORNIA),
        (perhaps, {"state": "CA"}, CALIFORNIA),
        (perhaps, {}, {"request": None}),
        (described, {"state": "CA"}, CALIFORNIA),
        (renamed, {"State": "CA"}, {"request": Renamed(State="CA")}),
        *((twice_named, {name: "CA"}, {"request": TwiceNamed(state="CA")}) for name in ("st", "State", "state")),
        (counts, {"request": {"root": 5}}, {"request": Counts({"root": 5})}),
        (ambiguous, {"request": {"request": "x"}}, {"request": Recursing(request="x")}),
        (easy, {}, {"request": Optionally()}),
        (easy, {"request": {}}, {"request": Optionally()}),
        (two, {"request": {"state": "CA"}}, {**CALIFORNIA, "more": ""}),
        (plain, {"state": "CA"}, {"state": "CA", "severe": False}),
        (plain, {"request": {"state": "CA", "severe": True}}, {"state": "CA", "severe": True}),
        (mapping, {"values": {"values": "x"}}, {"values": {"values": "x"}}),
        (optional, {"request": {}}, {"state": "NY"}),
        (nothing, {"request": {}}, {}),
        (nothing, {}, {}),
        (nothing, None, {}),
    ],
)
def test_arguments_are_taken_nested_and_flat(function: Any, sent: Any, fits: dict[str, Any]) -> None:
    assert read_signature(function).fit(sent) == fits


@pytest.mark.parametrize(
    ("function", "sent", "complaint"),
    [
        (nested, {"request": {}}, "request.state is required"),
        (nested, {}, "request is required"),
        (nested, {"severe": True}, "state is required"),
        (nested, {"state": 1}, r"state: Input should be a valid string \(got 1\)"),
        (nested, {"request": {"state": 1}}, r"request.state: Input should be a valid string \(got 1\)"),
        (nested, {"state": "CA", "bad": 1}, r"bad is not an argument \(the arguments are: state, severe\)"),
        (
            nested,
            {"request": {"state": "CA"}, "state": "NY"},
            r"state is not an argument \(the arguments are: request\)",
        ),
        (nested, {"bad": 1}, r"request is required; bad is not an argument \(the arguments are: request\)"),
        (nested, {"request": {"state": "CA", "bad": 1}}, r"request.bad is not an argument\."),
        (ambiguous, {"request": "x"}, "request: Input should be a valid dictionary"),
        (two, {"state": "CA"}, "request is required; state is not an argument"),
        (plain, {"request": {"state": 1}}, r"request.state: Input should be a valid string \(got 1\)"),
        (
            plain,
            {"request": {"state": "CA", "bad": 1}},
            r"request.bad is not an argument \(the arguments are: state, s",
        ),
        (plain, {"request": {}}, "request.state is required"),
        (counts, {"root": 5}, "request is required; root is not an argument"),
        (plain, {"request": {"bad": 1}}, r"state is required; request is not an argument"),
        (plain, {"request": {"state": "CA"}, "severe": True}, "state is required; request is not an argument"),
        (plain, {"state": {"state": "CA"}}, "state: Input should be a valid string"),
        (nothing, {"request": {"state": "CA"}}, r"request is not an argument \(the arguments are: none\)"),
    ],
)
def test_what_could_mean_several_things_is_taken_as_declared_and_errors_name_what_was_sent(
    function: Any, sent: Any, complaint: str
) -> None:
    with pytest.raises(ArgumentsError, match=complaint):
        read_signature(function).fit(sent)


FUNCTIONS: list[Any] = [
    *(nested, perhaps, described, renamed, twice_named, counts, ambiguous, easy, two, plain, optional, mapping, nothing)
]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["request", "state", "severe", "values", "more", "bad"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.sampled_from(FUNCTIONS), json_values)
def test_whatever_fits_as_declared_is_taken_as_declared(function: Any, sent: Any) -> None:
    signature = read_signature(function)
    try:
        declared = signature.arguments.model_validate(sent)
    except ValueError:
        declared = None
    try:
        fitting = signature.fit(sent)
    except ArgumentsError:
        assert declared is None
        return
    if declared is not None:
        assert fitting == {name: getattr(declared, name) for name in signature.names}
