"""What has to come of a conversation: which tools are called, and what the answer says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

MOST_ENTRIES = 100  # of a list in a case
PATTERNS = ("contains", "matches")  # the keys of an argument that is not given word for word


def as_list(value: Any) -> Any:
    """One text alone is a list with that text."""
    return [value] if isinstance(value, str) else value


def shown(value: str) -> str:
    if not value.strip():
        raise ValueError("is empty")
    return value


def _regular_expression(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"is no regular expression: {error}") from None
    return value


Text = Annotated[str, AfterValidator(shown)]
Texts = Annotated[list[Text], BeforeValidator(as_list), Field(max_length=MOST_ENTRIES)]
Expressions = Annotated[
    list[Annotated[Text, AfterValidator(_regular_expression)]],
    BeforeValidator(as_list),
    Field(max_length=MOST_ENTRIES),
]


class CaseModel(BaseModel):
    """A part of a case, as somebody has written it."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _call(value: Any) -> Any:
    """The name of a tool alone is a call with any arguments."""
    return {"tool": value} if isinstance(value, str) else value


def _arguments(value: dict[str, Any]) -> dict[str, Any]:
    for argument, wanted in value.items():
        if isinstance(wanted, dict) and len(wanted) == 1 and "matches" in wanted:
            try:
                _regular_expression(str(wanted["matches"]))
            except ValueError as error:
                raise ValueError(f"{argument}: {error}") from None
    return value


class ExpectedCall(CaseModel):
    """A tool call that has to be made."""

    tool: Text = Field(description="the name of the tool, or a glob such as `get_*`")
    arguments: Annotated[dict[str, Any], AfterValidator(_arguments)] = Field(
        {},
        description="arguments that the call has to have; others may be anything. A value is word for word, or "
        "`{contains: text}` (upper and lower case are the same) or `{matches: regular expression}`",
    )
    times: int | None = Field(
        None, ge=1, le=MOST_ENTRIES, description="how many such calls there have to be; without it, at least one"
    )


class Expectation(CaseModel):
    """What has to come of one message, or of the whole conversation."""

    calls: Annotated[list[Annotated[ExpectedCall, BeforeValidator(_call)]], BeforeValidator(as_list)] = Field(
        [],
        max_length=MOST_ENTRIES,
        description="the tool calls that have to be made, in any order; also those that a person did not allow",
    )
    no_calls: Texts = Field([], description='names or globs of tools that must not be called; `"*"`: none at all')
    asks: Texts = Field(
        [], description="names of tools about whose calls people have to be asked before they are carried out"
    )
    contains: Texts = Field([], description="what the answer has to contain; upper and lower case are the same")
    not_contains: Texts = Field([], description="what the answer must not contain")
    matches: Expressions = Field([], description="regular expressions, each of which has to be found in the answer")
    judge: Texts = Field(
        [],
        description="questions about the answer that a model has to answer with yes, such as `Is it polite?`; without "
        "GOOGLE_API_KEY nobody judges, and these are skipped",
    )

    @property
    def tools(self) -> Sequence[str]:
        """The names and globs of tools in it."""
        return [*(call.tool for call in self.calls), *self.no_calls, *self.asks]

    @model_validator(mode="after")
    def _expects_something(self) -> Expectation:
        if not any(getattr(self, name) for name in type(self).model_fields):
            raise ValueError("expects nothing")
        return self
