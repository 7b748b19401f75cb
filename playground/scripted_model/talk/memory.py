"""What people have said before: all of it stands in the request, and nothing else is known. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from playground.scripted_model.language.words import telling
from playground.scripted_model.question import Question, Told
from playground.scripted_model.request.input_lines import words_of
from playground.scripted_model.request.surroundings import Surroundings
from playground.scripted_model.slack.lines import Line, is_question
from text.json_shapes import string
from text.lines import cut

NOTHING_SAID = "You have not told me anything yet."
MOST_SAID = 5
LONGEST_SAID = 200  # characters
NAME = re.compile(r"\b(?:[Mm]y name is|[Cc]all me|[Ii] am called|[Ii]'m called)\s+([A-Z][\w'-]*)")
_TELLS_NAME = re.compile(r"\A\W*(?:[Hh](?:i|ello|ey)\b\W*)?" + NAME.pattern + r"[\s.!]*\Z")
_ASKS_FOR_NAME = re.compile(
    r"\b(?:what(?:'s| is| was) my name|who am i|do you know (?:me|my name|who i am))\b", re.IGNORECASE
)
_ASKS_FOR_SAYINGS = re.compile(
    r"\b(?:what did (?:i|we) (?:say|ask|tell)|what have (?:i|we) said|what do you (?:remember|know))\b"
    r"|\bdo you remember\W*$",
    re.IGNORECASE,
)
_REMEMBER = re.compile(
    r"\A\W*(?:please )?(?:remember|note|keep in mind|don't forget)(?: that)?[\s:]+(?P<what>.*\w.*)", re.I | re.S
)
_SAYING = frozenset({"say", "said", "told", "mention", "know", "think", "mean"})  # stems
_ASKS = re.compile(
    r"\b(?:what|when|where|who|whose|which|how|do you (?:know|remember)|is|are|was|did|does)\b", re.IGNORECASE
)


def memory_question(text: str, around: Surroundings, earlier: Sequence[str]) -> Question | None:
    """What is to be remembered, or asked about what was said; None if it is nothing of the kind.

    `earlier` is what people said before, newest first, with summaries and files.
    """
    if _ASKS_FOR_NAME.search(text) or _ASKS_FOR_SAYINGS.search(text):
        return Told(_memory(text, around, earlier))
    if named := _TELLS_NAME.match(text):
        return Told(f"Hello **{named[1]}**! I know your name for as long as it stands in this thread.")
    if note := _REMEMBER.match(text):
        return Told(
            f"I will: “{cut(note['what'].strip(), LONGEST_SAID)}”. If you edit or delete that message, I forget it."
        )
    return None


def recalled(text: str, around: Surroundings) -> Question | None:
    """The newest earlier message that holds what the question is about, quoted; None if there is none."""
    if not _ASKS.search(text):
        return None
    for one in reversed(around.said):
        line = Line.read(one)
        wanted = telling(text) - telling(line.author) - _SAYING
        if wanted and len(wanted & telling(line.text)) * 3 >= len(wanted) * 2 and not is_question(line.text):
            author = f"{line.author} said" if line.author != "somebody" else "Somebody said"
            when = f" ({told})" if (told := line.when(around.now)) else ""
            return Told(f"{author}: “{cut(line.text.strip(), LONGEST_SAID)}”{when}")
    return None


def _memory(text: str, around: Surroundings, earlier: Sequence[str]) -> str:
    own = [words_of(one) for one in reversed(around.said) if string(one.get("id")) in {"", around.asker}]
    names = [name for said in [text, *own] for name in reversed(NAME.findall(said))]
    profile = _profile(around) if _ASKS_FOR_NAME.search(text) else []
    lines = [f"Your name is **{names[0]}**."] if names else profile
    said = [one for one in earlier if one][:MOST_SAID] if _ASKS_FOR_SAYINGS.search(text) else []
    lines += ["You said:", *(f"- {cut(one, LONGEST_SAID)}" for one in reversed(said))] if said else []
    return "\n".join(lines) or NOTHING_SAID


def _profile(around: Surroundings) -> list[str]:
    """Who asks, by what Slack tells of them."""
    name = string(around.person.get("full_name")) or string(around.person.get("person"))
    if not name:
        return []
    title, zone = string(around.person.get("title")), string(around.person.get("time_zone"))
    return [f"You are **{name}**{f', {title}' if title else ''}{f'. Your time zone is {zone}' if zone else ''}."]
