"""Questions of the app to a person: in messages and in modals, answered with the keyboard alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, expect

from tests.support.browser.visitor import Visitor, visitor
from tests.support.emulators.elements import (
    CONFIRM,
    beside,
    boxes,
    day,
    entry,
    menu,
    number_field,
    option,
    options,
    overflow,
    person,
    plain,
    radio,
    several,
    text_field,
)
from tests.support.emulators.posts import section
from tests.support.emulators.scene import Scene as SlackScene
from tests.support.emulators.scene import envelopes
from tests.support.emulators.views import View, actions, button, modal, next_payload
from tests.support.playground.visiting import Scene, scene

pytestmark = pytest.mark.asyncio(loop_scope="session")
DUPLICATES = """() => {
    const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
    return ids.filter((id, at) => ids.indexOf(id) !== at);
}"""


@dataclass(frozen=True)
class Asking:
    """An open page where Anna sees #general, and the connection over which the app hears of her."""

    stage: Scene
    page: Visitor
    socket: aiohttp.ClientWebSocketResponse

    async def post(self, *blocks: View, **fields: Any) -> Locator:
        """Posts a message of the app. Returns it as it is in the channel."""
        stage = self.stage
        ts = (await stage.client.chat_postMessage(channel=stage.general, text="?", blocks=blocks, **fields))["ts"]
        message = self.page.main.locator(f'.message[data-ts="{ts}"]')
        await expect(message).to_be_visible()
        return message

    async def open(self, *blocks: View, **fields: Any) -> Locator:
        """Opens a modal for Anna. Returns its dialog."""
        trigger_id = self.stage.slack.backend.views.new_trigger(self.stage.anna)
        await self.stage.client.views_open(trigger_id=trigger_id, view=modal(*blocks, **fields))
        dialog = self.page.page.get_by_role("dialog")
        await expect(dialog).to_be_visible()
        return dialog

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    async def heard(self, answer: View | None = None) -> View:
        return await next_payload(self.socket, answer)


@pytest_asyncio.fixture(loop_scope="session")
async def asking(browser: Browser) -> AsyncIterator[Asking]:
    async with scene() as stage:
        stage.slack.revoke("channels:history", "assistant:write")  # so that what she does in messages is heard alone
        plain_scene = SlackScene(stage.slack, stage.anna, stage.general, stage.client)
        async with visitor(browser, stage.slack.url) as page, envelopes(plain_scene) as socket:
            await page.go_to("general")
            yield Asking(stage, page, socket)


async def test_a_message_is_filled_in_and_its_button_brings_all_that_was_entered(asking: Asking) -> None:
    message = await asking.post(
        section("*Send it?*"),
        entry(text_field(), label=plain("Why"), hint=plain("In a few words")),
        entry(number_field(), label=plain("How many"), block_id="number"),
        entry(radio("now", "later"), label=plain("When"), block_id="radio"),
        actions(menu("low", "high", placeholder=plain("Urgency")), block_id="menu"),
        actions(button("send", style="primary", value="run-1")),
    )
    await message.focus()

    await asking.press("Tab")
    await asking.page.keyboard.type("remember me")  # letters that are shortcuts elsewhere in a message
    await expect(message.get_by_label("Why")).to_be_focused()
    await asking.press("Tab", "5", "Tab", "ArrowDown", "Tab", "Enter", "ArrowDown", "Enter")
    chosen = await asking.heard()
    await expect(message.get_by_role("button", name="Urgency: High")).to_be_focused()
    await asking.press("Tab", "Enter")
    payload = await asking.heard()

    assert chosen["actions"][0]["selected_option"] == option("high")
    assert (payload["actions"][0]["action_id"], payload["actions"][0]["value"]) == ("send", "run-1")
    assert payload["state"]["values"] == {
        "asked": {"write": {"type": "plain_text_input", "value": "remember me"}},
        "number": {"count": {"type": "number_input", "value": "5"}},
        "radio": {"pick": {"type": "radio_buttons", "selected_option": option("later")}},
        "menu": {"pick": {"type": "static_select", "selected_option": option("high")}},
    }
    await expect(message.get_by_role("textbox", name="Why")).to_have_accessible_description("In a few words")


