"""The terminal chat with the agent in the local Slack: python -m playground.chat, or `make chat`."""

from __future__ import annotations

import signal

if __name__ == "__main__":  # Ctrl-C ends it without a traceback also while the rest is imported
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import argparse
import asyncio
import os
import sys
from typing import TextIO

import aiohttp

from emulators.slack.control_api.client import ControlClient, Directory, NotUpError, RefusedError
from playground.chat.chat import Chat
from playground.chat.input_lines import say_lines, type_lines
from playground.chat.invitation import Invitation, find_invitation
from playground.settings import PlaygroundSettings
from process.settings import load

REAL_SLACK = (
    "With SLACK_BOT_TOKEN or SLACK_APP_TOKEN set, make run uses the real Slack: write to the agent there. From a "
    "terminal: python -m agent_worker.ask"
)


async def run(arguments: argparse.Namespace, source: TextIO, output: TextIO) -> int:
    """Returns the exit code: 0, or 1 with a sentence in `output` that says what went wrong."""
    try:
        async with aiohttp.ClientSession() as session:
            client = ControlClient(session, arguments.url, arguments.token)
            directory = await client.directory()
            chat = Chat(client, directory, _person(directory, arguments.user), output)
            await chat.start(arguments.channel)
            if source.isatty():
                await type_lines(chat, source)
                return 0
            patience = {"seconds": arguments.seconds, "quiet_seconds": arguments.quiet_seconds}
            return 0 if await say_lines(chat, source, output, **patience) else 1
    except NotUpError as error:
        print(REAL_SLACK if arguments.has_slack else error, file=output, flush=True)
    except RefusedError as error:
        print(error, file=output, flush=True)
    return 1


def _person(directory: Directory, wanted: str | None) -> str:
    """The id of the person with this name or id (None: the first person). Raises RefusedError if there is none."""
    people = {key: name for key, name in directory.users.items() if key not in directory.bots}
    found = [key for key, name in people.items() if wanted in (None, key, name)]
    if not found:
        raise RefusedError(f"There is no user {wanted}; there are: {', '.join(people.values())}")
    return found[0]


def parse(words: list[str] | None = None) -> argparse.Namespace:
    about = "A small terminal chat with the agent in the local Slack."
    parser = argparse.ArgumentParser(prog="python -m playground.chat", description=about)
    (settings,) = load(PlaygroundSettings)
    found = find_invitation() or Invitation(f"http://127.0.0.1:{settings.playground_slack_port}", token="")
    parser.add_argument("--url", default=os.environ.get("SLACK_EMULATOR_URL", found.url))
    parser.add_argument("--user", help="name or id of the person who writes; the first one by default")
    parser.add_argument("--channel", help="name or id of a channel; direct messages by default")
    parser.add_argument("--seconds", type=float, default=120.0, help="how long to wait for each answer to a piped line")
    parser.add_argument("--quiet-seconds", type=float, default=1.5, help="silence after which an answer is complete")
    arguments = parser.parse_args(words)
    # Not an option: other people of this machine see the words with which a process was started.
    arguments.token = os.environ.get("SLACK_EMULATOR_TOKEN", found.token)
    arguments.has_slack = settings.has_slack
    return arguments


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # from here on it leaves the terminal as it was
    try:
        sys.exit(asyncio.run(run(parse(), sys.stdin, sys.stdout)))
    except KeyboardInterrupt:
        sys.exit(130)
