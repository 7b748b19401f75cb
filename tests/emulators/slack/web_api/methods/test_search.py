"""Searching for the person who has asked: what is found, in which order, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.emulators.scene import NOON, Scene, heard, refusal, scene, still_clock
from tests.support.emulators.search import found, search, token_of


async def test_a_person_finds_roots_and_replies_by_any_long_word_of_the_query(stage: Scene) -> None:
    slack = stage.slack
    root = slack.say(stage.anna, stage.general, "Who sends the invoices?")
    reply = slack.say(stage.anna, stage.general, "INVOICES come from finance", thread_ts=root)
    slack.say(stage.anna, stage.general, "what is it to us")

    (first, second) = await found(stage, "us invoices, please")

    assert (first["message_ts"], second["message_ts"]) == (reply, root)
    assert second == {
        "author_name": "Anna Berg",
        "author_user_id": stage.anna,
        "team_id": slack.team_id,
        "channel_id": stage.general,
        "channel_name": "general",
        "message_ts": root,
        "content": "Who sends the invoices?",
        "is_author_bot": False,
        "permalink": slack.permalink(stage.general, root),
    }
    assert first["permalink"].endswith(f"?thread_ts={root}&cid={stage.general}")


async def test_the_more_words_match_the_better_and_then_the_newer(still: Scene) -> None:
    say = still.slack.say
    old = say(still.anna, still.general, "invoices")
    both = say(still.anna, still.general, "invoices and taxes")
    new = say(still.anna, still.general, "taxes")

    async def order(**options: Any) -> list[str]:
        return [one["message_ts"] for one in await found(still, "taxes invoices", **options)]

    assert await order() == [both, new, old]
    assert await order(sort_dir="asc") == [new, old, both]
    assert await order(sort="timestamp") == [new, both, old]
    assert await order(sort="timestamp", sort_dir="asc") == [old, both, new]


async def test_public_channels_are_searched_even_without_the_app_and_all_others_never(stage: Scene) -> None:
    slack = stage.slack
    public = slack.add_channel("public", members=[], bot_is_member=False)
    ben = slack.add_user("ben")
    secret = slack.add_channel("secret", members=[stage.anna, ben], is_private=True)
    slack.say(ben, public, "the invoices are here")
    slack.say(ben, secret, "the invoices are secret")
    slack.say(stage.anna, slack.open_dm(stage.anna), "my invoices")

    assert [one["channel_id"] for one in await found(stage, "invoices")] == [public]


async def test_a_guest_finds_only_what_stands_in_their_own_channels(stage: Scene) -> None:
    slack = stage.slack
    guest = slack.add_user("gus", is_guest=True)
    own = slack.add_channel("project", members=[guest])
    slack.say(stage.anna, stage.general, "invoices for everybody")
    slack.say(guest, own, "invoices of the project")

    assert [one["channel_id"] for one in await found(stage, "invoices", person=guest)] == [own]


async def test_what_apps_and_slack_itself_write_is_left_out_unless_bots_are_wanted(stage: Scene) -> None:
    slack = stage.slack
    slack.say(stage.anna, stage.general, "invoices")
    slack.say_as_other_bot(stage.general, "invoices of a bot")
    slack.set_topic(stage.anna, stage.general, "invoices")

    assert [one["is_author_bot"] for one in await found(stage, "invoices")] == [False]
    assert [one["is_author_bot"] for one in await found(stage, "invoices", include_bots="true")] == [True, False]


async def test_archived_channels_are_searched_only_if_wanted(stage: Scene) -> None:
    slack = stage.slack
    old = slack.add_channel("old")
    slack.say(stage.anna, old, "invoices")
    slack.archive(old)

    assert await found(stage, "invoices") == []
    assert len(await found(stage, "invoices", include_archived_channels="true")) == 1


async def test_a_search_can_be_held_to_a_time(still: Scene) -> None:
    slack = still.slack
    stamps = []
    for _ in range(3):
        stamps.append(slack.say(still.anna, still.general, "invoices"))
        slack.clock.advance(100.0)

    between = await found(still, "invoices", after=NOON + 50, before=NOON + 150)

    assert [one["message_ts"] for one in between] == [stamps[1]]


async def test_results_come_in_pages_of_twenty_at_most(stage: Scene) -> None:
    for number in range(23):
        stage.slack.say(stage.anna, stage.general, f"invoices {number}")
    token = token_of(stage)

    first = await search(stage, "invoices", action_token=token)
    cursor = first["response_metadata"]["next_cursor"]
    rest = await search(stage, "invoices", action_token=token, cursor=cursor)

    assert [len(page["results"]["messages"]) for page in (first, rest)] == [20, 3]
    assert rest["response_metadata"]["next_cursor"] == ""


async def test_the_channel_of_the_question_must_be_one_that_the_person_sees(stage: Scene) -> None:
    secret = stage.slack.add_channel("secret", members=[], is_private=True)
    token = token_of(stage)

    body = await refusal(search(stage, "invoices", action_token=token, context_channel_id=secret))

    assert body["error"] == "context_channel_not_found"
    await search(stage, "invoices", action_token=token, context_channel_id=stage.general)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"query": ""}, "missing_query"),
        ({"query": "q" * 10_001}, "query_too_long"),
        ({"action_token": ""}, "invalid_action_token"),
        ({"action_token": "1.2.wrong"}, "invalid_action_token"),
        ({"cursor": "broken"}, "invalid_cursor"),
        ({"limit": 21}, "invalid_limit"),
        ({"channel_types": "public_channel,everything"}, "invalid_arguments"),
        ({"channel_types": "private_channel"}, "missing_scope"),
        ({"channel_types": "public_channel,im"}, "missing_scope"),
        ({"channel_types": "mpim"}, "missing_scope"),
        ({"content_types": "messages,files"}, "missing_scope"),
        ({"content_types": "letters"}, "invalid_arguments"),
        ({"sort": "luck"}, "invalid_arguments"),
        ({"sort_dir": "sideways"}, "invalid_arguments"),
        ({"after": "yesterday"}, "invalid_arguments"),
    ],
)
async def test_a_search_that_slack_would_not_make_is_refused(stage: Scene, options: dict[str, Any], error: str) -> None:
    token = token_of(stage)

    body = await refusal(search(stage, **{"query": "invoices", "action_token": token} | options))

    assert body["error"] == error


async def test_the_scope_can_be_missing_and_then_names_itself(stage: Scene) -> None:
    stage.slack.revoke("search:read.public")

    body = await refusal(search(stage, "invoices", action_token=token_of(stage)))

    assert (body["error"], body["needed"]) == ("missing_scope", "search:read.public")


async def test_a_token_serves_its_person_for_ten_minutes(still: Scene) -> None:
    still.slack.say(still.anna, still.general, "invoices")
    token = token_of(still)
    still.slack.clock.advance(590.0)

    assert (await search(still, "invoices", action_token=token))["results"]["messages"]
    still.slack.clock.advance(20.0)
    assert (await refusal(search(still, "invoices", action_token=token)))["error"] == "invalid_action_token"


async def test_a_mention_and_its_message_carry_a_token_and_messages_of_apps_none(stage: Scene) -> None:
    slack = stage.slack
    slack.say(stage.anna, stage.general, f"<@{slack.bot_user_id}> hello")
    slack.say_as_other_bot(stage.general, "hello")
    slack.set_topic(stage.anna, stage.general, "hello")

    events = [body["event"] for body in await heard(stage, 4)]

    people = [event for event in events if "client_msg_id" in event]
    assert {event["type"] for event in people} == {"message", "app_mention"}
    assert len({event["action_token"] for event in people}) == 1
    assert [event for event in events if "action_token" in event and event not in people] == []


async def test_the_token_can_come_in_the_assistant_thread() -> None:
    async with scene(nested_action_tokens=True) as stage:
        stage.ask()
        (body,) = await heard(stage)

        token = body["event"]["assistant_thread"]["action_token"]
        assert "action_token" not in body["event"]
        await search(stage, "question", action_token=token)


@pytest.mark.parametrize("setting", ["search", "is_agent"])
async def test_where_the_workspace_has_no_search_there_is_no_token_and_no_method(setting: str) -> None:
    async with scene(**{setting: False}) as stage:
        stage.ask()
        (body,) = await heard(stage)

        assert "action_token" not in body["event"]
        assert (await refusal(search(stage, "question", action_token="1.2.3")))["error"] == "feature_not_enabled"


async def test_ten_searches_a_minute_are_made() -> None:
    async with scene(clock=still_clock(), rate_limits=True) as stage:
        token = token_of(stage)
        for _ in range(10):
            await search(stage, "invoices", action_token=token)

        assert (await refusal(search(stage, "invoices", action_token=token)))["error"] == "ratelimited"
