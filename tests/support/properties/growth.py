"""How the time that a function takes grows with its text, and the texts that are meant to make it grow."""

from __future__ import annotations

import gc
import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tests.support.examples import IS_FAST

LENGTHS = (2_000, 20_000) if IS_FAST else (2_000, 20_000, 200_000)  # characters; each is compared with a quarter of it
# Times as long for four times the text. Where the time grows with the square it is 16 times; as far from that as from
# four is what a busy machine may add.
MOST_GROWTH = 8
# Seconds of the processor, and for each character. Below that, a measurement says nothing, and nobody waits.
LEAST_MEASURED, LEAST_PER_CHARACTER = 0.02, 1e-6
MEASUREMENTS = 15  # the best of so many counts: others on the machine only make a measurement longer

SIGNS = tuple("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ \n\ta0é。\u200b\u2028\u3000")
TOKENS = (
    *("<@U1|", "<@U1>", "<@UBOT> ", "a <@UBOT>:b", "<!here|", "<!here>", "<!subteam^S1|", "<#C1|", "<a:b|", "<a:b> "),
    *("[a](", "[](", "![", "](", '[a](b "', "```\n", "~~~\n", "```py\na\n\n", "- ```\n", "> ", "- ", "1. ", "- a\n"),
    *(
        "|a|\n|-|\n",
        "|a\n",
        "|-",
        " |\n",
        "a\n\n",
        "\n \n",
        "a. ",
        "a; ",
        "a.\n",
        "\r\n",
        "**a",
        "*a_",
        "&#",
        "&amp;",
        "&lt;",
    ),
    *("@here", "\\<", '\\"', '"a",', '{"a":', "[{", "stop ", "<@UBOT|\\", "https://a", "$ ", "`` ` "),
)
OPENINGS = ("<@U1|", "<@UBOT|", "<!here", "<!here|", "<a:b|", "```\n", "[a](", '[a](b "', "|a|\n|-|\n", "- ", "\n")
NESTED = (("[", "]"), ("(", ")"), ("<", ">"), ("{", "}"), ("[a](", ")"), ("> ", "\n"), ("**", "**"))


@dataclass(frozen=True)
class Attack:
    """A text of any length: `pump` again and again, between `before` and `after`; `closing` as often after it."""

    pump: str
    before: str = ""
    after: str = ""
    closing: str = ""

    def text(self, length: int) -> str:
        times = max(0, length - len(self.before) - len(self.after)) // len(self.pump + self.closing)
        return self.before + self.pump * times + self.closing * times + self.after


RUNS = [Attack(pump, after="`x") for pump in SIGNS + TOKENS]
NESTS = [Attack(pump, closing=closing) for pump, closing in NESTED]


def mixtures(seed: str, number: int) -> Iterator[Attack]:
    """Runs of one or two pieces behind something that was opened and is never closed; the same for the same seed."""
    chance = random.Random(seed)
    for _ in range(number):
        pump = "".join(chance.choices(SIGNS + TOKENS, k=chance.choice([1, 1, 2, 3])))
        yield Attack(pump, before=chance.choice(OPENINGS), after=chance.choice(["", "`", "x>", "\n"]))


def complaint(function: Callable[[str], object], attack: Attack, lengths: Sequence[int] = LENGTHS) -> str:
    """Says how the time grows with the text of the attack, if it grows too fast; otherwise ""."""
    for length in lengths:
        least = max(LEAST_MEASURED, length * LEAST_PER_CHARACTER)
        whole = quarter = math.inf
        for _ in range(MEASUREMENTS):
            whole = min(whole, _seconds(function, attack.text(length)))
            if whole < least:
                break
            quarter = min(quarter, _seconds(function, attack.text(length // 4)))
            if whole <= MOST_GROWTH * quarter:
                break
        else:
            return f"{length} characters of {attack} take {whole:.3f} s, and a quarter of them {quarter:.3f} s"
    return ""


def _seconds(function: Callable[[str], object], text: str) -> float:
    """Of the processor alone: what else runs on the machine does not count."""
    gc.disable()
    try:
        before = time.process_time()
        function(text)
        return time.process_time() - before
    finally:
        gc.enable()
