"""Writing and reading in the page as in Slack: formats, emoji, links, dates, long messages, and jumping about."""

from __future__ import annotations

import re
import time

import pytest
from playwright.async_api import Browser, expect

from tests.support.browser.scenes import visit
from tests.support.emulators.posts import section

pytestmark = pytest.mark.asyncio(loop_scope="session")
FOCUS_STAYS = """async () => {
    const { h, update } = await import("/page/scripts/interface/dom.js");
    const place = document.body.appendChild(document.createElement("div"));
    const field = h("textarea", { key: "field", keep: true });
    update(place, h("p", { key: "note" }, "for a moment"), h("ol", { key: "list" }), field);
    field.focus();
    update(place, h("ol", { key: "list" }), field);
    const stays = document.activeElement === field && place.children.length === 2;
    place.remove();
    return stays;
}"""
PHONE = {"width": 390, "height": 844}


async def test_what_is_selected_is_formatted_by_button_and_by_shortcut(browser: Browser) -> None:
    async with visit(browser) as here:
        composer, bar = here.page.composer(), here.page.main.get_by_role("toolbar", name="Formatting")
        press = here.page.keyboard.press
        await composer.fill("one two")
        await press("Control+Shift+ArrowLeft")
        await bar.get_by_role("button", name="Bold").click()
        await expect(composer).to_have_value("one *two*")
        await press("Control+b")
        await expect(composer).to_have_value("one two")
        await press("Control+Shift+8")
        await press("Shift+Enter")
        await here.page.keyboard.type("three")
        await expect(composer).to_have_value("• one two\n• three")
        await press("Control+z")
        await press("Control+z")
        await expect(composer).not_to_have_value("• one two\n• three")
        await composer.fill("")
        await press("Control+Alt+Shift+c")
        await here.page.keyboard.type("a < b")
        await press("Enter")  # a new line of the code
        await here.page.keyboard.type("c & d")
        await press("Control+Enter")

        await expect(here.messages.last.locator("pre")).to_have_text("a < b\nc & d")
        await expect(composer).to_have_value("")
        await bar.get_by_role("button", name="Bold").focus()
        await press("ArrowRight")
        await expect(bar.get_by_role("button", name="Italic")).to_be_focused()
        await here.page.main.get_by_role("button", name="Hide formatting").click()
        await expect(bar).to_be_hidden()


async def test_links_with_signs_that_slack_escapes_come_out_right_in_both_directions(browser: Browser) -> None:
    async with visit(browser) as here:
        composer = here.page.composer()
        await composer.fill("see ")
        await here.page.main.get_by_role("button", name="Link", exact=True).click()
        form = here.page.page.get_by_role("dialog")
        await form.get_by_label("Text").fill("Q&A <new>")
        await form.get_by_label("Link").fill("https://example.com/?a=1&b=2")
        await here.page.keyboard.press("Enter")
        await expect(composer).to_have_value("see [Q&A <new>](https://example.com/?a=1&b=2)")
        await composer.press_sequentially(" and <https://example.com/?c&d>")
        await composer.press("Enter")

        links, address = here.messages.last.get_by_role("link"), "https://example.com/?"
        await expect(links).to_have_count(2)
        first, second = await links.all()
        await expect(first).to_have_text("Q&A <new>")
        await expect(first).to_have_attribute("href", f"{address}a=1&b=2")
        await expect(second).to_have_attribute("href", f"{address}c&d")
        await expect(here.messages.last).to_contain_text("<https://example.com/?c&d>")
        stored = here.stage.slack.messages(here.stage.general)[-1].text
        assert stored == (
            "see <https://example.com/?a=1&amp;b=2|Q&amp;A &lt;new&gt;> and &lt;<https://example.com/?c&amp;d>&gt;"
        )
        await composer.press("ArrowUp")
        await expect(here.page.main.get_by_label("Edit message")).to_have_value(
            "see [Q&A <new>](https://example.com/?a=1&b=2) and <https://example.com/?c&d>"
        )


async def test_emoji_are_picked_by_name_and_alone_they_are_large(browser: Browser) -> None:
    async with visit(browser) as here:
        await here.page.main.get_by_role("button", name="Emoji").press("Enter")
        await here.page.keyboard.type("tad")
        await here.page.keyboard.press("Enter")
        await expect(here.page.composer()).to_have_value("🎉 ")
        await expect(here.page.composer()).to_be_focused()
        await here.page.keyboard.press("Enter")

        await expect(here.messages.last.locator(".is-large").get_by_role("img", name="tada")).to_be_visible()
        assert here.stage.slack.messages(here.stage.general)[-1].text == ":tada:"
        await here.say("not alone :tada:")
        await expect(here.messages.last).to_contain_text("not alone")
        await expect(here.page.main.locator(".is-large")).to_have_count(1)


