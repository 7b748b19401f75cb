"""The page itself: faults are shown and survived, everybody can use it, and no text of others runs in it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
import yaml
from playwright.async_api import Browser, expect

from tests.support.browser.visitor import ANSWERED, Visitor, visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")
ROOT = Path(__file__).parents[2]
MANIFEST = ROOT / "manifest.yml"
PICTURES = ROOT / "docs" / "images"
MOST_BYTES = 350_000
HOSTILE = [
    "<img src=x onerror=\"document.title='taken'\">",
    "<javascript:alert(1)|click>",
    "[click](javascript:alert(1))",
    "`</code><script>document.title='taken'</script>`",
]


@pytest_asyncio.fixture(loop_scope="session")
async def without_tools(page: Visitor) -> AsyncIterator[Visitor]:
    """The services of the tools are away. They are back for the next test, even if this one fails."""
    await page.main.get_by_role("button", name="Break it").click()
    await page.drawer.get_by_role("button", name="Take Weather and places away").click()
    yield page
    await page.page.request.post("/page/break/away", data={"what": "tools", "is_away": False})


async def test_a_worker_that_is_killed_in_the_middle_of_a_tool_leaves_one_answer(without_tools: Visitor) -> None:
    page = without_tools
    await page.say("@agent any weather alerts in Texas?")
    await expect(page.thread.locator(".task-card[data-status=in_progress]")).to_be_visible(timeout=ANSWERED)

    await page.drawer.get_by_role("button", name="Kill the worker").click()
    await page.drawer.get_by_role("button", name="Bring Weather and places back").click()

    await expect(await page.answered()).to_contain_text("Texas: 2 active alerts")
    await expect(page.drawer.get_by_role("listitem").filter(has_text="Worker").first).to_contain_text("started again")
    await page.drawer.get_by_role("tab", name="Run").click()
    await expect(page.drawer.locator(".step[data-kind=tool]")).to_contain_text("attempt")
    await expect(page.answers()).to_have_count(1)


async def test_the_drawer_shows_the_run_behind_a_thread_and_the_traffic_with_slack(page: Visitor) -> None:
    await page.say("@agent write me a haiku about glass")
    await page.answered()

    await page.thread.get_by_role("button", name="Look inside").click()
    await expect(page.drawer.locator(".step[data-kind=signal]")).to_contain_text("haiku about glass")
    await expect(page.drawer.locator(".step[data-kind=model][data-state=done]")).not_to_have_count(0)
    await page.drawer.get_by_role("tab", name="Traffic").click()
    await expect(page.drawer.locator(".traffic")).to_contain_text("chat.stopStream")
    await page.drawer.get_by_role("button", name="Socket Mode").click()
    await expect(page.drawer.locator(".traffic")).to_contain_text("app_mention")
    await expect(page.drawer.locator(".traffic")).not_to_contain_text("chat.stopStream")


async def test_everything_can_be_done_with_the_keyboard_alone(page: Visitor) -> None:
    press, focused = page.keyboard.press, page.page.locator(":focus")
    await press("F6")  # to the next part of the page, round to the list
    await expect(page.sidebar.locator(":focus")).to_have_text("general")
    await press("ArrowDown")
    await press("Enter")
    await expect(page.main.locator(":focus")).to_have_attribute("aria-label", "Message #random")
    await page.keyboard.type("@ag")
    await press("Enter")
    await page.keyboard.type("write me a haiku abuot keys")
    await press("Enter")
    await page.answered()
    await expect(page.thread.locator(":focus")).to_have_attribute("aria-label", "Reply…")
    await press("Escape")  # closes the thread
    await expect(page.thread).to_be_hidden()
    await expect(page.main.locator(":focus")).to_have_attribute("aria-label", "Message #random")
    await press("ArrowUp")  # edits the last message
    await expect(focused).to_have_attribute("aria-label", "Edit message")
    await press("Control+A")
    await page.keyboard.type("never mind")
    await press("Enter")
    message = page.main.locator(".message").last
    await expect(message).to_contain_text("never mind")
    await expect(message).to_contain_text("(edited)")
    await expect(message).to_be_focused()
    await press("r")
    await press("ArrowRight")
    await press("Enter")
    await expect(message.get_by_role("button", name="white_check_mark: 1")).to_be_visible()
    await press("m")
    await expect(page.page.get_by_role("menuitem", name="Ask the agent about this")).to_be_focused()
    await press("Escape")
    await expect(message.locator(":focus")).to_have_attribute("aria-label", "More actions")


async def test_the_drawer_lists_what_people_have_decided(page: Visitor) -> None:
    await page.say("@agent file a ticket: the printer on floor 3 is broken")
    await page.thread.get_by_role("button", name="File Ticket").click(timeout=ANSWERED)
    await page.thread.get_by_role("button", name="Look inside").click()

    decisions = page.drawer.get_by_role("list", name="Decisions").get_by_role("listitem")
    await expect(decisions).to_have_count(1)
    await expect(decisions).to_contain_text("file_ticket: approved by")
    await expect(page.drawer).to_contain_text("1 question in 1 turn · 1.00 a turn")


async def test_on_a_phone_there_is_one_part_at_a_time(playground: str, browser: Browser) -> None:
    async with visitor(browser, playground, width=375, height=740) as page:
        await page.say("@agent write me a haiku about small things")
        await page.answered()
        await expect(page.main).to_be_hidden()
        await page.thread.get_by_role("button", name="Look inside").click()
        await expect(page.drawer.locator(".step")).not_to_have_count(0)
        await expect(page.thread).to_be_hidden()
        backs = ("Back to the conversation", "Back to the channel", "Back to the list")
        for part, name in zip((page.drawer, page.thread, page.main), backs, strict=True):
            width = await page.page.evaluate("document.documentElement.scrollWidth")
            assert width == 375
            await part.get_by_role("button", name=name, exact=True).click()
        await expect(page.sidebar).to_be_visible()
        await page.open_direct_messages()
        assert await page.page.evaluate("document.querySelector('.pane-buttons').getBoundingClientRect().right") <= 375


async def test_what_people_write_never_runs_in_the_page(page: Visitor) -> None:
    where = await page.ids()
    title = await page.page.title()

    for text in HOSTILE:
        answer = await page.page.request.post("/page/do/say", data=where | {"text": text})
        assert answer.ok

    last = page.main.locator(".message").last
    await expect(last).to_contain_text("document.title='taken'")
    assert await page.main.locator(".body :is(script, img, [href^=javascript])").count() == 0
    assert await page.page.title() == title


async def test_what_the_model_writes_never_runs_in_the_page(page: Visitor) -> None:
    title = await page.page.title()
    await page.say(f"@agent {HOSTILE[0]} {HOSTILE[2]}")
    await page.answered()

    await page.say("what did I say?", page.thread)

    answer = await page.answered(2)
    await expect(answer).to_contain_text("document.title='taken'")
    assert await page.thread.locator(".body :is(script, img, [href^=javascript])").count() == 0
    assert await page.page.title() == title


async def test_the_browser_refuses_to_make_elements_of_a_text(page: Visitor) -> None:
    """So that a mistake in the page's own scripts cannot do it either."""
    refused = await page.page.evaluate(
        """() => {
            try { document.body.innerHTML = "<b>taken</b>"; } catch (error) { return error.name; }
        }"""
    )

    assert refused == "TypeError"
    await expect(page.composer()).to_be_visible()
    page.complaints.clear()  # the browser also complains in its console


