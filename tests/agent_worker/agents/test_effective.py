"""Promises of what applies to an agent: each value has its source, and one version is one digest."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from agent_worker.agents.agents import Agents
from agent_worker.agents.catalog import LARGEST_CATALOG, catalog
from agent_worker.agents.effective import ABILITIES_SHOWN, Effective, allowed, greeting
from agent_worker.payloads.storage_limits import size_of
from agent_worker.toolbox.toolbox import Toolbox
from agent_worker.tools.file_ticket import file_ticket
from tests.support.agent_worker.agents import agents_in, write
from tests.support.agent_worker.outside_tools import Afar, FarTool
from tests.support.agent_worker.rehearsal import POLICY
from tests.support.agent_worker.sample_tools import echo, refuse


def effective(agents: Agents, name: str = "default") -> Effective:
    found = agents.effective(name)
    assert found is not None
    return found


def test_each_value_is_of_the_file_of_a_setting_or_built_in(tmp_path: Path) -> None:
    write(tmp_path, "default", "model: gemini-4-argon\ntools: [echo]")

    one = effective(agents_in(tmp_path, Toolbox([echo, refuse]), agent_max_model_calls=7))

    file = f"{tmp_path.name}/default.md"
    assert (one.model.value, one.model.source) == ("gemini-4-argon", file)
    assert (one.max_model_calls.value, one.max_model_calls.source) == (7, "setting AGENT_MAX_MODEL_CALLS")
    assert (one.context_tokens.value, one.context_tokens.source) == (64_000, "default")
    assert (one.tools.value, one.tools.source) == (["echo"], file)
    assert (one.instructions.value, one.instructions.source) == ("Answer.", file)


def test_tools_are_names_and_globs_also_of_tools_from_outside(tmp_path: Path) -> None:
    write(tmp_path, "default", "tools: [e*, far__*, nothing]")
    write(tmp_path, "all", "channels: [a]")
    write(tmp_path, "none", "tools: []\nchannels: [b]")
    afar = Afar()
    agents = agents_in(tmp_path, Toolbox([echo, refuse], source=afar))

    assert effective(agents).tools.value == ["echo", "far__look"]
    assert effective(agents, "all").tools.value == ["echo", "far__look", "refuse"]
    assert effective(agents, "none").tools.value == []
    afar.listed.append(FarTool("far__new"))
    assert effective(agents).tools.value == ["echo", "far__look", "far__new"]


def test_the_digest_changes_with_everything_that_a_turn_goes_by_and_with_nothing_else(tmp_path: Path) -> None:
    agents = agents_in(_folder(tmp_path / "0"), Toolbox([echo]))
    first = agents.version("default")
    assert first is not None
    assert agents.version("default") == first

    fronts = [
        "tools: []",
        "model: x",
        "max_model_calls: 2",
        "context_tokens: 2000",
        "thread_replies: all",
        "greeting: x",
    ]
    others = [
        agents_in(_folder(tmp_path / str(number), front), Toolbox([echo])).version("default")
        for number, front in enumerate(fronts, 1)
    ]
    silent = agents_in(_folder(tmp_path / "9", "description: x\nprompts: [a]\nchannels: [c]"), Toolbox([echo]))

    digests = {one.digest for one in others if one is not None}
    assert len(digests | {first.digest}) == len(fronts) + 1
    assert silent.version("default") == first


def _folder(directory: Path, front: str = "") -> Path:
    write(directory, "default", front)
    return directory


def test_a_version_takes_the_place_of_the_settings_of_the_same_names(tmp_path: Path) -> None:
    front = "model: x\nmax_model_calls: 2\ncontext_tokens: 2000\nthread_replies: mention"
    version = agents_in(_folder(tmp_path, front)).version("default")
    assert version is not None

    policy = version.applied_to(POLICY)

    changed = ("gemini_model", "agent_max_model_calls", "agent_context_tokens", "thread_replies")
    assert tuple(getattr(policy, name) for name in changed) == ("x", 2, 2000, "mention")
    assert policy.model_dump(exclude=set(changed)) == POLICY.model_dump(exclude=set(changed))


def test_tools_that_leave_little_room_for_the_conversation_are_warned_of_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    many = Afar(listed=[FarTool(f"far__look_{number}") for number in range(200)])
    agents = agents_in(_folder(tmp_path, "context_tokens: 4000"), Toolbox([echo], source=many))
    roomy = agents_in(_folder(tmp_path / "2", "context_tokens: 64000"), Toolbox([echo], source=many))

    for one in (agents, agents, roomy):
        one.version("default")

    (warning,) = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert (vars(warning)["agent"], vars(warning)["context_tokens"]) == ("default", 4_000)
    assert 2_000 < vars(warning)["tool_tokens"] < 8_000


def test_a_version_is_remembered_by_its_digest_and_an_unknown_one_is_not_made_up(tmp_path: Path) -> None:
    agents = agents_in(_folder(tmp_path))
    version = agents.version("default")
    assert version is not None

    assert agents.known_version(version.digest) == version
    assert agents.known_version("another") is None
    assert agents.version("nobody") is None


def test_an_agent_with_many_tools_greets_with_some_and_counts_the_others() -> None:
    said = greeting([f"ability {number}" for number in range(ABILITIES_SHOWN + 5)])

    assert said.count("- ability") == ABILITIES_SHOWN
    assert said.endswith("- and 5 more")


def test_the_catalog_stays_small_however_many_tools_and_agents_there_are(tmp_path: Path) -> None:
    tools = [FarTool(f"far__tool_{number}", "s" * 200) for number in range(300)]
    for number in range(150):
        write(tmp_path, f"agent-{number}", f"channels: [c{number}]")
    write(tmp_path, "default")

    made = catalog(agents_in(tmp_path, Toolbox([], source=Afar(tools))))

    assert size_of(made.model_dump()) <= LARGEST_CATALOG
    assert len(made.agents) == 151
    assert all(len(agent.tools) + agent.more_tools == 300 for agent in made.agents)


def test_what_stands_after_an_exclamation_mark_is_taken_away(tmp_path: Path) -> None:
    write(tmp_path, "default", 'tools: ["*", "!*__*"]')
    write(tmp_path, "only", 'tools: ["!echo", "e*", "far__*"]\nchannels: [a]')
    agents = agents_in(tmp_path, Toolbox([echo, refuse], source=Afar()))

    assert effective(agents).tools.value == ["echo", "refuse"]
    assert effective(agents, "only").tools.value == ["far__look"]
    assert not agents.allows("default", "far__look")


@pytest.mark.parametrize(
    ("patterns", "is_told"),
    [
        (None, True),
        (["far__*"], True),
        (["far__look"], True),
        (["*"], True),
        (["*", "!*__*"], False),
        (["near__*"], False),
    ],
)
def test_an_agent_is_told_of_tools_that_nobody_knows_yet_if_it_may_use_them(
    tmp_path: Path, patterns: list[str] | None, *, is_told: bool
) -> None:
    toolbox = Toolbox([echo], source=Afar([], away={"far__": "The server far is away."}))
    front = "" if patterns is None else f"tools: {json.dumps(patterns)}"

    told = agents_in(_folder(tmp_path, front), toolbox).tools_away("default")

    assert told == (["The server far is away."] if is_told else [])


def test_hundreds_of_names_are_read_as_names_and_globs_as_globs() -> None:
    names = [f"far__tool_{number}" for number in range(300)]

    assert allowed(names, [*names[:200], "far__tool_29?", "!far__tool_1"]) == [
        name for number, name in enumerate(names) if (number < 200 and number != 1) or number >= 290
    ]


def test_the_catalog_says_of_which_tools_people_are_asked(tmp_path: Path) -> None:
    write(tmp_path, "default", "")
    write(tmp_path, "bold", "channels: [a]\napprove: never")
    outside = Afar([FarTool("far__look"), FarTool("far__delete_all")])

    made = catalog(agents_in(tmp_path, Toolbox([echo, file_ticket], source=outside)))

    asked = {agent.name: [tool.name for tool in agent.tools if tool.asks_first] for agent in made.agents}
    assert asked == {"default": ["far__delete_all", "file_ticket"], "bold": []}
