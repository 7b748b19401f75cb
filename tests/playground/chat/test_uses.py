"""From a terminal one presses, chooses, fills in, sends files and uses the agent's command, as in Slack."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp

from playground.chat.__main__ import parse, run
from tests.support.emulators.scene import Scene, connected

Json = dict[str, Any]


@pytest.fixture(autouse=True)
def token(stage: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_EMULATOR_TOKEN", stage.slack.control_token)


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def button(text: str, **more: Any) -> Json:
    return {"type": "button", "action_id": text.lower(), "text": plain(text), **more}


FORM = {
    "type": "modal",
    "callback_id": "edit",
    "title": plain("Edit the ticket"),
    "submit": plain("Send"),
    "blocks": [
        {
            "type": "input",
            "block_id": "title",
            "label": plain("Title"),
            "element": {"type": "plain_text_input", "action_id": "text", "initial_value": "Printer"},
        },
        {
            "type": "input",
            "block_id": "priority",
            "label": plain("Priority"),
            "optional": True,
            "element": {
                "type": "static_select",
                "action_id": "menu",
                "options": [{"text": plain(word.title()), "value": word} for word in ("low", "high")],
            },
        },
    ],
}


class Agent:
    """A Bolt app that asks before it files a ticket, lets people edit it, and answers its command."""

    def __init__(self, stage: Scene, app: AsyncApp) -> None:
        self.heard: list[Json] = []
        self.submitted: Json = {}
        self._client = stage.client
        app.event("message")(self._ask)
        app.action("approve")(self._approved)
        app.action("revoke")(self._approved)
        app.action("edit")(self._edit)
        app.view("edit")(self._take)
        app.command("/agent")(self._answer)

    async def _ask(self, event: Json) -> None:
        if event.get("bot_id") or event.get("subtype") not in (None, "file_share"):
            return
        self.heard.append(event)
        blocks: list[Json] = [
            {"type": "section", "text": plain(f"File {event['text']}?")},
            {"type": "actions", "elements": [button("Approve"), button("Edit")]},
        ]
        thread = {"channel": event["channel"], "thread_ts": event.get("thread_ts", event["ts"])}
        await self._client.chat_postMessage(**thread, text="File it?", blocks=blocks)

    async def _approved(self, ack: Any, body: Json) -> None:
        await ack()
        message, channel = body["message"], body["channel"]["id"]
        await self._client.chat_update(channel=channel, ts=message["ts"], text="Filed.", blocks=[])

    async def _edit(self, ack: Any, body: Json) -> None:
        await ack()
        await self._client.views_open(trigger_id=body["trigger_id"], view=FORM)

    async def _take(self, ack: Any, body: Json) -> None:
        self.submitted = body["view"]["state"]["values"]
        title = self.submitted["title"]["text"]["value"]
        await (ack(response_action="errors", errors={"title": "Too short."}) if len(title) < 3 else ack())

    async def _answer(self, ack: Any, body: Json) -> None:
        await ack(f"{body['command']} {body['text']}: you have no conversations yet")


@pytest.fixture
async def agent(stage: Scene) -> AsyncIterator[Agent]:
    app = AsyncApp(client=stage.client)
    agent = Agent(stage, app)
    async with connected(stage.slack, app):
        yield agent


async def recite(stage: Scene, *lines: str, options: tuple[str, ...] = ()) -> list[str]:
    output = io.StringIO()
    arguments = parse(["--url", stage.slack.url, "--user", "anna", "--quiet-seconds", "0.1", *options])
    async with asyncio.timeout(30):
        code = await run(arguments, io.StringIO("".join(f"{line}\n" for line in lines)), output)
    assert code == 0, output.getvalue()
    return output.getvalue().splitlines()


async def test_the_agents_command_is_typed_as_in_slack_and_its_answer_is_seen(stage: Scene, agent: Agent) -> None:
    lines = await recite(stage, "/agent status")

    assert lines[-1] == "agent (only you see this): /agent status: you have no conversations yet"


async def test_what_only_somebody_else_sees_is_not_shown(stage: Scene, agent: Agent) -> None:
    ben = stage.slack.add_user("ben")
    stage.slack.join(ben, stage.general)
    stage.slack.run_command(ben, stage.general, "/agent", "status")

    lines = await recite(stage, "/agent help", options=("--channel", "general"))

    assert [line for line in lines if "only you" in line] == [
        "agent (only you see this): /agent help: you have no conversations yet"
    ]


async def test_a_button_is_pressed_by_its_word(stage: Scene, agent: Agent) -> None:
    lines = await recite(stage, "a ticket", "/press approve")

    assert lines[-2:] == ["(pressed Approve)", "agent (changed): Filed."]


async def test_the_first_letters_of_a_button_are_enough_if_only_one_begins_so(stage: Scene, agent: Agent) -> None:
    lines = await recite(stage, "a ticket", "/press app")

    assert lines[-2:] == ["(pressed Approve)", "agent (changed): Filed."]


async def test_of_several_buttons_with_the_same_word_none_is_guessed(stage: Scene, agent: Agent) -> None:
    lines = await recite(stage, "one", "two", "/press approve", "/press 3", "/press 9", "/press 4 x")

    assert "(say which, with its number:" in lines
    assert "/press 1     [Approve]  File one?" in lines
    assert "/press 3     [Approve]  File two?" in lines
    assert lines[lines.index("> /press 3") + 1 :] == [
        "(pressed Approve)",
        "agent (changed): Filed.",
        "> /press 9",
        "(there is no number 9; /press lists what there is)",
        "> /press 4 x",
        "(there is no “4 x”:",
        "/press 1     [Approve]  File one?",
        "/press 2     [Edit]  File one?)",
    ]


async def test_a_button_that_asks_first_is_pressed_after_a_yes(stage: Scene, agent: Agent) -> None:
    asked = {
        "title": plain("Revoke it?"),
        "text": plain("It asks again."),
        "confirm": plain("Yes"),
        "deny": plain("No"),
    }
    blocks: list[Json] = [{"type": "actions", "elements": [button("Revoke", confirm=asked)]}]
    await stage.client.chat_postMessage(channel=stage.general, text="A grant", blocks=blocks)

    lines = await recite(stage, "/press revoke", "/press 1 yes", options=("--channel", "general"))

    assert lines[1:] == [
        "> /press revoke",
        "(Revoke it? It asks again. To confirm it: /press 1 yes)",
        "> /press 1 yes",
        "(pressed Revoke)",
        "agent (changed): Filed.",
    ]


async def test_a_form_is_shown_filled_in_and_submitted(stage: Scene, agent: Agent) -> None:
    fill = ("/fill 1 x", "/submit", "/fill 1 The printer", "/choose 2 high", "/choose 2 huge", "/press", "/submit")
    lines = await recite(stage, "a ticket", "/press edit", *fill)

    assert "(a form: Edit the ticket)" in lines
    assert "/fill 1 …    Title: Printer" in lines
    assert "/choose 2 …  Priority (optional): -  (Low | High)" in lines
    assert "! Too short." in lines
    assert "(Priority has no “huge”; it has: Low, High)" in lines
    assert "/choose 2 …  Priority (optional): High  (Low | High)" in lines
    assert agent.submitted["title"]["text"]["value"] == "The printer"
    assert agent.submitted["priority"]["menu"]["selected_option"]["value"] == "high"
    assert stage.slack.backend.views.modals == {}


async def test_a_form_that_is_closed_changes_nothing(stage: Scene, agent: Agent) -> None:
    lines = await recite(stage, "a ticket", "/press edit", "/close", "/press", "/submit")

    assert "(closed)" in lines
    assert "/press 1     [Approve]  File a ticket?" in lines
    assert "has no modal open" in lines[-1]
    assert agent.submitted == {}


async def test_a_file_is_sent_with_what_is_said_about_it(stage: Scene, agent: Agent, tmp_path: Path) -> None:
    (tmp_path / "my notes.txt").write_text("words")

    await recite(stage, f'/file "{tmp_path}/my notes.txt" what is in it, "exactly"?')

    (heard,) = agent.heard
    assert heard["text"] == 'what is in it, "exactly"?'
    assert heard["files"][0]["name"] == "my notes.txt"
    assert stage.slack.file_content(heard["files"][0]["id"]) == b"words"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("", "(/file PATH TEXT sends a file, with or without a text)"),
        ("/nowhere/a.txt", "(/nowhere/a.txt cannot be read (No such file or directory))"),
        ('"open', "(a quotation mark is missing: /file PATH TEXT)"),
    ],
)
async def test_a_file_that_cannot_be_sent_is_told(stage: Scene, words: str, sentence: str) -> None:
    assert (await recite(stage, f"/file {words}"))[-1] == sentence


async def test_the_last_message_is_changed_and_taken_back(stage: Scene) -> None:
    here = ("--channel", "general")
    lines = await recite(stage, "/edit x", "/delete", "helo", "/edit hello <all>", options=here)
    (message,) = stage.slack.messages(stage.general)
    await recite(stage, "again", "/delete", options=here)

    assert lines[2] == "(/edit TEXT changes the last message that you have written here)"
    assert lines[4] == "(you have written nothing here yet)"
    assert message.text == "hello &lt;all&gt;"
    assert [one.text for one in stage.slack.messages(stage.general)] == ["hello &lt;all&gt;"]