async def test_words_are_formatted_as_slack_formats_them(page: Visitor) -> None:
    await page.say("*bold* _slanted_ ~gone~ `code` :tada: https://example.com/a?b=1&c=2.\n> quoted\n- one\n- two")

    message = page.main.locator(".message").last
    for tag, text in (("strong", "bold"), ("em", "slanted"), ("s", "gone"), ("code", "code"), ("blockquote", "quoted")):
        await expect(message.locator(tag)).to_have_text(text)
    await expect(message.locator("li")).to_have_text(["one", "two"])
    await expect(message.get_by_role("img", name="tada")).to_be_visible()
    await expect(message.get_by_role("link")).to_have_attribute("href", "https://example.com/a?b=1&c=2")


async def test_answers_are_said_aloud_once_they_are_whole(page: Visitor) -> None:
    await page.say("@agent my name is Echo, what is my name?")
    await page.answered()

    await expect(page.page.locator("[aria-live=polite]")).to_contain_text("Your name is")


async def test_the_pages_commands_and_shortcuts_are_those_of_the_manifest(page: Visitor) -> None:
    features = yaml.safe_load(MANIFEST.read_text())["features"]

    commands, shortcuts = await page.page.evaluate(
        "import('/page/scripts/state/manifest.js').then((module) => [module.COMMANDS, module.SHORTCUTS])"
    )

    offered = [(one["command"], one["description"], " | ".join(one["words"])) for one in commands]
    assert offered == [(one["command"], one["description"], one["usage_hint"]) for one in features["slash_commands"]]
    assert shortcuts == [{name: one[name] for name in ("name", "callback_id")} for one in features["shortcuts"]]


async def test_the_pictures_for_the_readme_can_be_taken(playground: str, browser: Browser, tmp_path: Path) -> None:
    """TAKE_PICTURES=1 puts them where the README shows them."""
    directory = PICTURES if os.environ.get("TAKE_PICTURES") == "1" else tmp_path
    where = await _talk_that_is_worth_a_picture(playground, browser)
    for colours in ("light", "dark"):
        async with visitor(browser, playground, at=where, width=1440, height=860, colours=colours, scale=1.25) as page:
            await page.answered()
            await page.page.get_by_role("button", name="Close this note").click()
            if colours == "dark":
                await page.thread.get_by_role("button", name="Look inside").click()
                await expect(page.drawer.locator(".step")).not_to_have_count(0)
            await page.composer(page.thread).focus()
            await page.page.mouse.move(0, 0)
            pictures = [directory / f"page-{colours}.png"]
            await page.page.screenshot(path=pictures[0])
            if colours == "dark":
                pictures.append(directory / "step.png")
                await _open_a_step(page)
                await page.drawer.screenshot(path=pictures[1])
            for picture in pictures:
                assert 20_000 < picture.stat().st_size <= MOST_BYTES


async def _open_a_step(page: Visitor) -> None:
    """The first model call, with the names of the tools that it was told of."""
    step = page.drawer.locator(".step[data-kind=model]").first
    await step.get_by_role("heading").get_by_role("button").click()
    await step.locator("summary").filter(has_text="Tools").first.click()
    await step.scroll_into_view_if_needed()


async def _talk_that_is_worth_a_picture(playground: str, browser: Browser) -> str:
    """Where it is, in the page's address."""
    async with visitor(browser, playground) as page:
        await page.go_to("storm-watch")
        await page.speak_as("Anna")
        await page.say("The truck leaves for New York at three. Anything we should know?")
        await page.speak_as("you")
        await page.say("Let me ask. Last time it was *four hours* late because of the wind.")
        await page.say("@agent are there any weather alerts where I am?")
        await page.answered()
        return page.page.url.removeprefix(playground)
