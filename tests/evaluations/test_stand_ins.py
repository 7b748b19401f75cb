"""Promises about stand-ins: the first answer that fits is given, and nothing is changed in the world by accident."""

from __future__ import annotations

from typing import Any

from agent_worker.cases.case import Case
from evaluations.stand_ins import NOT_ALLOWED, NOT_FOUND, StandIns

CASE: dict[str, Any] = {
    "messages": ["Hi"],
    "expect": {"contains": "a"},
    "tools": {
        "look": [{"when": {"at": "moon"}, "returns": {"far": True}}, {"when": {"at": "sun"}, "fails": "Too bright."}],
        "nothing": {"returns": None},
    },
}


class Real:
    """The tools that are not stood in for."""

    async def run(self, name: str, *_: Any, **__: Any) -> dict[str, Any]:
        return {"output": f"the real {name}"}

    def outcome(self, name: str, *_: Any) -> str:
        return f"what {name} found"


def stand_ins(trouble: list[str], **more: Any) -> StandIns:
    case = Case.model_validate(CASE | more)
    return StandIns(case, Real(), has_effect=lambda name, _: name == "order", trouble=trouble)


async def test_the_first_answer_that_fits_is_given() -> None:
    trouble: list[str] = []
    tools = stand_ins(trouble)

    assert await tools.run("look", {"at": "moon", "for": 1}) == {"output": {"far": True}}
    assert await tools.run("look", {"at": "sun"}) == {"error": "Too bright."}
    assert await tools.run("nothing", None) == {"output": None}
    assert trouble == []


async def test_a_call_without_an_answer_is_told_to_the_model_and_to_whoever_wrote_the_case() -> None:
    trouble: list[str] = []

    assert await stand_ins(trouble).run("look", {"at": "mars"}) == {"error": NOT_FOUND}
    assert trouble == ['look(at="mars") was called, and none of its answers under `tools` fits']


async def test_other_tools_are_the_real_ones_unless_they_would_change_something() -> None:
    trouble: list[str] = []
    tools = stand_ins(trouble)

    assert await tools.run("read", {}) == {"output": "the real read"}
    assert await tools.run("order", {"what": "tea"}) == {"error": NOT_ALLOWED}
    assert "would have changed something for real" in trouble[0]


async def test_a_tool_that_changes_something_runs_where_the_case_says_that_it_may() -> None:
    trouble: list[str] = []

    assert await stand_ins(trouble, real="order").run("order", {}) == {"output": "the real order"}
    assert trouble == []
