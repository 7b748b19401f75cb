"""Groups of people: who is told of them, and of what in them."""

from __future__ import annotations

import json

import pytest

from emulators.slack.emulator import SlackEmulator
from emulators.slack.snapshot import restore, take_snapshot
from tests.support.emulators.scene import Scene, refusal, scene

READ = "usergroups:read"


async def test_groups_are_listed_with_what_the_caller_asks_for(stage: Scene) -> None:
    stage.slack.grant(READ)
    ben = stage.slack.add_user("ben")
    group = stage.slack.add_user_group("Finance", "finance", [stage.anna, ben, ben])
    gone = stage.slack.add_user_group("Old", "old", [])
    stage.slack.disable_user_group(gone)

    (bare,) = (await stage.client.usergroups_list())["usergroups"]
    (full,) = (await stage.client.usergroups_list(include_users=True, include_count=True))["usergroups"]
    every = (await stage.client.usergroups_list(include_disabled=True))["usergroups"]

    assert (bare["id"], bare["name"], bare["handle"], bare["date_delete"]) == (group, "Finance", "finance", 0)
    assert not bare.keys() & {"users", "user_count"}
    assert (full["users"], full["user_count"]) == ([stage.anna, ben], "2")
    assert [(one["id"], one["date_delete"] > 0) for one in every] == [(group, False), (gone, True)]


async def test_the_people_of_a_group_are_those_who_are_in_it_now(stage: Scene) -> None:
    stage.slack.grant(READ)
    ben = stage.slack.add_user("ben")
    group = stage.slack.add_user_group("Finance", "finance", [stage.anna])
    before = (await stage.client.usergroups_users_list(usergroup=group))["users"]

    stage.slack.set_user_group(group, [ben])

    assert before == [stage.anna]
    assert (await stage.client.usergroups_users_list(usergroup=group))["users"] == [ben]


async def test_a_group_that_is_not_there_is_refused(stage: Scene) -> None:
    stage.slack.grant(READ)
    group = stage.slack.add_user_group("Finance", "finance", [stage.anna])
    stage.slack.disable_user_group(group)
    ask = stage.client.usergroups_users_list

    bodies = [
        await refusal(ask(usergroup="S-nothing")),
        await refusal(ask(usergroup=group)),
        await refusal(stage.client.api_call("usergroups.users.list")),
    ]

    assert [body["error"] for body in bodies] == ["no_such_subteam", "no_such_subteam", "invalid_arguments"]
    assert (await ask(usergroup=group, include_disabled=True))["users"] == [stage.anna]


async def test_groups_need_their_scope_and_a_plan() -> None:
    async with scene(user_groups=False) as other:
        other.slack.revoke(READ)
        without = [
            await refusal(other.client.usergroups_list()),
            await refusal(other.client.usergroups_users_list(usergroup="S1")),
        ]
        other.slack.grant(READ)
        small = [
            await refusal(other.client.usergroups_list()),
            await refusal(other.client.usergroups_users_list(usergroup="S1")),
        ]

    assert [(body["error"], body["needed"]) for body in without] == [("missing_scope", READ)] * 2
    assert [body["error"] for body in small] == ["plan_upgrade_required"] * 2


async def test_a_handle_belongs_to_one_group_or_person_and_only_people_are_in_it(stage: Scene) -> None:
    stage.slack.add_user_group("Finance", "finance", [stage.anna])

    for handle in ("finance", "anna"):
        with pytest.raises(ValueError, match="taken"):
            stage.slack.add_user_group("Other", handle, [])
    with pytest.raises(ValueError, match="no such users"):
        stage.slack.add_user_group("Other", "other", ["U-nobody"])


async def test_a_group_is_read_by_its_handle_and_survives_a_restart(stage: Scene) -> None:
    group = stage.slack.add_user_group("Finance", "finance", [stage.anna])
    ts = stage.slack.say(stage.anna, stage.general, f"hello <!subteam^{group}>")
    kept = json.loads(json.dumps(take_snapshot(stage.slack.backend)))
    slack = SlackEmulator()

    restore(slack.backend, kept, lambda _: b"")

    message = slack.backend.workspace.message(stage.general, ts)
    assert message is not None
    assert slack.visible_text(message) == "hello @finance"
    assert slack.backend.workspace.user_groups[group].users == (stage.anna,)