async def test_a_confirmation_keeps_the_focus_until_it_is_given_or_refused(asking: Asking) -> None:
    message = await asking.post(actions(button("delete", style="danger", confirm=CONFIRM | {"style": "danger"})))
    opener, dialog = message.get_by_role("button", name="Ask"), asking.page.page.get_by_role("alertdialog")

    await opener.press("Enter")
    await expect(dialog).to_have_accessible_name("Sure?")
    await expect(dialog).to_have_accessible_description("It sends.")
    yes, no = dialog.get_by_role("button", name="Send"), dialog.get_by_role("button", name="No")
    for one in (yes, no, yes):
        await expect(one).to_be_focused()
        await asking.press("Tab")
    await asking.press("Shift+Tab", "Shift+Tab")
    await expect(no).to_be_focused()
    await asking.press("Escape")
    await expect(dialog).to_have_count(0)
    await expect(opener).to_be_focused()
    nothing = list(asking.stage.slack.deliveries)
    await asking.press("Enter", "Enter")

    assert (await asking.heard())["actions"][0]["action_id"] == "delete"
    assert nothing == []
    await expect(opener).to_be_focused()


async def test_every_kind_of_choice_is_made_with_the_keyboard(asking: Asking) -> None:
    message = await asking.post(
        beside(several("red", "green", "blue", max_selected_items=2)),
        actions(
            boxes("a", "b", initial_options=options("a")), overflow("edit", "drop", action_id="more"), block_id="x"
        ),
        actions(person(placeholder=plain("Who")), day(initial_date="2026-12-24"), block_id="y"),
    )
    press, heard = asking.press, asking.heard

    await message.get_by_role("group", name="Beside").get_by_label("Red").press("Space")
    red = await heard()
    await message.get_by_label("Blue").press("Space")
    both = await heard()
    await expect(message.get_by_label("Green")).to_be_disabled()
    await message.get_by_label("B", exact=True).press("Space")
    boxed = await heard()
    await message.get_by_role("button", name="More choices").press("Enter")
    await press("d", "Enter")
    dropped = await heard()
    await message.get_by_role("button", name="Who").press("Enter")
    await press("b", "Enter")
    ben = await heard()
    await message.get_by_label("Day").fill("2027-01-02")
    date = await heard()

    assert red["actions"][0]["selected_options"] == options("red")
    assert both["actions"][0]["selected_options"] == options("red", "blue")
    assert boxed["actions"][0]["selected_options"] == options("a", "b")
    assert dropped["actions"][0]["selected_option"] == option("drop")
    assert ben["actions"][0]["selected_user"] == asking.stage.ben
    assert date["actions"][0]["selected_date"] == "2027-01-02"


async def test_what_was_entered_is_that_of_the_person_and_is_there_after_a_reload(asking: Asking) -> None:
    message = await asking.post(entry(text_field(), label=plain("Why")), actions(menu("a", "b"), block_id="m"))
    await message.get_by_label("Why").fill("because")
    await message.get_by_role("button", name="Choose").press("Enter")
    await asking.press("End", "Enter")
    await asking.heard()

    await asking.page.page.reload()
    await expect(message.get_by_label("Why")).to_have_value("because")
    await expect(message.get_by_role("button", name="Choose…: B")).to_be_visible()
    await asking.page.speak_as("ben")

    await expect(message.get_by_label("Why")).to_have_value("")
    await expect(message.get_by_role("button", name="Choose…", exact=True)).to_be_visible()


async def test_a_settled_question_is_struck_through_and_says_who_decided(asking: Asking) -> None:
    message = await asking.post(section("Send it?"), actions(button("send")))
    client, ts = asking.stage.client, await message.get_attribute("data-ts")
    settled = [section("~Send it?~"), {"type": "context", "elements": [{"type": "mrkdwn", "text": "Rejected by Anna"}]}]

    await client.chat_update(channel=asking.stage.general, ts=str(ts), text="Rejected", blocks=settled)

    await expect(message.locator("s")).to_have_text("Send it?")
    await expect(message.locator(".context")).to_have_text("Rejected by Anna")
    await expect(message.get_by_role("button", name="Ask")).to_have_count(0)


async def test_a_question_that_is_open_in_two_places_has_its_own_labels_in_each(asking: Asking) -> None:
    message = await asking.post(entry(text_field(), label=plain("Why")), entry(radio("a", "b"), block_id="r"))
    await message.focus()
    await asking.press("t")

    for place in (asking.page.main, asking.page.thread):
        await expect(place.get_by_role("textbox", name="Why")).to_be_visible()
        await expect(place.get_by_role("radiogroup", name="Label").get_by_label("B")).to_be_visible()
    assert await asking.page.page.evaluate(DUPLICATES) == []


