"""What is compared: the product and the two references, and of which processes each consists."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from benchmarks.references import plain
from benchmarks.references.tutorial import bot as tutorial_bot
from benchmarks.references.tutorial import worker as tutorial_worker

Role = Literal["worker", "bot"]


@dataclass(frozen=True)
class Part:
    """One process: the module that runs, and part of the line that it writes when it is up."""

    role: Role
    module: str
    ready: str


@dataclass(frozen=True)
class Recipe:
    """A contender's processes, in the order in which they start; `settings` are environment variables."""

    name: str
    parts: tuple[Part, ...]
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def is_durable(self) -> bool:
        """Whether it runs its turns in Temporal workflows."""
        return any(part.role == "worker" for part in self.parts)

    @property
    def is_product(self) -> bool:
        """Whether this is the product, in whichever way it is run."""
        return self.name == PRODUCT.name


PRODUCT = Recipe(
    "product",
    (
        Part("worker", "benchmarks.contenders.product_worker", "worker is ready"),
        Part("bot", "slackbot", "bot is listening"),
    ),
    {  # the limits protect from endless talk, and the benchmark talks endlessly
        "AGENT_MAX_HOURLY_TURNS": "1000000",
        "AGENT_MAX_HOURLY_TURNS_PER_PERSON": "0",
        "AGENT_MAX_HOURLY_TURNS_PER_WORKSPACE": "0",
    },
)
# As it ships: it keeps Slack's rate limits, which its worker does not in the other recipe.
PRODUCT_WITH_LIMITS = replace(PRODUCT, parts=(Part("worker", "agent_worker", "worker is ready"), *PRODUCT.parts[1:]))
PLAIN = Recipe("plain", (Part("bot", "benchmarks.references.plain", plain.READY),))
TUTORIAL = Recipe(
    "tutorial",
    (
        Part("worker", "benchmarks.references.tutorial.worker", tutorial_worker.READY),
        Part("bot", "benchmarks.references.tutorial.bot", tutorial_bot.READY),
    ),
)
ALL = (PRODUCT, PLAIN, TUTORIAL)
ALL_WITH_LIMITS = (PRODUCT_WITH_LIMITS, PLAIN, TUTORIAL)
