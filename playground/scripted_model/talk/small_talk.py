"""Greetings, thanks and the like, and where the conversation is."""

from __future__ import annotations

import re

from playground.scripted_model.question import Question, Told
from playground.scripted_model.request.surroundings import Surroundings
from text.json_shapes import string
from text.lines import cut

LONGEST = 100  # characters of thanks and the like
LEFT_ALONE = "All right, I leave it."
_OTHERS = r"(?:\s+(?:there|all|everyone|everybody|again|agent|bot|you|so much|a lot|very much))*"
_GREETING = re.compile(
    rf"\A\W*(?:hi|hello|hey|howdy|yo|hallo|moin|good (?:morning|afternoon|evening|day)){_OTHERS}\W*\Z", re.IGNORECASE
)
_ANSWERS = (
    (rf"(?:many )?(?:thanks|thank you|thx|ty|cheers|danke|merci){_OTHERS}", "You are welcome."),
    (
        r"(?:bye|goodbye|see you(?: later)?|good night|ciao)",
        "Goodbye. This thread stays: write here whenever you want to go on.",
    ),
    (
        r"how are you(?: doing)?(?: today)?|how is it going|how's it going|what's up",
        "I am up, and so are my tools. What can I do for you?",
    ),
    (r"(?:are you )?(?:still )?(?:there|alive|awake|online|working)|ping|test(?:ing)?", "I am here."),
    (
        r"(?:ok(?:ay)?|fine|great|good|nice|cool|perfect|well done|good bot|lol|haha|wow|yes|no|👍|🎉|:[\w+-]+:|\s)+",
        "Good. Tell me when there is more to do.",
    ),
    (r"sorry|my bad|oops", "No harm done."),
)
_ECHO = re.compile(
    r"\A\W*(?:please )?(?:say|repeat(?: after me)?|echo)\b[\s:]+(?P<what>.*\w.*)\Z", re.IGNORECASE | re.DOTALL
)
_PLACE = re.compile(
    r"\b(?:(?:which|what) (?:channel|thread|place) (?:is this|are we in|am i in)|where is this)\b", re.IGNORECASE
)
_CANCEL = re.compile(
    r"\A\W*(?:no,? )?(?:never ?mind|forget (?:it|that|about it)|cancel(?: (?:it|that))?|leave it|don't bother"
    r"|scratch that)\b[^?]*\Z",
    re.IGNORECASE,
)


def small_talk(text: str, around: Surroundings) -> Question | None:
    """The answer to a greeting, thanks or the like; None for anything else."""
    if is_cancelled(text):
        return Told(LEFT_ALONE)
    if _GREETING.match(text):
        name = string(around.person.get("person"))
        return Told(f"Hello{f' {name}' if name else ''}! Ask me “What can you do?” to see what I can be asked.")
    if _PLACE.search(text) and around.place:
        return Told(_where(around))
    if echo := _ECHO.match(text):
        return Told(cut(echo["what"].strip(" \"“”'"), 1_000))
    if len(text) > LONGEST:
        return None
    return next((Told(answer) for said, answer in _ANSWERS if re.fullmatch(rf"\W*(?:{said})\W*", text, re.I)), None)


def is_cancelled(text: str) -> bool:
    """Whether it takes back what was asked."""
    return bool(_CANCEL.match(text))


def _where(around: Surroundings) -> str:
    told = [string(around.place.get(field)) for field in ("topic", "purpose")]
    return f"This is **{string(around.place.get('place'))}**. {' '.join(filter(None, told))}".strip()