async def test_a_modal_says_what_is_wrong_and_sends_nothing_until_it_is_right(asking: Asking) -> None:
    dialog = await asking.open(
        entry(text_field(min_length=3), label=plain("Title"), block_id="title"),
        entry(number_field(min_value="1", max_value="9"), label=plain("Days"), block_id="days"),
        entry(menu("low", "high"), label=plain("Urgency"), block_id="urgency"),
        entry(boxes("a", "b"), label=plain("Boxes"), block_id="boxes", optional=True),
    )
    title, days = dialog.get_by_label("Title"), dialog.get_by_label("Days")
    alerts = dialog.get_by_role("alert")
    await expect(title).to_be_focused()

    await asking.press("Enter")
    await expect(alerts.filter(has_text="This is needed.")).to_have_count(3)
    await expect(title).to_be_focused()
    await expect(title).to_have_attribute("aria-invalid", "true")
    await asking.page.keyboard.type("ab")
    await days.fill("ten")
    await asking.press("Enter")
    await expect(alerts.filter(has_text="At least 3 characters are needed.")).to_be_visible()
    await expect(alerts.filter(has_text="This must be a whole number.")).to_be_visible()
    await title.fill("abc")
    await days.fill("10")
    await dialog.get_by_role("button", name="Urgency").press("Enter")
    await asking.press("h", "Enter", "Tab", "Space", "Tab", "Tab", "Tab", "Enter")
    await expect(alerts.filter(has_text="9 or less")).to_be_visible()
    await expect(days).to_be_focused()
    nothing = list(asking.stage.slack.deliveries)
    await days.fill("9")
    await asking.press("Enter")
    values = (await asking.heard())["view"]["state"]["values"]

    assert nothing == []
    assert values["title"]["write"]["value"] == "abc"
    assert values["days"]["count"]["value"] == "9"
    assert values["urgency"]["pick"]["selected_option"] == option("high")
    assert values["boxes"]["pick"]["selected_options"] == options("a")
    await expect(dialog).to_have_count(0)


async def test_the_apps_own_errors_are_shown_at_their_inputs(asking: Asking) -> None:
    dialog = await asking.open(
        entry(text_field(), label=plain("Title")), entry(day(), label=plain("Day"), block_id="day")
    )
    await dialog.get_by_label("Title").fill("abc")
    await dialog.get_by_label("Day").fill("2026-12-24")

    await dialog.get_by_label("Title").press("Enter")
    await asking.heard({"response_action": "errors", "errors": {"day": "That day is over."}})

    await expect(dialog.get_by_role("alert").filter(has_text="That day is over.")).to_be_visible()
    await expect(dialog.get_by_label("Day")).to_be_focused()
    await expect(dialog.get_by_label("Day")).to_have_accessible_description("That day is over.")


async def test_a_view_lies_on_another_which_keeps_what_was_entered(asking: Asking) -> None:
    dialog = await asking.open(entry(text_field(), label=plain("Title")), notify_on_close=True)
    await dialog.get_by_label("Title").fill("kept")
    await dialog.get_by_label("Title").press("Enter")
    second = modal(entry(menu("a", "b"), label=plain("Which")), title=plain("Second"), notify_on_close=True)
    await asking.heard({"response_action": "push", "view": second})
    await expect(dialog.get_by_role("heading", name="Second")).to_be_visible()
    await expect(dialog.get_by_role("button", name="Which")).to_be_focused()

    await asking.press("Escape")
    back = await asking.heard()
    await expect(dialog.get_by_label("Title")).to_have_value("kept")
    await dialog.get_by_role("button", name="Close").press("Enter")
    cleared = await asking.heard()

    assert [(one["type"], one["is_cleared"]) for one in (back, cleared)] == [
        ("view_closed", False),
        ("view_closed", True),
    ]
    await expect(dialog).to_have_count(0)


async def test_an_update_of_a_modal_leaves_what_is_being_written(asking: Asking) -> None:
    waiting = modal(section("One moment…"), entry(text_field(), label=plain("Title")), submit_disabled=True)
    dialog = await asking.open(*waiting["blocks"], submit_disabled=True)
    await expect(dialog.get_by_role("button", name="Ask")).to_be_disabled()
    await dialog.get_by_label("Title").fill("half a sen")
    shown = asking.stage.slack.modal(asking.stage.anna) or {}

    await asking.stage.client.views_update(
        view_id=shown["id"], hash=shown["hash"], view=modal(section("Ready."), *waiting["blocks"][1:])
    )

    await expect(dialog).to_contain_text("Ready.")
    await expect(dialog.get_by_label("Title")).to_be_focused()
    await asking.press("End")
    await asking.page.keyboard.type("tence")
    await asking.press("Enter")
    assert (await asking.heard())["view"]["state"]["values"]["asked"]["write"]["value"] == "half a sentence"
