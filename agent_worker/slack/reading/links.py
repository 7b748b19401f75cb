"""Links to Slack messages in a question: what they lead to, for the model and for the card that people see."""

from __future__ import annotations

from collections.abc import Sequence

from agent_worker.conversation.wording import model_form
from agent_worker.conversation.wording.linked import NOT_NOW
from agent_worker.payloads.links import LinkContents, LinksRead, MessageLink, ReadLinks
from agent_worker.payloads.thread import Source
from agent_worker.slack.reading import sentences
from agent_worker.slack.reading.look import Look
from agent_worker.slack.reading.threads import LEFT_OUT, Linked, read_link
from agent_worker.slack.reading.workspace import Workspace
from agent_worker.toolbox.outcome import counted
from agent_worker.toolbox.sources import MOST_SOURCES
from agent_worker.toolbox.tool import ToolError

MOST_LINKS = 3
CHARACTERS = 10_000  # of the messages of one link
THIS_THREAD = "This link leads to a message of this very thread."
_TOO_MANY = f"Only the first {MOST_LINKS} links of a question are read."
_TITLE = "A link to a message"


async def read_links(workspace: Workspace, request: ReadLinks) -> LinksRead:
    """Each link that cannot be read says why. Raises ApplicationError while Slack cannot be asked."""
    look = Look(workspace, request.thread, request.askers)
    contents: list[LinkContents] = []
    for number, link in enumerate(request.links):
        try:
            if number >= MOST_LINKS:
                raise ToolError(_TOO_MANY)
            contents.append(await _contents(look, link))
        except ToolError as error:
            contents.append(_unreadable(link, str(error)))
    return LinksRead(contents=contents)


async def _contents(look: Look, link: MessageLink) -> LinkContents:
    if look.is_this_thread(link.channel, link.thread_ts or link.ts):
        return _this_thread(link)
    found = await read_link(look, link, CHARACTERS)
    if look.is_this_thread(found.channel.id, found.root):
        return _this_thread(link)
    line = model_form.line(
        link=link.url,
        place=found.channel.called,
        id=found.channel.id,
        messages=found.said.messages,
        left_out="" if found.is_whole else LEFT_OUT,
    )
    outcome = counted(len(found.said.messages), "message")
    return LinkContents(
        url=link.url, line=line, title=_title(found), sources=_each_once(found.sources), outcome=outcome
    )


def _each_once(sources: Sequence[Source]) -> list[Source]:
    """The first of them, each page once: a linked message may be the root."""
    return list({source.url: source for source in sources}.values())[:MOST_SOURCES]


def _this_thread(link: MessageLink) -> LinkContents:
    return LinkContents(url=link.url, line=model_form.line(link=link.url, note=THIS_THREAD), title=_TITLE)


def _unreadable(link: MessageLink, sentence: str) -> LinkContents:
    told = NOT_NOW if sentence == sentences.BUSY else sentence  # whoever tries again has it read then
    line = model_form.line(link=link.url, unreadable=told)
    return LinkContents(url=link.url, line=line, title=_TITLE, failed=True)


def _title(found: Linked) -> str:
    return f"A message in {found.channel.called}"
