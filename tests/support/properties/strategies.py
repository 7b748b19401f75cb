"""What may come from outside: texts, JSON values and Slack payloads, with everything in them that may go wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from process.slack import Identity

BOT = Identity(team_id="T1", bot_user_id="UBOT", bot_id="B1")
LONG = 40_000  # characters; what Slack takes as one message
TS = "1766458031.859009"

# White space at the ends, entities, whole and broken tokens, right-to-left, emoji of several code points, invisible
# letters, null bytes, halves of surrogate pairs.
FRAGMENTS = (
    *(
        "hello",
        " ",
        "\n",
        "\t",
        "\r\n",
        "",
        "0",
        "-",
        ":",
        "*",
        "_",
        "`",
        "~~~",
        "|",
        "\\",
        "/",
        "../",
        "?",
        "#",
        "%00",
    ),
    *("&amp;", "&lt;", "&gt;", "&", "<", ">", "&amp;lt;", "&#64;here", "<@", "<!", "<#", "@", "!"),
    *(
        "<@UBOT>",
        "<@UBOT|agent>",
        "<@UBOT",
        "<@U2>",
        "<@U2|ben>",
        "<#C1|general>",
        "<!here>",
        "<!subteam^S1|@ops>",
        "@channel",
    ),
    *("<https://example.com|link>", "<mailto:a@b.example|a>", "<!date^1^{date}|today>", ":tada:", ":+1::skin-tone-2:"),
    *(
        "שלום",
        "\u202eabc\u202c",
        "مرحبا",
        "👩‍👩‍👧",
        "🏳️‍🌈",
        "e\u0301",
        "日本語。",
        "\u200b",
        "\u2028",
        "\ufeff",
        "\u3164",
    ),
    *("\x00", "\x1b[31m", "\x7f", "\ud800", "\udfff", "\ud83d", "\ufffe"),
)


@dataclass(frozen=True)
class Written:
    """A text of up to 100,000 characters, as pieces and how often each is repeated, so that a failure can show it."""

    pieces: tuple[tuple[str, int], ...]

    @property
    def text(self) -> str:
        return "".join(piece * times for piece, times in self.pieces)[:100_000]


def texts_of(pieces: st.SearchStrategy[str]) -> st.SearchStrategy[Written]:
    """Many pieces once each, or a few pieces repeated until they are longer than a message may be."""
    short = st.lists(st.tuples(pieces, st.just(1)), max_size=30)
    long = st.lists(st.tuples(pieces | st.text(max_size=12), st.sampled_from([1, 3, 100, 1_400, 9_000])), max_size=5)
    return st.builds(lambda chosen: Written(tuple(chosen)), short | long)


hostile_text = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=4), max_size=25).map("".join)
long_text = st.builds(lambda fragment, end: (fragment * LONG)[:LONG] + end, st.sampled_from(FRAGMENTS), hostile_text)
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | numbers | hostile_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(hostile_text, inner, max_size=3),
    max_leaves=6,
)


def json_objects(names: st.SearchStrategy[str], *, inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with some of these names, and values from `inner`."""
    return st.dictionaries(names, inner, max_size=6)


def nested(levels: int, *, value: object = "x") -> Any:
    """A value inside `levels` lists."""
    for _ in range(levels):
        value = [value]
    return value


# Slack events

