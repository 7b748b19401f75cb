"""The one outlet through which a turn's texts go to Slack: answers, steps, sources and titles. Pure.

Behind it, a text notifies only those whom it may notify, and shows where its links lead.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from agent_worker.payloads.questions import QuestionCard
from agent_worker.payloads.thread import Deliver, InThread, ShownStep, Source
from agent_worker.slack.blocks.links import TO_ALL_HOSTS, LinkPolicy, without_links
from agent_worker.slack.blocks.mentions import NOBODY, neutralise
from agent_worker.slack.blocks.outgoing import Outgoing, safe
from text import lines

LONGEST_LINE = 1_000  # characters; what shows a line has a limit of its own
Request = TypeVar("Request", bound=InThread)


@dataclass(frozen=True)
class Outlet:
    """`shows_cost`: the line below an answer tells what its turn has cost."""

    links: LinkPolicy = TO_ALL_HOSTS
    shows_cost: bool = False

    def outgoing(self, may_mention: Collection[str], names: Mapping[str, str] = NOBODY) -> Outgoing:
        """For Markdown that comes in pieces. Who is not in `may_mention` is shown by the name in `names`."""
        return Outgoing(self.links, may_mention, names)

    def markdown(self, text: str, may_mention: Collection[str], names: Mapping[str, str] = NOBODY) -> str:
        return safe(text, self.links, may_mention, names)

    def delivery(self, request: Deliver) -> Deliver:
        """A delivery whose answer and steps are safe. A notice is a sentence of ours, and escaped when it is shown."""
        request = self.steps(request)
        if request.is_notice or request.is_plain or request.withdrawn:
            return request
        request = request if self.shows_cost else request.model_copy(update={"spent": []})
        texts = request.text, request.preface
        text, preface = (self.markdown(each, request.may_mention, request.names) for each in texts)
        return request.model_copy(update={"text": text, "preface": preface})

    def steps(self, request: Request) -> Request:
        """A request whose steps are safe; their titles and sources come from the model and from tools."""
        if request.progress is None:
            return request
        steps = list(map(self._step, request.progress.steps))
        return request.model_copy(update={"progress": request.progress.model_copy(update={"steps": steps})})

    def card(self, card: QuestionCard) -> QuestionCard:
        """A question's card whose sources are safe; the rest is escaped when it is shown."""
        items = [item.model_copy(update={"sources": self._sources(item.sources)}) for item in card.items]
        return card.model_copy(update={"items": items})

    def _sources(self, sources: Sequence[Source]) -> list[Source]:
        return [
            Source(text=neutralise(label, ()), url=source.url)
            for source in sources
            if (label := self.links.label(source.url, source.text)) is not None
        ]

    def _step(self, step: ShownStep) -> ShownStep:
        sources = self._sources(step.sources)
        told = {"title": line(step.title), "outcome": line(step.outcome)}
        return step.model_copy(update={**told, "sources": sources})


USUAL_OUTLET = Outlet()


def line(text: str) -> str:
    """A title, an outcome or a status: one line that notifies nobody, and in which Slack finds no address."""
    return without_links(neutralise(lines.one_line(text, LONGEST_LINE), ()))
