"""`python -m benchmarks.compaction`: what long conversations cost with different AGENT_CONTEXT_TOKENS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

from benchmarks.compaction.conversation import Held, hold
from benchmarks.compaction.requests import CACHED_SHARE, MODEL, SMALLEST_CACHED, Caching, counted, dollars
from benchmarks.compaction.turns import CHARACTERS_PER_TOKEN

TURNS = (50, 200)
LIMITS = (16_000, 32_000, 48_000, 64_000, 128_000, 200_000)


@dataclass(frozen=True)
class Line:
    """One line of the table: a conversation with one limit."""

    turns: int
    context_tokens: int
    requests: int
    summaries: int
    largest: int  # tokens of input in one request
    fewest_verbatim: int  # earlier turns that the model still has word for word, after a summary
    mean_verbatim: float  # the same, over all turns
    dollars: dict[Caching, float]


def line(turns: int, context_tokens: int) -> Line:
    held = hold(turns, context_tokens)
    requests = counted(held.requests)
    return Line(
        turns=turns,
        context_tokens=context_tokens,
        requests=len(requests),
        summaries=sum(one.turn is None for one in requests),
        largest=max(one.tokens.given for one in requests),
        fewest_verbatim=_fewest(held),
        mean_verbatim=mean(held.verbatim),
        dollars={caching: dollars(requests, caching) for caching in Caching},
    )


def _fewest(held: Held) -> int:
    """Where earlier turns gave way, they became fewer; without a summary, all of them stayed."""
    dropped = [now for before, now in zip(held.verbatim, held.verbatim[1:], strict=False) if now <= before]
    return min(dropped, default=held.verbatim[-1])


def table(lines: Sequence[Line]) -> str:
    """The lines as Markdown."""
    caching = " | ".join(one.value for one in Caching)
    head = f"| turns | AGENT_CONTEXT_TOKENS | {caching} | summaries | word for word, fewest / mean | largest request |"
    return "\n".join([head, "|" + "---|" * 8, *map(_row, lines)])


def _row(one: Line) -> str:
    costs = " | ".join(f"${one.dollars[caching]:.2f}" for caching in Caching)
    verbatim = f"{one.fewest_verbatim} / {one.mean_verbatim:.0f}"
    return f"| {one.turns} | {one.context_tokens:,} | {costs} | {one.summaries} | {verbatim} | {one.largest:,} |"


def main() -> None:
    print(table([line(turns, limit) for turns in TURNS for limit in LIMITS]))
    print(
        f"\n{MODEL}, {CHARACTERS_PER_TOKEN} characters for a token; prefixes of {SMALLEST_CACHED:,} tokens and more are"
        f" cached, for {CACHED_SHARE:.0%} of the price of input."
    )


if __name__ == "__main__":
    main()
