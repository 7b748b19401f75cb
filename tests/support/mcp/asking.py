"""An MCP server that asks before it goes on, made with the official package: `python asking.py FOLDER [SECONDS]`.

It notes what it does in FOLDER/calls. Its key is its own, so after a restart it does not know the state of before; nor
after SECONDS.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

from mcp.server import MCPServer
from mcp.server.mcpserver import AcceptedElicitation, Context, Elicit, ElicitationResult, Resolve
from mcp.server.request_state import RequestStateSecurity
from mcp.types import ElicitRequest, ElicitRequestURLParams, InputRequiredResult
from pydantic import BaseModel, Field

FOLDER = Path(sys.argv[1])
TTL = float(sys.argv[2]) if len(sys.argv) > 2 else 600.0
server = MCPServer("shop", request_state_security=RequestStateSecurity.ephemeral(ttl=TTL, audience="shop"))


def note(line: str) -> None:
    with (FOLDER / "calls").open("a", encoding="utf-8") as calls:
        calls.write(line + "\n")


class Wish(BaseModel):
    colour: Literal["red", "blue"] = Field(title="Colour", description="Of the mug")
    count: int = Field(1, title="How many", ge=1, le=9)


class Gift(BaseModel):
    is_gift: bool = Field(title="Is it a gift?")


def ask_wish() -> Elicit[Wish]:
    note("asks for the wish")
    return Elicit("Which <!channel> mug?", Wish)


Wished = ElicitationResult[Wish]


def ask_gift(wish: Annotated[Wished, Resolve(ask_wish)]) -> Elicit[Gift] | Gift:
    if not isinstance(wish, AcceptedElicitation):
        return Gift(is_gift=False)
    note("asks for the gift")
    return Elicit("Is it a gift?", Gift)


def _bought(wish: Wished, more: str = "") -> str:
    if not isinstance(wish, AcceptedElicitation):
        note(wish.action)
        return f"Nothing bought: {wish.action}."
    note("bought")
    return f"Bought {wish.data.count} {wish.data.colour}{more}."


@server.tool()
def buy(wish: Annotated[Wished, Resolve(ask_wish)]) -> str:
    """Buys a mug."""
    return _bought(wish)


@server.tool()
def wrap(
    wish: Annotated[Wished, Resolve(ask_wish)], gift: Annotated[ElicitationResult[Gift], Resolve(ask_gift)]
) -> str:
    """Buys a mug, wrapped or not."""
    is_gift = isinstance(gift, AcceptedElicitation) and gift.data.is_gift
    return _bought(wish, ", wrapped" if is_gift else "")


@server.tool()
def pay(ctx: Context) -> str | InputRequiredResult:
    """Has the mug paid on a page."""
    note("pay")
    if ctx.input_responses:
        return f"Paid: {ctx.input_responses['page'].action}."  # type: ignore[union-attr]
    page = ElicitRequestURLParams(message="Please pay.", url="https://pay.example/42?a=1&b=_2_")
    return InputRequiredResult(input_requests={"page": ElicitRequest(params=page)}, request_state="to be paid")


if __name__ == "__main__":
    note("started")
    server.run()
