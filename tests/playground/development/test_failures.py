"""What failed is told with the line of the project's code that its author has to look at."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent_worker.toolbox.toolbox import Toolbox
from playground.development import failures
from playground.development.failures import MARK, Failure, Place

TOOL = '''\
"""A tool."""

import json

from agent_worker.toolbox.tool import tool


@tool(title="Counting", summary="counts")
async def count(text: str) -> int:
    """Counts."""
    return _parsed(text)


def _parsed(text: str) -> int:
    return json.loads(text)["count"]
'''


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one tool."""
    monkeypatch.setattr(failures, "ROOT", tmp_path)
    tools = tmp_path / "agent_worker" / "tools"
    tools.mkdir(parents=True)
    (tools / "counting.py").write_text(TOOL)
    return tmp_path


def recorded(error: BaseException, message: str = "activity failed by a defect", **facts: Any) -> Failure:
    """What a log record with this exception tells."""
    record = logging.makeLogRecord(
        {"name": "agent_worker.activities.interceptor", "msg": message, **facts}
        | {"exc_info": (type(error), error, error.__traceback__)}
    )
    failure = Failure.of_record(record)
    assert failure is not None
    return failure


def raised(act: Callable[[], Any]) -> BaseException:
    try:
        act()
    except Exception as error:  # noqa: BLE001  whatever it is
        return error
    raise AssertionError("nothing was raised")


def run(file: Path) -> dict[str, Any]:
    """The names in a module that is not imported."""
    names: dict[str, Any] = {"__name__": "counting"}
    exec(compile(file.read_text(), str(file), "exec"), names)
    return names


def call(project: Path, text: str) -> BaseException:
    names = run(project / "agent_worker/tools/counting.py")
    return raised(lambda: asyncio.run(names["count"](text)))


def test_an_exception_in_a_tool_is_told_with_its_text_and_the_tools_own_line(project: Path) -> None:
    failure = recorded(call(project, "{}"), activity="count", workflow_id="T1:C1:1.0")

    assert (failure.what, failure.error) == ("count failed", "KeyError: 'count'")
    assert str(failure.place) == "agent_worker/tools/counting.py:15"
    assert failure.place.code == 'return json.loads(text)["count"]'
    assert failure.workflow_id == "T1:C1:1.0"


def test_the_line_is_the_tools_also_if_a_library_has_raised_the_exception(project: Path) -> None:
    failure = recorded(call(project, "no JSON"), activity="count")

    assert failure.error.startswith("JSONDecodeError: Expecting value")
    assert str(failure.place) == "agent_worker/tools/counting.py:15"


def test_a_group_is_told_as_the_first_exception_in_it(project: Path) -> None:
    group = BaseExceptionGroup("several", [ExceptionGroup("inner", [ValueError("first")])])

    assert recorded(group).error == "ValueError: first"


def test_a_syntax_error_is_told_with_the_line_that_cannot_be_read(project: Path) -> None:
    file = project / "agent_worker/tools/broken.py"
    file.write_text("x = 1\ndef broken(:\n    pass\n")

    failure = recorded(raised(lambda: run(file)), "process failed", name="process")

    assert (failure.what, failure.error) == ("", "SyntaxError: invalid syntax")
    assert (str(failure.place), failure.place.code) == ("agent_worker/tools/broken.py:2", "def broken(:")


def test_a_tool_that_is_badly_written_is_told_with_its_place(project: Path) -> None:
    file = project / "agent_worker/tools/counting.py"
    file.write_text(TOOL.replace('    """Counts."""\n', ""))

    failure = recorded(raised(lambda: Toolbox([run(file)["count"]])), "process failed", name="process")

    assert failure.error.endswith("has no docstring, and the model would not know what it is for")
    assert str(failure.place) == "agent_worker/tools/counting.py:8"


def test_a_file_without_a_tool_is_told_by_its_name(project: Path) -> None:
    file = project / "agent_worker/tools/counting.py"
    failure = recorded(TypeError(f"{file} declares no tool: is the @tool decorator missing?"))

    assert str(failure.place) == "agent_worker/tools/counting.py"


def test_a_tool_whose_result_cannot_be_stored_is_told_with_the_place_of_its_definition() -> None:
    Toolbox.discover()  # imports the tools

    failure = recorded(TypeError("Object of type date is not JSON serializable"), activity="get_ip_address")

    assert failure.place.file == "agent_worker/tools/ip_address.py"
    assert failure.place.line > 1


def test_what_is_not_the_projects_own_has_no_place(project: Path) -> None:
    error = raised(lambda: json.loads("no JSON"))

    assert recorded(error).place == Place()


def test_a_title_that_fails_is_told_as_the_tools(project: Path) -> None:
    assert recorded(KeyError("x"), "tool title failed", tool="count").what == "count: tool title failed"


def test_a_tool_whose_import_does_not_end_is_told_with_the_line_at_which_it_is(project: Path) -> None:
    file = project / "agent_worker/tools/waiting.py"
    file.write_text("import sys\n\nhere = sys._getframe()\n")
    names = run(file)

    failure = Failure.of_import(names["here"])

    assert failure is not None
    assert failure.goes_on
    assert failure.error == "It has not come to the end of waiting.py yet."
    assert str(failure.place).startswith("agent_worker/tools/waiting.py:")
    assert Failure.of_report(failure.report()) == failure


def test_a_thread_that_imports_no_tool_is_at_nothing_to_be_told() -> None:
    assert Failure.of_import(sys._getframe()) is None
    assert Failure.of_import(None) is None


def test_a_report_is_one_line_that_says_the_same_at_the_other_end(project: Path) -> None:
    failure = recorded(ValueError("two\nlines, \udc80 and ✓" * 1000), activity="count")

    line = failure.report()

    assert line.startswith(MARK)
    assert "\n" not in line
    assert len(line.encode(errors="replace")) < 4_096  # longer ones may be cut by a line of another thread
    assert Failure.of_report(line) == failure
    assert Failure.of_report("worker is ready") is None


def test_the_end_of_a_log_tells_what_a_process_could_not_report(project: Path) -> None:
    lines = [
        "Traceback (most recent call last):",
        '  File "<frozen runpy>", line 198, in _run_module_as_main',
        f'  File "{project}/agent_worker/toolbox/tool.py", line 8',
        "    def tool(:",
        "SyntaxError: invalid syntax",
    ]

    failure = Failure.of_log(lines)

    assert (failure.error, str(failure.place)) == ("SyntaxError: invalid syntax", "agent_worker/toolbox/tool.py:8")
    assert Failure.of_log([]).error == "It says nothing."
