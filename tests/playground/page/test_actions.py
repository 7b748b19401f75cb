"""Actions in the page are carried out in the emulated Slack; actions that Slack would refuse get a sentence."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import pytest

from playground.page.surroundings import Services, Surroundings
from tests.support.emulators.elements import entry, menu, text_field
from tests.support.emulators.scene import Scene as SlackScene
from tests.support.emulators.scene import envelopes
from tests.support.emulators.views import actions
from tests.support.playground.visiting import Following, Scene, scene

BUTTON = {"type": "button", "text": {"type": "plain_text", "text": "Press"}, "action_id": "go", "value": "v1"}
MODAL = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Ask"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "question",
            "label": {"type": "plain_text", "text": "What?"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        }
    ],
}


async def delivered(stage: Scene) -> list[dict[str, Any]]:
    """The payloads of all deliveries so far, as the app receives them when it connects."""
    plain = SlackScene(stage.slack, stage.anna, stage.general, stage.client)
    async with envelopes(plain) as socket:
        stage.slack.clock.advance(3.0)
        waiting = [one for one in stage.slack.deliveries if one.event_id and not one.acked]
        return [(await socket.receive_json())["payload"] for _ in waiting]


async def test_a_message_is_said_in_a_thread_with_files(stage: Scene) -> None:
    root = (await stage.visitor.do("say", user=stage.anna, channel=stage.general, text="hello"))["ts"]
    file = {"name": "a.txt", "mimetype": "text/plain", "base64": base64.b64encode(b"words").decode()}

    ts = (await stage.visitor.do("say", user=stage.ben, channel=stage.general, text="", thread_ts=root, files=[file]))[
        "ts"
    ]

    first, second = stage.slack.thread(stage.general, root)
    assert (first.user, first.text, second.ts, second.user) == (stage.anna, "hello", ts, stage.ben)
    assert stage.slack.file_content(second.files[0]["id"]) == b"words"


async def test_people_change_and_delete_their_own_messages_and_no_others(stage: Scene) -> None:
    ts = stage.slack.say(stage.anna, stage.general, "helo")
    mine = {"user": stage.anna, "channel": stage.general, "ts": ts}

    await stage.visitor.do("edit", **mine, text="hello")
    status, sentence = await stage.visitor.refused("do/edit", **mine | {"user": stage.ben}, text="goodbye")
    refused_too, _ = await stage.visitor.refused("do/delete", **mine | {"user": stage.ben})

    assert (status, refused_too) == (400, 400)
    assert "their own" in sentence
    assert stage.slack.messages(stage.general)[0].text == "hello"
    await stage.visitor.do("delete", **mine)
    assert stage.slack.messages(stage.general) == []


async def test_a_reaction_is_added_once(stage: Scene) -> None:
    ts = stage.slack.say(stage.anna, stage.general, "hello")
    reaction = {"user": stage.ben, "channel": stage.general, "ts": ts, "name": "wave"}

    await stage.visitor.do("react", **reaction)

    assert stage.slack.messages(stage.general)[0].reactions == {"wave": [stage.ben]}
    assert (await stage.visitor.refused("do/react", **reaction))[0] == 400
    assert (await stage.visitor.refused("do/react", **reaction | {"name": "no such:thing"}))[0] == 400


async def test_buttons_stop_and_titles_reach_the_app(stage: Scene) -> None:
    root = stage.slack.say(stage.anna, stage.general, "hello")
    blocks = [{"type": "actions", "elements": [BUTTON]}]
    posted = await stage.client.chat_postMessage(channel=stage.general, thread_ts=root, text="x", blocks=blocks)
    thread = {"user": stage.anna, "channel": stage.general, "thread_ts": root}
    await stage.client.agents_sessions_setStatus(channel_id=stage.general, thread_ts=root, status="processing")
    press = {"user": stage.anna, "channel": stage.general, "ts": posted["ts"]}

    await stage.visitor.do("press", **press, action_id="go", value="v1")
    await stage.visitor.do("stop", **thread)
    await stage.visitor.do("rename", **thread, title="Greetings")

    heard = [one.event_type for one in stage.slack.deliveries]
    assert heard[-3:] == ["block_actions", "agent_session_stopped", "agent_session_title_changed"]
    session = stage.slack.session(stage.general, root)
    assert session is not None
    assert session.title == "Greetings"
    renamed = (await delivered(stage))[-1]["event"]
    assert (renamed["title"], renamed["user"], renamed["thread_ts"]) == ("Greetings", stage.anna, root)
    assert (await stage.visitor.refused("do/press", **press, action_id="no"))[0] == 400
    assert (await stage.visitor.refused("do/rename", **thread | {"thread_ts": "1.000000"}, title="x"))[0] == 400


async def test_direct_messages_home_and_what_people_look_at(stage: Scene) -> None:
    home = {"type": "home", "blocks": [{"type": "actions", "elements": [BUTTON]}]}
    await stage.client.views_publish(user_id=stage.anna, view=home)

    direct = (await stage.visitor.do("dm", user=stage.anna))["channel"]
    await stage.visitor.do("home", user=stage.anna, tab="home")
    await stage.visitor.do("press_home", user=stage.anna, action_id="go")
    await stage.visitor.do("look_at", user=stage.anna, channel=stage.general)
    await stage.visitor.do("look_at", user=stage.anna, channel=None)

    assert direct == stage.slack.open_dm(stage.anna)
    heard = [one.event_type for one in stage.slack.deliveries]
    assert heard == ["app_home_opened", "block_actions", "app_context_changed", "app_context_changed"]


async def test_the_page_shows_which_message_the_agent_is_told_that_a_person_looks_at(stage: Scene) -> None:
    ts = stage.slack.say(stage.anna, stage.general, "hello")
    place = {"user": stage.anna, "channel": stage.general}
    async with stage.visitor.following(Following()) as page:
        await stage.visitor.do("look_at", **place, ts=ts)
        await page.until(lambda: page.shown.get(f"look/{stage.anna}") == {"channel": stage.general, "ts": ts})
        await stage.visitor.do("look_at", **place)
        await page.until(lambda: page.shown.get(f"look/{stage.anna}") == {"channel": stage.general, "ts": ""})
        await stage.visitor.do("look_at", user=stage.anna, channel=None)
        await page.until(lambda: f"look/{stage.anna}" not in page.shown)

    assert (await stage.visitor.refused("do/look_at", **place, ts="1.000000"))[0] == 400


async def test_shortcuts_commands_and_modals(stage: Scene) -> None:
    ts = stage.slack.say(stage.anna, stage.general, "hello")
    place = {"user": stage.anna, "channel": stage.general}
    await stage.visitor.do("shortcut", **place, ts=ts, callback_id="ask_about_message")
    await stage.visitor.do("command", **place, command="/agent", text="help")
    stage.slack.backend.views.open(stage.anna, MODAL)
    async with stage.visitor.following(Following()) as page:
        assert page.shown[f"modal/{stage.anna}"]["errors"] == {}
        values = {"question": {"text": "Why?"}}
        empty, sentence = await stage.visitor.refused("do/submit_modal", user=stage.anna, values={"question": {}})
        await stage.visitor.do("submit_modal", user=stage.anna, values=values)
        await stage.visitor.do("close_modal", user=stage.anna)
        await page.until(lambda: f"modal/{stage.anna}" not in page.shown)

    heard = [one.event_type for one in stage.slack.deliveries]
    assert heard[-3:] == ["message_action", "slash_commands", "view_submission"]
    assert (empty, "not optional" in sentence) == (400, True)


async def test_what_is_chosen_and_written_in_a_message_is_kept_for_the_person(stage: Scene) -> None:
    blocks = [entry(text_field()), actions(menu("a", "b"), block_id="menu")]
    ts = (await stage.client.chat_postMessage(channel=stage.general, text="?", blocks=blocks))["ts"]
    place = {"user": stage.anna, "channel": stage.general, "ts": ts}
    async with stage.visitor.following(Following()) as page:
        await stage.visitor.do("fill_in", **place, action_id="write", block_id="asked", text="why")
        await stage.visitor.do("choose", **place, action_id="pick", block_id="menu", values=["b"])
        key = f"entries/{stage.anna}/{stage.general}/{ts}"
        await page.until(lambda: "menu" in page.shown.get(key, {}))
        entries = page.shown[key]

    assert entries["asked"] == {"write": {"type": "plain_text_input", "value": "why"}}
    assert entries["menu"]["pick"]["selected_option"]["value"] == "b"
    assert [one.event_type for one in stage.slack.deliveries].count("block_actions") == 1
    assert (await stage.visitor.refused("do/choose", **place, action_id="pick", values=["c"]))[0] == 400


async def test_people_press_and_choose_in_home_tabs_and_modals(stage: Scene) -> None:
    views, anna = stage.slack.backend.views, {"user": stage.anna}
    blocks = [actions(BUTTON, menu("a"), block_id="x"), entry(text_field(), dispatch_action=True)]
    views.publish(stage.anna, {"type": "home", "blocks": blocks})
    views.open(stage.anna, MODAL | {"blocks": blocks, "notify_on_close": True})

    for surface in ("home", "modal"):
        await stage.visitor.do(f"press_{surface}", **anna, action_id="go", block_id="x")
        await stage.visitor.do(f"choose_in_{surface}", **anna, action_id="pick", values=["a"])
    await stage.visitor.do("fill_in_modal", **anna, action_id="write", text="why")
    await stage.visitor.do("close_modal", **anna, with_all_below=True)

    heard = [one.event_type for one in stage.slack.deliveries]
    assert heard == [*["block_actions"] * 5, "view_closed"]


async def test_the_services_can_be_switched_only_while_the_playground_runs_them(stage: Scene) -> None:
    assert (await stage.visitor.refused("do/services", world="real"))[0] == 400
    around, used = Surroundings(), list[Services]()
    around.use_services = used.append

    async with scene(around) as other:
        await other.visitor.do("services", world="real")
        status, _ = await other.visitor.refused("do/services", world="imaginary")

    assert (used, status) == (["real"], 400)


@pytest.mark.parametrize(
    ("what", "fields", "status", "part"),
    [
        ("do/say", {"user": "U0", "channel": "general", "text": "x"}, 404, "nobody"),
        ("do/say", {"user": "anna", "channel": "C0", "text": "x"}, 404, "no channel"),
        ("do/say", {"user": "anna", "channel": "general"}, 400, "says something"),
        ("do/say", {"user": "anna", "channel": "general", "text": 5}, 400, "text must be a text"),
        ("do/say", {"user": "anna", "channel": "general", "text": "x", "files": ["a"]}, 400, "list of objects"),
        ("do/say", {"user": "anna", "channel": "general", "text": "", "files": [{"name": "a"}]}, 400, "a file is"),
        ("do/say", {"user": "ben", "channel": "secret", "text": "x"}, 400, "not a member"),
        ("do/say", {"user": "agent", "channel": "general", "text": "x"}, 404, "nobody"),
        ("do/home", {"user": "anna"}, 400, "tab is missing"),
        ("do/submit_modal", {"user": "anna", "values": {"a": 1}}, 400, "values must be"),
        ("do/submit_modal", {"user": "anna", "values": {"a": {"b": [1]}}}, 400, "values must be"),
        ("do/choose_in_home", {"user": "anna", "action_id": "a", "values": "b"}, 400, "list of texts"),
        ("do/close_modal", {"user": "anna", "with_all_below": "yes"}, 400, "true or false"),
        ("do/fly", {}, 404, "there are: say"),
        ("break/fly", {}, 404, "there are: kill"),
        ("break/kill", {"process": "worker"}, 400, "no process of this playground"),
        ("break/away", {"what": "gemini", "is_away": True}, 400, "cannot be taken away"),
        ("break/away", {"what": "slack", "is_away": "yes"}, 400, "true or false"),
        ("break/rate_limit", {"seconds": 10_000}, 400, "at most 600"),
    ],
)
async def test_what_makes_no_sense_is_refused_with_a_sentence(
    stage: Scene, what: str, fields: dict[str, Any], status: int, part: str
) -> None:
    names = {"anna": stage.anna, "ben": stage.ben, "agent": stage.slack.bot_user_id}
    names |= {"general": stage.general, "secret": stage.secret}
    sent = {name: names.get(value, value) if isinstance(value, str) else value for name, value in fields.items()}

    refused, sentence = await stage.visitor.refused(what, **sent)

    assert (refused, part in sentence) == (status, True), sentence


async def test_a_body_that_is_no_object_is_refused(stage: Scene) -> None:
    assert (await stage.visitor.post("/page/do/say", ["x"]))[0] == 400
    async with stage.visitor.session.post("/page/do/say", data="{") as response:
        assert response.status == 400


async def test_more_than_fits_is_refused_with_a_sentence(stage: Scene) -> None:
    files = [{"name": "big", "base64": "A" * (9 * 1024 * 1024)}]
    said = {"user": stage.anna, "channel": stage.general, "text": "", "files": files}

    async with stage.visitor.session.post("/page/do/say", data=io.BytesIO(json.dumps(said).encode())) as response:
        status, sentence = response.status, (await response.json())["error"]

    assert (status, "5 MB" in sentence) == (400, True)
