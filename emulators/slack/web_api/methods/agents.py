"""The agents.sessions.* and assistant.threads.* methods: what a thread shows of the agent's work."""

from __future__ import annotations

from typing import Any

from emulators.slack.backend import Backend, Method
from emulators.slack.rules.arguments import Arguments
from emulators.slack.rules.errors import SlackError
from emulators.slack.state.messages import Channel
from emulators.slack.state.suggested_prompts import Suggestion

Json = dict[str, Any]
SESSION_STATES = ("active", "processing", "suspended", "closed")
NO_STOP_EVENT = "missing_agent_session_stopped_event_subscription"
MAX_TITLE = 200
MAX_LOADING_MESSAGES = 10
MAX_PROMPTS = 4


def set_status(backend: Backend, arguments: Arguments) -> Json:
    channel, thread_ts = _thread(backend, arguments)
    status = arguments.text("status")
    if status is None:
        raise SlackError("invalid_arguments")
    loading = arguments.structure("loading_messages", error="invalid_arguments") or []
    if not isinstance(loading, list) or len(loading) > MAX_LOADING_MESSAGES:
        raise SlackError("invalid_arguments")
    backend.statuses.set_text(channel.id, thread_ts, status)
    return {}


def set_title(backend: Backend, arguments: Arguments) -> Json:
    channel, thread_ts = _thread(backend, arguments)
    if channel.kind != "im":
        raise SlackError("method_not_supported_for_channel_type")
    title = _title(arguments)
    backend.statuses.set_session(channel.id, thread_ts, "active", title)
    backend.statuses.rename(channel.id, thread_ts, title)
    return {}


def set_suggested_prompts(backend: Backend, arguments: Arguments) -> Json:
    channel = backend.channel(arguments, "channel_id")
    thread_ts = arguments.text("thread_ts")
    if not backend.settings.is_agent:
        raise SlackError("not_agent_app")
    if thread_ts:
        backend.check_root(channel, thread_ts)
    prompts = arguments.structure("prompts", error="invalid_arguments")
    if not isinstance(prompts, list) or not 1 <= len(prompts) <= MAX_PROMPTS or not all(map(_is_prompt, prompts)):
        raise SlackError("invalid_arguments")
    suggestion = Suggestion(prompts, arguments.text("title") or "")
    backend.suggestions.set(channel.id, thread_ts or "", suggestion)
    return {}


def set_session_status(backend: Backend, arguments: Arguments) -> Json:
    channel, thread_ts = _session_thread(backend, arguments)
    status = arguments.required("status")
    if status not in SESSION_STATES:
        raise SlackError("invalid_status")
    title = _title(arguments) if arguments.has("title") else None
    initiator = arguments.text("initiator_user_id")
    if initiator and initiator not in backend.workspace.users:
        raise SlackError("user_not_found")
    session = backend.statuses.set_session(channel.id, thread_ts, status, title)
    answer: Json = {"status": session.status, "agent_status": session.status, "title": session.title}
    if not backend.feed.subscribed("agent_session_stopped"):
        answer |= {"warning": NO_STOP_EVENT, "response_metadata": {"warnings": [NO_STOP_EVENT]}}
    return answer


def rename(backend: Backend, arguments: Arguments) -> Json:
    channel, thread_ts = _session_thread(backend, arguments)
    title = _title(arguments)
    if backend.statuses.rename(channel.id, thread_ts, title) is None:
        raise SlackError("session_not_found")
    return {"title": title}


def _thread(backend: Backend, arguments: Arguments) -> tuple[Channel, str]:
    channel = backend.channel(arguments, "channel_id")
    thread_ts = arguments.required("thread_ts")
    backend.check_root(channel, thread_ts)
    return channel, thread_ts


def _session_thread(backend: Backend, arguments: Arguments) -> tuple[Channel, str]:
    if not arguments.text("thread_ts"):
        backend.channel(arguments, "channel_id")
        raise SlackError("thread_ts_required")
    return _thread(backend, arguments)


def _is_prompt(prompt: Any) -> bool:
    """Whether it has a title and a message, neither of them empty, and nothing else."""
    return isinstance(prompt, dict) and set(prompt) == {"title", "message"} and all(map(_is_text, prompt.values()))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _title(arguments: Arguments) -> str:
    title = arguments.required("title")
    if len(title) > MAX_TITLE:
        raise SlackError("invalid_arguments")
    return title


METHODS: dict[str, Method] = {
    "agents.sessions.rename": rename,
    "agents.sessions.setStatus": set_session_status,
    "assistant.threads.setStatus": set_status,
    "assistant.threads.setSuggestedPrompts": set_suggested_prompts,
    "assistant.threads.setTitle": set_title,
}