PERSON = {
    "type": "message",
    "user": "U1",
    "ts": TS,
    "client_msg_id": "66cc",
    "text": "<@UBOT> hello",
    "team": "T1",
    "channel": "C1",
    "channel_type": "channel",
    "event_ts": TS,
}
EVENTS: tuple[dict[str, Any], ...] = (
    PERSON,
    {**PERSON, "type": "app_mention"},
    {**PERSON, "text": "hello", "channel": "D1", "channel_type": "im"},
    {**PERSON, "text": "hello", "thread_ts": "1766458026.240809", "parent_user_id": "U1"},
    {**PERSON, "subtype": "file_share", "files": [{"id": "F1", "name": "plan.pdf", "mimetype": "application/pdf"}]},
    {
        **PERSON,
        "attachments": [{"author_id": "U2", "text": "from elsewhere", "message_blocks": [{"message": {"blocks": []}}]}],
        "blocks": [{"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]]}],
    },
    {**PERSON, "subtype": "thread_broadcast", "thread_ts": "1766458026.240809", "root": {"ts": "1766458026.240809"}},
)
AT = "1766458040.000100"
EDITED = {**PERSON, "text": "<@UBOT> hello again", "edited": {"user": "U1", "ts": "1766458040.000000"}}
HIDDEN = {"type": "message", "hidden": True, "channel": "C1", "channel_type": "channel", "ts": AT, "event_ts": AT}
CHANGES: tuple[dict[str, Any], ...] = (
    {**HIDDEN, "subtype": "message_changed", "message": EDITED, "previous_message": PERSON},
    {**HIDDEN, "subtype": "message_deleted", "deleted_ts": TS, "previous_message": PERSON},
    {
        **HIDDEN,
        "subtype": "message_changed",
        "message": {**PERSON, "user": "USLACKBOT", "subtype": "tombstone"},
        "previous_message": PERSON,
    },
)
SESSIONS: tuple[dict[str, Any], ...] = (
    {"type": "agent_session_stopped", "channel": "C1", "thread_ts": TS, "user": "U1", "event_ts": AT},
    {"type": "agent_session_title_changed", "channel": "C1", "thread_ts": TS, "user": "U1", "title": "Lunch"},
)
CLICK: dict[str, Any] = {
    "type": "block_actions",
    "user": {"id": "U1", "name": "anna", "team_id": "T1"},
    "container": {"type": "message", "message_ts": AT, "channel_id": "C1", "thread_ts": TS},
    "team": {"id": "T1", "domain": "example"},
    "channel": {"id": "C1", "name": "general"},
    "message": {"type": "message", "user": "UBOT", "bot_id": "B1", "ts": AT, "thread_ts": TS},
    "response_url": "https://hooks.slack.com/actions/T1/1/x",
    "actions": [{"type": "button", "action_id": "stop_turn", "block_id": "b", "value": TS, "action_ts": AT}],
}
PRESSES: tuple[dict[str, Any], ...] = (
    CLICK["actions"][0],
    {**CLICK["actions"][0], "action_id": "feedback", "value": f"good:{TS}"},
    {**CLICK["actions"][0], "action_id": "try_again", "value": f"{TS}:again1"},
)
BODY: dict[str, Any] = {
    "type": "event_callback",
    "team_id": "T1",
    "api_app_id": "A1",
    "event_id": "Ev1",
    "event_time": 1766458031,
    "authorizations": [{"enterprise_id": None, "team_id": "T1", "user_id": "UBOT", "is_bot": True}],
    "is_ext_shared_channel": False,
}
READ = (
    *("type", "subtype", "user", "bot_id", "text", "channel", "channel_type", "ts", "thread_ts"),
    *("files", "attachments", "blocks", "team", "user_team", "source_team"),
)
NOT_READ = ("client_msg_id", "event_ts", "edited", "bot_profile", "app_id", "upload", "surprise")
OUTER = ("team_id", "authorizations", "event_id", "is_ext_shared_channel", "team", "user", "channel", "enterprise")
forged = st.sampled_from(
    [
        *("USLACKBOT", "USLACK", "UBOT", "B1", "B9", "U1", "W7", "u1", "C1", "", "T1", "T" * 2_000, "E1"),
        *("bot_message", "message_changed", "channel_join", "file_share", "me_message", "assistant_app_thread", "new"),
        *("message_deleted", "tombstone", "stop", "feedback", "try_again", "stop_turn", f"bad:{TS}", f"{TS}:again2"),
        *("im", "mpim", "app_home", TS, "1766458026.240809", "0", "1e9", "nan", "-1.5", "9" * 1_200, TS + "\n"),
    ]
)
wrong = (
    forged
    | json_values
    | st.just([{"name": "x" * 200}] * 12_000)
    | st.just([{"id": "F1", "name": "\x00" * 40_000, "text": "\x00" * 40_000}] * 30)
    | st.builds(lambda levels: [{"type": "table", "rows": nested(levels)}], st.sampled_from([1, 30, 400]))
    | long_text
)


@st.composite
def spoilt(draw: st.DrawFn, whole: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """`whole` with up to three of its fields missing, or with another value."""
    result = dict(whole)
    for name in draw(st.lists(st.sampled_from(names), max_size=3)):
        if draw(st.booleans()):
            result[name] = draw(wrong)
        else:
            result.pop(name, None)
    return result


@st.composite
def events(draw: st.DrawFn, whole: tuple[dict[str, Any], ...] = EVENTS) -> Any:
    """An event of a person with missing or wrong fields; one in twenty is any JSON value."""
    if draw(st.integers(0, 19)) == 0:
        return draw(json_values)
    return draw(spoilt(draw(st.sampled_from(whole)), READ + NOT_READ))


@st.composite
def changes(draw: st.DrawFn) -> dict[str, Any]:
    """An edit or a deletion, in which the message before and after it may have missing or wrong fields too."""
    event: dict[str, Any] = draw(spoilt(draw(st.sampled_from(CHANGES)), ("channel", "ts", "event_ts", "message")))
    for name in ("message", "previous_message"):
        if isinstance(event.get(name), dict) and draw(st.booleans()):
            event[name] = draw(spoilt(event[name], READ + NOT_READ))
    return event


def sessions() -> st.SearchStrategy[dict[str, Any]]:
    parts = ("type", "channel", "thread_ts", "user", "event_ts", "title")
    return st.sampled_from(SESSIONS).flatmap(lambda whole: spoilt(whole, parts))


@st.composite
def clicks(draw: st.DrawFn) -> dict[str, Any]:
    """The payload of an `interactive` envelope about a button, with missing or wrong fields."""
    body: dict[str, Any] = draw(spoilt(CLICK, ("user", "channel", "message", "actions", "team")))
    if draw(st.booleans()):
        body["message"] = draw(spoilt(CLICK["message"], ("bot_id", "user", "ts", "thread_ts")))
    if draw(st.integers(0, 9)):
        press = draw(st.sampled_from(PRESSES))
        body["actions"] = [draw(spoilt(press, ("type", "action_id", "value", "action_ts", "block_id")))]
    return body


@st.composite
def bodies(draw: st.DrawFn, event: st.SearchStrategy[Any] | None = None) -> dict[str, Any]:
    """The payload of an `events_api` envelope, with missing or wrong fields in the event or around it."""
    body: dict[str, Any] = draw(spoilt(BODY, OUTER))
    if draw(st.integers(0, 19)):
        body["event"] = draw(events() if event is None else event)
    return body
