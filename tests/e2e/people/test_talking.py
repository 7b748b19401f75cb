"""Who is answered, where, and with what in mind."""

from __future__ import annotations

from agent_worker.conversation.wording.moments import written_at
from agent_worker.slack.time_zones import offsets
from emulators.gemini.answers import text
from tests.support.agent_worker.model_lines import message_line, readable
from tests.support.e2e.stage import Stage

HAIKU = "Autumn moonlight falls\na worm digs silently down\ninto the chestnut"


async def test_a_mention_is_answered_in_its_own_thread(stage: Stage) -> None:
    stage.gemini.script(text(HAIKU).given(contains='"from":"anna"'))

    ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> write about autumn")

    assert await stage.answered(ts) == [HAIKU]
    assert [message.ts for message in stage.slack.messages(stage.channel) if message.in_channel_view] == [ts]


async def test_a_direct_message_is_answered_in_its_own_thread(stage: Stage) -> None:
    stage.gemini.script(text(HAIKU).given(contains="write about autumn"))
    direct = stage.slack.open_dm(stage.anna)

    ts = stage.slack.say(stage.anna, direct, "write about autumn")

    assert await stage.answered(ts, direct) == [HAIKU]


async def test_a_reply_without_a_mention_goes_on_with_all_that_was_said_before(stage: Stage) -> None:
    stage.gemini.script(text("Hello Anna!"), text("It is the heron.").given(contains="heron"))
    ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> remember the word heron")
    await stage.answered(ts)

    reply = stage.slack.say(stage.anna, stage.channel, "which word was it?", thread_ts=ts)

    assert await stage.answered(ts, times=2) == ["Hello Anna!", "It is the heron."]
    contents = stage.gemini.requests[-1].contents
    assert [content["role"] for content in contents] == ["user", "model", "user"]
    at = written_at(reply, offsets("America/New_York", None, float(reply)))  # where people of the local Slack live
    line = message_line("anna", stage.anna, "which word was it?", at=at)
    assert contents[-1]["parts"] == [{"text": line}]


async def test_a_first_mention_in_the_middle_of_a_thread_knows_what_was_said_before(stage: Stage) -> None:
    ts = stage.slack.say(stage.anna, stage.channel, "the deploy of &lt;web&gt; failed at 9:40")
    stage.slack.say_as_other_bot(stage.channel, "build 77 is red", thread_ts=ts)
    link = [{"title": "Runbook", "text": "restart the queue"}]
    stage.slack.say(stage.ben, stage.channel, f"see this, <@{stage.anna}>", thread_ts=ts, attachments=link)
    stage.gemini.script(text("Restart the queue."))

    stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> what should we do?", thread_ts=ts)

    assert await stage.answered(ts) == ["Restart the queue."]
    parts = stage.gemini.requests[0].contents[0]["parts"]
    earlier = "\n".join(readable(part["text"]) for part in parts[:-1])
    assert "anna: the deploy of <web> failed at 9:40" in earlier
    assert "build 77 is red" in earlier
    assert "ben: see this, @anna" in earlier
    assert "restart the queue" in earlier
    assert "what should we do" not in earlier


async def test_a_mention_that_is_only_shown_as_code_calls_nobody(stage: Stage) -> None:
    at_bot = f"<@{stage.slack.bot_user_id}>"
    code = {"type": "user", "user_id": stage.slack.bot_user_id, "style": {"code": True}}
    line = {"type": "rich_text_section", "elements": [{"type": "text", "text": "write "}, code]}
    shown = stage.slack.say(
        stage.anna, stage.channel, f"write `{at_bot}`", blocks=[{"type": "rich_text", "elements": [line]}]
    )
    await stage.slack.until(lambda: stage.is_acknowledged(shown))
    stage.gemini.script(text("Yes?"))

    ts = stage.slack.say(stage.anna, stage.channel, f"{at_bot} hello")

    assert await stage.answered(ts) == ["Yes?"]
    assert stage.said(shown) == []


async def test_a_mention_with_nothing_else_in_it_is_greeted_without_asking_the_model(stage: Stage) -> None:
    ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}>")

    (greeting,) = await stage.answered(ts)

    assert "I can help with" in greeting
    assert "weather" in greeting
    assert stage.gemini.requests == []


async def test_what_is_not_for_the_agent_stays_unanswered(stage: Stage) -> None:
    slack, bot = stage.slack, f"<@{stage.slack.bot_user_id}>"
    stage.gemini.script(text("Yes?"), text("The last one."))
    ours = slack.say(stage.anna, stage.channel, f"{bot} hello")
    await stage.answered(ours)
    theirs = slack.say(stage.anna, stage.channel, "lunch?")

    slack.say(stage.ben, stage.channel, "noon", thread_ts=theirs)
    slack.say(stage.ben, stage.channel, f"<@{stage.anna}> look at this", thread_ts=ours)
    slack.say_as_other_bot(stage.channel, f"{bot} deploy finished", thread_ts=ours)
    slack.edit(stage.channel, ours, f"{bot} hello again")
    slack.unfurl(stage.channel, ours)
    slack.join(stage.ben, stage.channel)
    slack.delete(stage.channel, slack.say(stage.ben, stage.channel, "oops", thread_ts=theirs))
    last = slack.say(stage.anna, stage.channel, f"{bot} are you there?")

    assert await stage.answered(last) == ["The last one."]
    assert stage.said(ours) == ["Yes?"]
    assert stage.said(theirs) == []
    await slack.until(lambda: all(delivery.acked for delivery in slack.deliveries))


async def test_an_answer_can_ping_nobody_who_does_not_take_part(stage: Stage) -> None:
    stage.gemini.script(text(f"<!channel> <!here> <@{stage.ben}> and <@{stage.anna}>, look"))

    ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> wake everyone")
    await stage.answered(ts)

    post = stage.slack.bot_posts(stage.channel, ts)[0]
    shown = post.text + post.blocks[0]["text"]
    assert f"<@{stage.anna}>" in shown
    assert not any(ping in shown for ping in ("<!channel>", "<!here>", f"<@{stage.ben}>"))


async def test_a_long_answer_comes_in_several_whole_messages(stage: Stage) -> None:
    answer = "\n\n".join(f"Paragraph {number}. " + "word " * 150 for number in range(30))
    stage.gemini.script(text(answer))

    ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> tell me everything")

    said = await stage.answered(ts, times=3)
    assert "".join("".join(said).split()) == "".join(answer.split())