async def test_ctrl_k_jumps_to_a_channel_a_thread_and_the_agent(browser: Browser) -> None:
    async with visit(browser) as here:
        root = await here.say("where is the new printer?")
        await here.say("on floor 3", thread_ts=root)
        await expect(here.messages.last).to_contain_text("1 reply")
        jump = here.page.page.get_by_role("dialog", name="Jump")
        for sought, address in (("secr", here.stage.secret), ("new prin", f"{here.stage.general}/{root}")):
            await here.page.composer().focus()
            await here.page.keyboard.press("Control+k")
            await here.page.keyboard.type(sought)
            await expect(jump.get_by_role("option")).to_have_count(1)
            await here.page.keyboard.press("Enter")
            await expect(jump).to_have_count(0)
            assert here.page.page.url.endswith(f"#/{address}")
        await expect(here.page.thread.get_by_label("Reply…")).to_be_focused()
        await here.page.sidebar.get_by_role("button", name="Jump to").click()
        await here.page.keyboard.type("nothing at all")
        await expect(jump).to_contain_text("Nothing is called that.")


async def test_what_goes_away_above_a_field_leaves_the_focus_in_it(browser: Browser) -> None:
    async with visit(browser) as here:
        assert await here.page.page.evaluate(FOCUS_STAYS)


async def test_enter_sends_a_whole_command_at_once(browser: Browser) -> None:
    async with visit(browser) as here:
        await here.page.composer().press_sequentially("/agent")
        await expect(here.page.main.get_by_role("option")).to_have_count(1)
        await here.page.keyboard.press("Enter")

        await expect(here.page.composer()).to_have_value("")
        assert here.stage.slack.deliveries[-1].event_type == "slash_commands"


async def test_a_long_message_is_folded_until_the_person_wants_to_see_more(browser: Browser) -> None:
    async with visit(browser) as here:
        await here.say("\n".join(f"line {number}" for number in range(60)))
        last = here.messages.last
        more = last.get_by_role("button", name="See more")
        folded = await here.height(last)
        await more.press("Enter")
        await expect(last.get_by_role("button", name="See less")).to_be_focused()
        assert folded < 500
        assert await here.height(last) > 1000

        always = await here.post(section("word " * 550) | {"expand": True})

        await expect(always.get_by_role("button", name="See more")).to_have_count(0)


@pytest.mark.parametrize(("clock", "shown"), [("As the browser", r"\d\d:\d\d"), ("12 hours", r"\d{1,2}:\d\d\s[ap]m")])
async def test_times_and_dates_are_shown_as_the_person_has_it(browser: Browser, clock: str, shown: str) -> None:
    now = int(time.time())
    async with visit(browser) as here:
        await here.page.sidebar.get_by_role("button", name="Preferences").click()
        await here.page.page.get_by_role("group", name="Clock").get_by_role("menuitemradio", name=clock).click()
        await here.say(f"due <!date^{now}^{{date_short_pretty}} at {{time}}|some day> or <!date^{now}^{{no}}|some day>")

        await expect(here.messages.last.locator(".time")).to_have_text(re.compile(f"^{shown}$", re.IGNORECASE))
        await expect(here.messages.last.locator(".text time").first).to_have_text(
            re.compile(f"^Today at {shown}$", re.IGNORECASE)
        )
        await expect(here.messages.last.locator(".text time").last).to_have_text("some day")


async def test_arabic_and_hebrew_run_from_right_to_left(browser: Browser) -> None:
    async with visit(browser) as here:
        await here.say("שלום, מה שלומך?")
        text = here.messages.last.locator(".text")
        await expect(text).to_have_css("direction", "rtl")
        await here.page.composer().fill("مرحبا")
        await expect(here.page.composer()).to_have_css("direction", "rtl")
        await here.say("hello")
        await expect(text).to_have_css("direction", "ltr")


async def test_only_one_message_has_its_tools_and_toasts_leave_the_composer_free(browser: Browser) -> None:
    async with visit(browser) as here:
        await here.say("first")
        await here.say("second")
        await expect(here.messages.last).to_contain_text("second")
        await here.messages.first.focus()
        await here.messages.last.hover()
        tools = here.page.main.locator(".message-tools:visible")
        await expect(tools).to_have_count(1)
        await expect(here.messages.last.locator(".message-tools")).to_be_visible()

        await here.page.composer().fill("/nothing")
        await here.page.keyboard.press("Enter")

        toast = await here.page.page.get_by_role("alert").bounding_box()
        composer = await here.page.main.locator(".composer").bounding_box()
        assert toast
        assert composer
        assert toast["y"] + toast["height"] < composer["y"]


async def test_on_a_phone_the_note_is_one_line_until_it_is_asked_for_more(browser: Browser) -> None:
    async with visit(browser, **PHONE) as here:
        note = here.page.page.get_by_role("note")
        short = await here.height(note)
        await note.get_by_role("button", name="More").click()
        await expect(note.get_by_role("button", name="Less")).to_be_visible()
        assert short < 45 < await here.height(note)
        assert await here.page.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
