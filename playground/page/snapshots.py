"""Snapshots of everything that the page shows: maps from keys to small JSON values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from functools import partial

from agent_worker.agents.agent_file import claims_of
from agent_worker.contract.agent_choice import Place, choose
from emulators.slack.emulator import SlackEmulator
from emulators.slack.events.deliveries import Delivery
from emulators.slack.state.messages import Channel, Ephemeral, Message, User
from emulators.slack.web_api.endpoint import ApiCall
from playground.page.fields import Json
from playground.page.places import Places
from playground.page.surroundings import Surroundings
from text.lines import cut

Snapshot = dict[str, Json]
Part = tuple[str, object, Callable[[], Json]]  # key, the source of the value, and the function that makes the value
KEPT_RECORDS = 200  # calls, deliveries and ephemeral messages that are shown
LONGEST_ARGUMENT = 2_000  # characters of an argument of a call
_KINDS = {"channel": "channel", "group": "private", "im": "im", "mpim": "mpim"}


class Snapshots:
    """Takes snapshots. A value whose source has not changed is the same object as before, which keeps this cheap."""

    def __init__(self, slack: SlackEmulator, surroundings: Surroundings) -> None:
        self._slack = slack
        self._backend = slack.backend
        self._surroundings = surroundings
        self._places = Places(self._backend.workspace)
        self._made: dict[str, tuple[object, Json]] = {}  # the last snapshot: the source and the value of each key

    def take(self) -> Snapshot:
        made: dict[str, tuple[object, Json]] = {}
        for key, source, make in self._parts():
            before = self._made.get(key)
            made[key] = before if before is not None and before[0] == source else (source, make())
        self._made = made
        return {key: value for key, (_, value) in made.items()}

    def _parts(self) -> Iterator[Part]:
        yield from self._facts()
        yield from self._messages()
        yield from self._threads()
        yield from self._looks()
        yield from self._views()
        yield from self._records()

    def _facts(self) -> Iterator[Part]:
        own = self._backend.installation
        yield _plain("team", {"id": own.team_id, "name": own.team_name})
        bot = {"user_id": own.bot_user_id, "bot_id": own.bot_id, "name": own.bot_name, "app_id": own.app_id}
        yield _plain("bot", bot)
        for user in self._backend.workspace.users.values():
            yield f"user/{user.id}", user, partial(self._user, user)
        for channel in self._backend.workspace.channels.values():
            yield _plain(f"channel/{channel.id}", _channel(channel))
            source = (self._surroundings.agents, channel.name)
            yield f"agent/{channel.id}", source, partial(self._agent, channel)
        around = self._surroundings
        for name, process in around.processes.items():
            facts = {"pid": process.pid, "is_up": process.is_up, "restarts": process.restarts, "why": process.why}
            yield _plain(f"process/{name}", facts)
        for name in around.go_away:
            yield _plain(f"away/{name}", {"is_away": name in around.away})
        for notice in around.notices.shown:
            yield f"notice/{notice.number}", notice, partial(asdict, notice)
        world = {"model": around.model, "services": around.services}
        yield _plain("world", world | {"notes": around.notes})

    def _messages(self) -> Iterator[Part]:
        for channel in self._backend.workspace.channels.values():
            for message in channel.messages.values():
                replies = len(channel.replies.get(message.ts, ()))
                key, source = f"message/{channel.id}/{message.ts}", (message, replies)
                yield key, source, partial(self._message, message, replies)

    def _threads(self) -> Iterator[Part]:
        for (channel, thread_ts), text in self._backend.statuses.lines.items():
            yield _plain(f"status/{channel}/{thread_ts}", {"text": text})
        for (channel, thread_ts), session in self._backend.statuses.sessions.items():
            facts = {"title": session.title, "status": session.status}
            yield _plain(f"session/{channel}/{thread_ts}", facts)
        for (channel, thread_ts), suggested in self._backend.suggestions.places.items():
            place = f"{channel}/{thread_ts}" if thread_ts else channel
            yield _plain(f"prompts/{place}", {"title": suggested.title, "prompts": suggested.prompts})

    def _looks(self) -> Iterator[Part]:
        """What the app is told that people look at beside the agent."""
        for user in self._backend.workspace.users:
            if (place := self._backend.app_context.place(user)) is not None:
                yield _plain(f"look/{user}", {"channel": place[0], "ts": place[1] or ""})

    def _views(self) -> Iterator[Part]:
        views = self._backend.views
        for user, view in views.homes.items():
            yield _plain(f"home/{user}", {"view": view})
        for user, view in views.modals.items():
            yield _plain(f"modal/{user}", {"view": view, "errors": views.errors.get(user, {})})
        for (surface, user), states in self._backend.entries.all().items():
            yield f"entries/{user}/{'/'.join(surface)}", states, partial(_entries, states)

    def _records(self) -> Iterator[Part]:
        shown = self._backend.workspace.ephemerals
        for number, one in enumerate(shown[-KEPT_RECORDS:], max(0, len(shown) - KEPT_RECORDS) + 1):
            yield f"ephemeral/{number}", one, partial(self._ephemeral, one)
        for call in self._slack.calls[-KEPT_RECORDS:]:
            yield f"call/{call.number}", call, partial(self._call, call)
        for delivery in self._slack.deliveries[-KEPT_RECORDS:]:
            yield f"envelope/{delivery.number}", delivery, partial(self._envelope, delivery)

    def _user(self, user: User) -> Json:
        return {
            "id": user.id,
            "name": user.name,
            "display_name": user.display_name,
            "real_name": user.real_name,
            "title": user.title,
            "tz": user.tz,
            "is_bot": user.is_bot,
            "is_guest": user.is_guest or user.is_single_channel_guest,
            "team_id": user.foreign_team or self._backend.installation.team_id,
        }

    def _agent(self, channel: Channel) -> Json:
        """The agent that answers in a channel; empty if none is known or if several are set up for it."""
        agents = self._surroundings.agents
        agent = agents.get(choose(claims_of(agents), Place(channel.id, channel.name)).agent)
        if agent is None:
            return {}
        prompts = [{"title": one.title, "message": one.message} for one in agent.prompts]
        return {"name": agent.name, "description": agent.fields.description, "prompts": prompts}

    def _message(self, message: Message, replies: int) -> Json:
        return self._backend.shapes.message(message, with_metadata=True) | {
            "visible_text": self._backend.reader.message(message),
            "permalink": self._backend.shapes.permalink(message),
            "streaming_state": message.streaming_state or "",
            "reply_count": replies,
            "in_channel": message.in_channel_view,
        }

    def _ephemeral(self, shown: Ephemeral) -> Json:
        shape = self._backend.shapes.message(shown)
        facts = {"channel": shown.channel, "thread_ts": shown.thread_ts, "to": shown.to, "ts": shown.ts}
        facts |= {"user": shown.user, "text": shown.text, "blocks": shape["blocks"]}
        return facts | {"visible_text": self._backend.reader.message(shown)}

    def _call(self, call: ApiCall) -> Json:
        arguments = {
            name: cut(value, LONGEST_ARGUMENT) if isinstance(value, str) else value
            for name, value in call.arguments.items()
        }
        place = self._places.of_call(call)
        return {"time": call.time, "method": call.method, "arguments": arguments, "outcome": call.outcome} | place

    def _envelope(self, delivery: Delivery) -> Json:
        return {
            "event_id": delivery.event_id,
            "event_type": delivery.event_type,
            "ts": delivery.ts,
            "attempts": delivery.attempts,
            "acked": delivery.acked,
            "time": delivery.time,
        } | self._places.of_delivery(delivery)


def _plain(key: str, value: Json) -> Part:
    """A part whose value is its own source, because making it is as cheap as comparing it."""
    return key, value, lambda: value


def _entries(states: Mapping[tuple[str, str], Json]) -> Json:
    """What a person has entered in a message or view: the state of each element, by block_id and action_id."""
    found: Json = {}
    for (block_id, action_id), state in states.items():
        found.setdefault(block_id, {})[action_id] = state
    return found


def _channel(channel: Channel) -> Json:
    facts = {"id": channel.id, "name": channel.name, "kind": _KINDS[channel.kind]}
    facts |= {"topic": channel.topic.value, "purpose": channel.purpose.value}
    return facts | {"members": list(channel.members), "is_archived": channel.is_archived}
