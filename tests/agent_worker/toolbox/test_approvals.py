"""Promises of which calls people are asked about: no name hides what a tool does."""

from __future__ import annotations

import pytest

from agent_worker.mcp.tools import LONGEST_NAME, name_of
from agent_worker.payloads.questions import Approvers
from agent_worker.slack.blocks.question_card import DANGEROUS
from agent_worker.toolbox import approvals
from agent_worker.toolbox.toolbox import Toolbox


@pytest.mark.parametrize(
    "name",
    [
        "github__merge_pull_request",
        "github__getAndDeleteRepo",
        "github__pull_request_read_and_update",
        "jira__frobnicate",
        "pager__resolve_incident",
        "admin__delete_everything__get",  # what stands before the last __ counts, too
        "cache__purge_list",
        "status__clear_status",
        "jira__change_status",  # what is a verb elsewhere is a thing here
        "mail__mark_as_read",
        "jira__log_time",
        "crm__toggle_preview",
        "search__save_query",
        "users__look_up_and_block_user",
        "shop__reserve_time",
    ],
)
def test_a_tool_of_a_server_that_may_change_something_is_asked_about(name: str) -> None:
    assert approvals.is_asked_about(name, [], is_ours=False, has_effect=False)


@pytest.mark.parametrize(
    "name",
    [
        "github__list_issues",
        "github__pull_request_read",
        "docs__search",
        "a__getUpdates",
        "x__get_label",
        "git__git_status",
        "mail__search_messages",
        "mail__message_search",
        "chain__get_block",
    ],
)
def test_a_tool_of_a_server_that_only_reads_is_not(name: str) -> None:
    assert not approvals.is_asked_about(name, [], is_ours=False, has_effect=False)


@pytest.mark.parametrize(
    "told", ["get_d\u0435lete_repository", "get_" + "long_" * 40 + "and_delete", "list then dr\u03bfp"]
)
def test_a_name_of_which_something_is_missing_may_hide_a_verb(told: str) -> None:
    name = name_of("server", told)

    assert len(name) <= LONGEST_NAME
    assert approvals.is_asked_about(name, [], is_ours=False, has_effect=False)


def test_the_button_says_all_of_the_tools_name() -> None:
    asked = approvals.approval("admin__delete_everything__get", "", None, "", Approvers())

    assert (asked.verb, asked.does) == ("Delete Everything Get", "Delete Everything Get (admin)")


def test_whatever_has_a_red_button_is_asked_about() -> None:
    assert DANGEROUS <= approvals.CHANGES


def test_options_that_a_person_cannot_tell_apart_are_one_and_one_that_cannot_be_seen_is_none() -> None:
    asked = Toolbox.discover().choice(
        approvals.ASK_PERSON,
        {"question": "Which?", "options": ["red", "red\u200b", "re  d", "re d", "\u200b", "\u202eder"]},
    )

    assert asked is not None
    assert asked.options == ["red", "re d", "der"]


@pytest.mark.parametrize("rule", [Approvers(people=["U9"]), Approvers(people=["U1", "U2"], needed=2)])
def test_what_was_allowed_always_is_void_when_others_have_to_decide(rule: Approvers) -> None:
    toolbox, arguments = Toolbox.discover(), {"title": "A", "description": "B", "queue": "it"}
    before = toolbox.approval("file_ticket", arguments, ["*"], Approvers())
    same = toolbox.approval("file_ticket", arguments, ["*"], Approvers(expires_seconds=60))
    after = toolbox.approval("file_ticket", arguments, ["*"], rule)

    assert before is not None
    assert same is not None
    assert after is not None
    assert before.digest == same.digest != after.digest
