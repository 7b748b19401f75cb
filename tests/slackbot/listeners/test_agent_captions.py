"""Promises of what people are told of an agent: it is plain text, it says where each value comes from, and it fits."""

from __future__ import annotations

from agent_worker.contract.agent_choice import Choice
from agent_worker.contract.agents import AgentCatalog, AgentView, Applied, ToolLine
from slackbot.listeners import agent_captions
from slackbot.listeners.agent_captions import AGENTS_SHOWN, WHERE, answering, described, listed

OPS = AgentView(
    name="ops",
    description="Runs *things* for <!channel>",
    applied=[Applied(what="Model", value="gemini-3.8-flash", source="setting GEMINI_MODEL")],
    tools=[ToolLine(name="get_ip_address", summary="your address")],
)


def test_each_value_has_its_source() -> None:
    said = described(OPS)

    assert "• Model: gemini-3" in said
    assert "_(setting GEMINI" in said
    assert "your address" in said


def test_what_a_file_says_formats_nothing_and_notifies_nobody() -> None:
    said = described(OPS)

    assert "*things*" not in said
    assert "<!channel>" not in said
    assert "&lt;!channel&gt;" in said


def test_many_tools_are_counted_and_the_text_fits_a_section() -> None:
    tools = [ToolLine(name=f"tool_{number}", summary="x" * 300) for number in range(40)]
    said = described(OPS.model_copy(update={"tools": tools, "more_tools": 260}))

    assert len(said) <= 3_000
    assert said.rstrip().endswith("more")
    assert said.count("◦ tool") + int(said.rsplit(" ", 2)[1]) == 300


def test_two_agents_for_one_channel_are_both_named() -> None:
    said = answering(AgentCatalog(agents=[OPS]), Choice(rivals=("ops", "sales")))

    assert "*ops* and *sales*" in said
    assert said.startswith("Nobody answers here")


def test_before_any_worker_has_told_of_agents_that_is_said() -> None:
    assert answering(AgentCatalog(), Choice("default")) == agent_captions.UNKNOWN


def test_a_name_that_slack_does_not_tell_is_said_and_not_guessed() -> None:
    assert answering(AgentCatalog(agents=[OPS]), Choice(needs_name=True)) == agent_captions.UNNAMED


def test_a_tool_that_people_are_asked_about_says_so() -> None:
    tools = [ToolLine(name="file_ticket", summary="files a ticket", asks_first=True), *OPS.tools]

    lines = described(OPS.model_copy(update={"tools": tools})).splitlines()

    assert [line.endswith("_(asks first)_") for line in lines[-2:]] == [True, False]


def test_the_other_agents_are_listed_with_their_tools_and_without_their_channels() -> None:
    others = AgentView(name="falcon", description="Knows it all.", channels=["secret-falcon"], tools=OPS.tools)
    said = listed(AgentCatalog(agents=[OPS, others, AgentView(name="bare")]), but="ops")

    assert said[0].startswith("*falcon*: Knows it all.\n*Tools*\n")
    assert "your address" in said[0]
    assert "secret" not in str(said)
    assert said[1:] == ["*bare*", WHERE]
    assert listed(AgentCatalog(agents=[OPS]), but="ops") == []


def test_many_agents_are_counted() -> None:
    agents = [AgentView(name=f"agent-{number}") for number in range(AGENTS_SHOWN + 3)]

    said = listed(AgentCatalog(agents=agents), but="agent-0")

    assert len(said) == AGENTS_SHOWN + 1
    assert said[-1] == f"And 2 more. {WHERE}"
