"""The case that the page about evaluations shows is one that ships, and the page names every field."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from agent_worker.cases.case import Case, CaseFile, CaseMessage, CasePerson, StandIn
from agent_worker.cases.expectation import Expectation, ExpectedCall

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "evaluations.md").read_text(encoding="utf-8")


def test_the_case_on_the_page_is_one_that_ships() -> None:
    found = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)

    assert found is not None
    assert found[1] == (ROOT / "agents" / "cases" / "ticket.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("part", [Case, CaseMessage, CaseFile, CasePerson, StandIn, Expectation, ExpectedCall])
def test_the_page_names_every_field_and_every_field_says_what_it_is(part: type[BaseModel]) -> None:
    named = set(re.findall(r"`(\w+)", PAGE))

    names = {field.alias or name for name, field in part.model_fields.items()}
    assert names - named <= {"path"}  # the page says "paths"
    assert all(field.description for field in part.model_fields.values())
