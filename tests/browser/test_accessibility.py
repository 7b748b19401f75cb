"""Everybody can use the page: axe finds nothing, and screen readers hear whole sentences."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.support.browser.axe import faults
from tests.support.browser.scenes import visit
from tests.support.browser.visitor import ANSWERED, Visitor
from tests.support.emulators.elements import boxes, day, entry, menu, number_field, plain, radio, text_field
from tests.support.emulators.posts import section
from tests.support.emulators.views import actions, button, modal

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_axe_finds_nothing_wherever_a_person_can_go(page: Visitor) -> None:
    await page.page.emulate_media(reduced_motion="reduce")
    found = {"a channel": await faults(page.page)}
    await page.say("@agent file a ticket: the tap drips")
    await expect(page.thread.get_by_role("button", name="File Ticket")).to_be_visible(timeout=ANSWERED)
    found["a thread with a question"] = await faults(page.page)
    await page.thread.get_by_role("button", name="File Ticket").press("Enter")
    await page.answered()
    await page.thread.get_by_role("button", name="Look inside").click()
    await expect(page.drawer.locator(".step")).not_to_have_count(0)
    for tab in ("Run", "Traffic", "Break it"):
        await page.drawer.get_by_role("tab", name=tab).click()
        found[f"the drawer's tab {tab}"] = await faults(page.page)
    await page.drawer.get_by_role("button", name="Close the drawer").click()
    await page.page.keyboard.press("Control+K")
    found["the dialog to jump"] = await faults(page.page)
    await page.page.keyboard.press("Escape")
    await page.open_direct_messages()
    found["direct messages"] = await faults(page.page)
    await page.main.get_by_role("link", name="Home").click()
    await expect(page.main.get_by_role("region", name="Home").get_by_role("button")).not_to_have_count(0)
    found["Home"] = await faults(page.page)

    assert {state: some for state, some in found.items() if some} == {}


async def test_axe_finds_nothing_in_what_an_app_shows_and_asks(browser: Browser) -> None:
    async with visit(browser) as here:
        await here.post(section("*Send it?* <https://example.com|a link> in a text"), actions(button("send")))
        await here.post(
            {
                "type": "markdown",
                "text": f"### Deep\n# High\n- one\n\n| a | b |\n|-|-|\n| c | d |\n```\n{'x' * 300}\n```",
            }
        )
        await here.post(
            entry(text_field(), label=plain("Why")),
            entry(radio("now", "later"), label=plain("When"), block_id="when"),
            entry(menu("low", "high"), label=plain("Urgency"), block_id="urgency"),
        )
        found = {"messages": await faults(here.page.page)}
        await here.page.main.get_by_role("button", name="Emoji").click()
        await here.page.keyboard.type("tad")
        found["the emoji picker"] = await faults(here.page.page)
        await here.page.keyboard.press("Escape")
        await here.page.sidebar.get_by_role("button", name="Preferences").click()
        found["a menu"] = await faults(here.page.page)
        await here.page.keyboard.press("Escape")
        await here.page.composer().press_sequentially("@a")
        found["completions"] = await faults(here.page.page)
        await here.open_modal(
            modal(
                section("One moment…"),
                entry(number_field(), label=plain("Days"), block_id="days"),
                entry(boxes("a", "b"), label=plain("Boxes"), block_id="boxes", optional=True),
                entry(day(), label=plain("Day"), block_id="day"),
            )
        )
        await here.page.keyboard.press("Enter")
        found["a form with errors"] = await faults(here.page.page)

    assert {state: some for state, some in found.items() if some} == {}


async def test_axe_finds_nothing_on_a_phone(browser: Browser) -> None:
    async with visit(browser, width=390, height=844) as here:
        await here.say("hello")
        found = {"a channel": await faults(here.page.page)}
        await here.page.main.get_by_role("button", name="Back to the list").click()
        found["the list"] = await faults(here.page.page)
        await here.page.go_to("general")
        await here.messages.last.press("t")
        await expect(here.page.thread).to_contain_text("hello")
        found["a thread"] = await faults(here.page.page)
        await here.page.thread.get_by_role("button", name="Look inside").click()
        for tab in ("Run", "Traffic", "Break it"):
            await here.page.drawer.get_by_role("tab", name=tab).click()
            found[f"the drawer's tab {tab}"] = await faults(here.page.page)
        here.page.complaints.clear()  # about Temporal, which does not run here

    assert {state: some for state, some in found.items() if some} == {}


async def test_an_answer_is_said_once_in_whole_sentences_without_its_marks(browser: Browser) -> None:
    async with visit(browser) as here:
        await here.page.page.evaluate(
            """() => {
                window.said = [];
                const note = (changes) => changes.forEach(({ addedNodes }) =>
                    addedNodes.forEach((one) => window.said.push(one.textContent)));
                new MutationObserver(note).observe(document.getElementById("announcements"), { childList: true });
            }"""
        )
        answer = (
            "## Weather\n**Two** alerts: [wind](https://example.com) and `snow` :tada:\n\n"
            + "A sentence of some length. " * 60
        )
        await here.stream(answer, pieces=20)
        await expect(here.page.page.locator("[aria-live=polite]")).to_contain_text("and more.")
        said = await here.page.page.evaluate("window.said")

    assert len(said) == 2
    assert said[0] == "ben: a question."
    assert said[1].startswith("agent: Weather. Two alerts: wind and snow tada. A sentence of some length.")
    assert said[1].endswith("A sentence of some length. … and more.")


async def test_a_message_says_who_wrote_what_and_when_to_whoever_comes_to_it_by_keyboard(browser: Browser) -> None:
    async with visit(browser) as here:
        await here.say("Is *this* <https://example.com|the page>?")

        message = here.page.main.get_by_role("listitem", name="Ben: Is this the page? ")

        await expect(message).to_have_count(1)


async def test_a_reload_says_nothing_untrue(browser: Browser) -> None:
    async with visit(browser) as here:
        root = await here.say("a question")
        await here.say("a reply", thread_ts=root)
        await here.page.page.goto(f"/#/{here.stage.general}/{root}")
        await expect(here.page.thread).to_contain_text("a reply")
        await here.page.page.add_init_script(
            """
            window.seen = new Set();
            const look = () => {
                if (document.body) document.body.innerText.split("\\n").forEach((line) => window.seen.add(line));
                requestAnimationFrame(look);
            };
            requestAnimationFrame(look);
            """
        )

        await here.page.page.reload()
        await expect(here.page.thread).to_contain_text("a reply")
        seen = "\n".join(await here.page.page.evaluate("[...window.seen]"))

    for untrue in ("does not answer", "does not exist", "is gone", "connecting", "not connected", "somebody"):
        assert untrue not in seen
