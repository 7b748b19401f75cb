"""Talking to the agent in the page: what a person types, and what Slack would show."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.support.browser.visitor import ANSWERED, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_mention_is_answered_in_a_thread_with_task_cards_while_it_is_written(page: Visitor) -> None:
    await page.composer().press_sequentially("@ag")
    await page.keyboard.press("Enter")
    await page.composer().press_sequentially("are there any weather alerts in New York?")
    await page.keyboard.press("Enter")

    written = page.thread.locator(".is-streaming .text")
    await expect(written).not_to_be_empty(timeout=ANSWERED)
    first_words = await written.inner_text()
    answer = await page.answered()
    await expect(page.thread.locator("[data-status=complete] .task-title")).to_have_text(
        ["Weather alerts for New York"]
    )
    await expect(page.thread.get_by_role("list", name="Sources").get_by_role("link")).not_to_have_count(0)
    assert first_words in await answer.inner_text()
    assert len(await answer.inner_text()) > len(first_words)
    await expect(page.main.locator(".message").last).to_contain_text("replies")


async def test_a_reply_in_the_thread_goes_on_with_the_conversation(page: Visitor) -> None:
    await page.say("@agent my name is Ada, write me a haiku")
    await page.answered()

    await page.say("what is my name?", page.thread)

    answer = await page.answered(2)
    await expect(answer.locator("strong")).to_have_text("Ada")


async def test_direct_messages_have_suggestions_and_are_answered_without_a_mention(page: Visitor) -> None:
    await page.open_direct_messages()

    await page.main.get_by_role("group", name="Suggestions").get_by_role("button", name="Weather alerts").click()

    await expect(await page.answered()).to_contain_text("New York: 2 active alerts")


async def test_two_channels_have_two_agents_and_look_inside_shows_the_call_of_an_mcp_server(page: Visitor) -> None:
    await page.go_to("time")
    await expect(page.main.locator(".pane-head")).to_contain_text("timekeeper answers here")
    await page.say("@agent what time is it in Tokyo?")
    await expect(await page.answered()).to_contain_text(" in Tokyo (")
    await expect(page.thread.locator("[data-status=complete] .task-title")).to_have_text(["time: get_current_time"])
    await page.thread.get_by_role("button", name="Look inside").click()
    call = page.drawer.locator(".step[data-kind=tool]")
    await expect(call).to_contain_text("time: get_current_time")
    await expect(call).to_contain_text('{"timezone": "Asia/Tokyo"}')
    await expect(page.drawer.locator(".step[data-kind=open]")).to_contain_text("for the agent timekeeper")
    await expect(page.drawer.locator(".step[data-kind=model]").last).to_contain_text("version")

    await page.drawer.get_by_role("button", name="Close the drawer").click()
    await page.go_to("general")
    await expect(page.main).to_contain_text("The agent here is default.")
    await page.say("@agent what time is it in Tokyo?")

    await expect(await page.answered()).to_contain_text("I cannot tell the time")


async def test_slacks_own_stop_button_ends_what_the_agent_is_doing(page: Visitor) -> None:
    await page.speak_as("Ben")
    await page.open_direct_messages()
    await page.say("are there any weather alerts where I am?")
    stop = page.thread.get_by_role("button", name="Stop")

    await stop.click()

    await expect(page.thread.get_by_text("Stopped.")).to_be_visible(timeout=ANSWERED)
    await expect(stop).to_have_count(0)
    await expect(page.thread.locator(".status.is-shown")).to_have_count(0)


async def test_feedback_stays_pressed_and_is_thanked_for_once_for_the_person_alone(page: Visitor) -> None:
    await page.say("@agent write me a haiku about thanks")
    answer = await page.answered()
    good, bad = (answer.get_by_role("button", name=f"This answer was {side}") for side in ("good", "bad"))

    await good.click()

    thanks = page.thread.locator(".is-ephemeral")
    await expect(thanks).to_contain_text("Only visible to you")
    await expect(good).to_have_attribute("aria-pressed", "true")
    await bad.click()
    form = page.page.get_by_role("dialog")
    await expect(form).to_have_accessible_name("What was wrong?")
    await form.get_by_label("Why was it bad?").fill("It does not rhyme.")
    await form.get_by_role("button", name="Send").click()
    await expect(form).to_have_count(0)
    await expect(bad).to_have_attribute("aria-pressed", "true")
    await expect(good).to_have_attribute("aria-pressed", "false")
    await expect(thanks).to_have_count(1)


async def test_a_file_is_sent_shown_and_answered(page: Visitor) -> None:
    note = {"name": "note.txt", "mimeType": "text/plain", "buffer": b"<b>Bring an umbrella</b>"}
    await page.main.locator("input[type=file]").set_input_files(note)  # type: ignore[arg-type]

    await page.say("@agent write me a haiku about this note")

    await page.answered()
    file = page.thread.locator(".file")
    await expect(file).to_contain_text("note.txt")
    await file.get_by_text("Show what it holds").click()
    await expect(file.locator("pre")).to_have_text("<b>Bring an umbrella</b>")


async def test_the_home_tab_lists_the_conversations_and_opens_them(page: Visitor) -> None:
    await page.speak_as("Anna")
    await page.say("@agent write me a haiku about home")
    await page.answered()

    await page.go_to("agent")
    await page.main.get_by_role("link", name="Home").click()
    home = page.main.get_by_role("region", name="Home")
    await expect(home).to_contain_text("haiku about home", ignore_case=True)
    await home.get_by_role("button", name="Open").first.click()

    await expect(page.thread).to_contain_text("haiku about home")


async def test_a_conversation_can_be_given_another_title(page: Visitor) -> None:
    await page.say("@agent write me a haiku about names")
    await page.answered()

    await page.thread.get_by_role("button", name="Rename").click()
    await page.page.get_by_role("dialog").get_by_role("textbox").fill("Poems")
    await page.keyboard.press("Enter")

    await expect(page.thread.get_by_role("heading", name="Poems")).to_be_visible()


async def test_several_people_talk_and_each_sees_what_is_new(page: Visitor) -> None:
    await page.go_to("random")
    await page.say("good morning")
    await page.go_to("general")
    await page.speak_as("Ben")
    await page.go_to("random")
    await page.say("@you good morning to you")
    await page.go_to("general")

    await page.speak_as("you")

    await expect(page.sidebar.get_by_role("link", name="random")).to_contain_text("1")
    await page.go_to("random")
    await expect(page.main.locator(".mention-me")).to_have_text("@you")
    await expect(page.sidebar.get_by_text("mentions")).to_have_count(0)


async def test_a_command_is_completed_and_answered_for_the_person_alone(page: Visitor) -> None:
    await page.composer().press_sequentially("/ag")
    await page.keyboard.press("Enter")
    await page.composer().press_sequentially("he")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")

    answer = page.main.locator(".is-ephemeral").last
    await expect(answer).to_contain_text("/agent status")
    await page.speak_as("Anna")
    await expect(page.main.locator(".is-ephemeral")).to_have_count(0)


async def test_the_command_alone_tells_who_answers_here(page: Visitor) -> None:
    await page.go_to("time")
    await page.composer().press_sequentially("/ag")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")

    answer = page.main.locator(".is-ephemeral").last
    await expect(answer).to_contain_text("timekeeper answers here.")
    await expect(answer).to_contain_text("Get current time in a specific timezone")


async def test_the_shortcut_on_a_message_asks_about_it_in_a_modal(page: Visitor) -> None:
    await page.say("The ferry leaves at nine.")
    message = page.main.locator(".message", has_text="The ferry leaves at nine.").last
    await message.hover()
    await message.get_by_role("button", name="More actions").click()
    await page.page.get_by_role("menuitem", name="Ask the agent about this").click()
    modal = page.page.get_by_role("dialog")

    await modal.get_by_role("textbox").fill("Write a haiku about it")
    await modal.get_by_role("button", name="Ask").click()

    await expect(modal).to_have_count(0)
    await message.get_by_role("button", name="reply").click(timeout=ANSWERED)
    await page.answered()
