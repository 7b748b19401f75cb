"""Promises of the IP address tool, against the pretend world over real HTTP."""

from __future__ import annotations

import pytest

from agent_worker.toolbox.open_toolbox import OpenToolbox
from agent_worker.toolbox.tool import ToolUnavailableError
from agent_worker.toolbox.toolbox import Toolbox
from emulators.world.emulator import WorldEmulator
from emulators.world.faults import FaultKind


async def test_it_answers_with_the_public_address_and_says_whose_it_is(
    world: WorldEmulator, toolbox: OpenToolbox
) -> None:
    answer = await toolbox.run("get_ip_address", {})

    assert answer["output"]["ip_address"] == world.public_ip
    assert "not the person who asks" in answer["output"]["belongs_to"]


async def test_it_answers_with_an_ipv6_address_in_its_usual_spelling(
    world: WorldEmulator, toolbox: OpenToolbox
) -> None:
    world.public_ip = "2606:4700:0000:0000:0000:0000:0000:1111"

    answer = await toolbox.run("get_ip_address", {})

    assert answer["output"]["ip_address"] == "2606:4700::1111"


def test_the_model_is_told_that_it_is_the_agents_machine_and_not_the_users() -> None:
    [declaration] = [each for each in Toolbox.discover().declarations() if each["name"] == "get_ip_address"]

    assert "machine that this agent runs on" in declaration["description"]
    assert "not the address of the person who asks" in declaration["description"]
    assert "parametersJsonSchema" not in declaration


async def test_a_page_in_place_of_an_address_is_an_error_for_the_model(
    world: WorldEmulator, toolbox: OpenToolbox
) -> None:
    world.fail("ip_address", "garbage")

    assert await toolbox.run("get_ip_address", {}) == {
        "error": "The IP address service did not answer with an IP address."
    }


@pytest.mark.parametrize("kind", ["server_error", "rate_limited", "refused"])
async def test_a_passing_failure_is_raised_and_the_next_attempt_succeeds(
    world: WorldEmulator, toolbox: OpenToolbox, kind: FaultKind
) -> None:
    world.fail("ip_address", kind)

    with pytest.raises(ToolUnavailableError, match=r"^The IP address service"):
        await toolbox.run("get_ip_address", {})
    assert "output" in await toolbox.run("get_ip_address", {})
    assert len(world.calls_to("ip_address")) == 2
