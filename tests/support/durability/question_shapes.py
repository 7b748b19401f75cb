"""The shapes that a conversation takes when the agent asks people: decided, called off, chosen, filled in."""

from __future__ import annotations

from agent_worker.contract.messages import StopRequest
from agent_worker.contract.names import STOP
from agent_worker.contract.questions import ANSWER_QUESTION, GrantWish
from agent_worker.payloads.model import ToolCall
from tests.support.agent_worker.forms import COLOUR, Script, form
from tests.support.agent_worker.question_talk import an_answer, asked, filing, give, item, reply, wondering
from tests.support.agent_worker.rehearsal import Rehearsal, Talk, text


async def decided(rehearsal: Rehearsal) -> Talk:
    """Two calls of one step: one approved as edited and for always, one rejected; then an answer about both."""
    talk = await asked(rehearsal, filing("A", "B", beside=("look",)), text("One of two."))
    await give(talk, an_answer(rehearsal, item=0, id="first", grant=GrantWish(scope="thread")))
    await rehearsal.until(lambda: item(rehearsal).ending == "done")
    await give(talk, an_answer(rehearsal, "reject", item=1, id="second", reason="not today"))
    await talk.answered(2)
    return talk


async def decided_by_signal(rehearsal: Rehearsal) -> Talk:
    """The press was kept while no worker ran, and came twice."""
    talk = await asked(rehearsal, filing("A"), text("Filed."))
    for _ in range(2):
        await talk.signal(ANSWER_QUESTION, an_answer(rehearsal, id="kept"))
    await talk.answered(2)
    return talk


async def called_off(rehearsal: Rehearsal) -> Talk:
    """Somebody says stop while the question is open, and asks something else."""
    talk = await asked(rehearsal, filing("A"), text("Noon."))
    await talk.signal(STOP, StopRequest(at="2.0", user="U1"))
    await rehearsal.until(lambda: item(rehearsal).outcome == "cancelled")
    await talk.ask("3.0", "what time is it?")
    return talk


async def chosen(rehearsal: Rehearsal) -> Talk:
    """Once with a button, once with a plain reply."""
    talk = await asked(rehearsal, wondering("Which one?", "red", "blue"), wondering("How many?"), text("Two."))
    await give(talk, an_answer(rehearsal, "choose", option=1))
    await rehearsal.until(lambda: item(rehearsal).does == "How many?")
    await talk.say("9.0", "two")
    await talk.answered(3)
    return talk


async def filled_in(rehearsal: Rehearsal) -> Talk:
    """A server asks for a colour before it goes on with its call."""
    rehearsal.cast.tools["buy"] = Script(form(COLOUR), {"output": "bought"})
    talk = await asked(rehearsal, reply(ToolCall(name="buy", args={}, id="0", title="shop: buy")), text("Bought."))
    await give(talk, an_answer(rehearsal, "fill", item=0, arguments={"0.0": "0"}))
    await talk.answered(2)
    return talk


async def decided_in_a_later_run(rehearsal: Rehearsal) -> Talk:
    """On a server that suggests a new run early: the question is carried into it, and decided there."""
    talk = await asked(rehearsal, filing("A"), text("Noon."), text("Filed."))
    await talk.ask("2.0", "what time is it?")
    await give(talk, an_answer(rehearsal))
    await talk.answered(3)
    return talk
