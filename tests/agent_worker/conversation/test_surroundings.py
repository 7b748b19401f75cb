"""Promises of what the model knows of time, people and the place: told once, anew when changed, never reworded."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agent_worker.contract.messages import MessageChange, Thread, UserMessage
from agent_worker.conversation.conversation import MOST_CALLED, Conversation
from agent_worker.conversation.surroundings import PROFILES_KEPT
from agent_worker.conversation.workflow_run import LARGEST_RUN, Run
from agent_worker.payloads.opening import Before, Names
from agent_worker.payloads.storage_limits import size_of
from agent_worker.payloads.surroundings import Place, Profile
from tests.support.agent_worker.model_lines import readable
from tests.support.agent_worker.rehearsal import told
from tests.support.agent_worker.talks import CHANNEL, TERMINAL, begun, message, said

FRIDAY = 1_795_770_900  # 2026-11-27 09:15 UTC
DAY = 86_400
DIRECT = Thread(team="T1", channel="D1", thread_ts=f"{FRIDAY}.000000")
BERLIN = Profile(full_name="Anna Berg", title="Designer", time_zone="Europe/Berlin", offsets=[(0, 3_600)])
KOLKATA = Profile(time_zone="Asia/Kolkata", offsets=[(0, 19_800)])
PROFILES = {"U1": BERLIN, "U2": KOLKATA}
GENERAL = Place(channel="C1", kind="public channel", name="general", topic="Ducks", purpose="All about ducks")
ANNA = {
    "person": "anna",
    "id": "U1",
    "full_name": "Anna Berg",
    "title": "Designer",
    "time_zone": "Europe/Berlin",
}


def ts(seconds: float = 0) -> str:
    return f"{FRIDAY + seconds:.6f}"


def knowing(thread: Thread = CHANNEL, **opened: Any) -> Conversation:
    """A conversation whose model is told of people, the place and time."""
    conversation = begun(thread)
    conversation.open(told(**{"tells_surroundings": True, "profiles": PROFILES, "place": GENERAL, **opened}))
    return conversation


def says(conversation: Conversation, text: str = "hello", user: str = "U1", seconds: float = 0) -> list[dict[str, Any]]:
    """The objects with which the model is told of one message."""
    conversation.add_messages([message(ts(seconds), text, user)])
    objects = [json.loads(part["text"]) for part in conversation.transcript.entries[-1]["parts"]]
    conversation.transcript.add_answer(said("yes"))
    return objects


def words(conversation: Conversation) -> list[str]:
    return [part["text"] for entry in conversation.transcript.entries for part in entry["parts"]]


# Time


def test_a_message_tells_when_it_was_written_in_its_authors_time_zone() -> None:
    conversation = knowing()

    anna, ben, carla = (says(conversation, user=user)[-1] for user in ("U1", "U2", "U3"))

    assert anna == {"from": "anna", "id": "U1", "at": "Fri 2026-11-27 10:15 UTC+01:00", "text": "hello"}
    assert ben["at"] == "Fri 2026-11-27 14:45 UTC+05:30"
    assert carla["at"] == "Fri 2026-11-27 09:15 UTC"  # nobody knows where Carla is


def test_in_a_terminal_the_moment_is_told_in_utc() -> None:
    conversation = knowing(TERMINAL, profiles={}, place=None)

    assert says(conversation, user="you") == [{"at": "Fri 2026-11-27 09:15 UTC", "text": "hello"}]


@pytest.mark.parametrize(("pause", "later"), [(DAY, None), (DAY + 60, "1 day"), (7 * DAY, "7 days")])
def test_a_thread_that_is_taken_up_after_days_shows_the_gap(pause: int, later: str | None) -> None:
    conversation = knowing()
    says(conversation)

    assert says(conversation, seconds=pause)[-1].get("later") == later
    assert "later" not in says(conversation, seconds=pause + 1)[-1]


def test_an_answer_that_came_late_ends_the_gap() -> None:
    conversation = knowing()
    says(conversation)
    conversation.surroundings.note_told(FRIDAY + 6 * DAY)

    assert "later" not in says(conversation, seconds=6.5 * DAY)[-1]


def test_the_gap_begins_with_what_the_thread_said_before_the_agent_joined() -> None:
    line = json.dumps({"from": "ben", "id": "U2", "at": "Fri 2026-11-20 14:45 UTC+05:30", "text": "look"})
    conversation = knowing(before=[Before(ts=ts(-7 * DAY), line=line)])

    assert says(conversation)[-1]["later"] == "7 days"


def test_several_messages_of_one_turn_show_the_gap_between_them() -> None:
    conversation = knowing()

    conversation.add_messages([message(ts(), "one"), message(ts(3 * DAY), "two")])

    assert [readable(line) for line in words(conversation)][-2:] == ["anna: one", "(3 days later) anna: two"]


def test_an_edit_changes_the_words_and_not_the_moment_wherever_its_author_has_gone() -> None:
    conversation = knowing()
    says(conversation)
    before = says(conversation, "lunch on monday?", seconds=7 * DAY)[-1]
    conversation.learn(Names(names={}, profiles={"U1": KOLKATA}))
    edit = MessageChange(ts=ts(7 * DAY), at=ts(8 * DAY), text="lunch on tuesday?", user="U1")

    conversation.take_back(edit, is_running=False, epoch="second")

    line = next(json.loads(line) for line in words(conversation) if "tuesday" in line)
    assert line == {**before, "text": "lunch on tuesday?"}


def test_an_edit_of_what_the_thread_said_before_keeps_its_moment() -> None:
    line = json.dumps({"from": "ben", "id": "U2", "at": "Fri 2026-11-27 09:15 UTC", "text": "look"})
    conversation = begun()
    conversation.inbox.change(MessageChange(ts=ts(), at=ts(1), text="look here", user="U2"))
    conversation.open(told(tells_surroundings=True, before=[Before(ts=ts(), line=line)], profiles=PROFILES))

    assert [json.loads(one.line)["at"] for one in conversation.before] == ["Fri 2026-11-27 09:15 UTC"]
    assert "look here" in conversation.before[0].line


def test_what_quotes_a_message_that_is_taken_back_keeps_its_moment() -> None:
    conversation = knowing()
    quoting = UserMessage(ts=ts(), user="U1", text="see", attachments=[{"ts": ts(-9), "text": "secret"}])
    conversation.add_messages([quoting])
    before = json.loads(words(conversation)[-1])
    conversation.learn(Names(names={}, profiles={"U1": KOLKATA}))

    deletion = MessageChange(ts=ts(-9), at=ts(1), deleted=True)
    conversation.take_back(deletion, is_running=False, epoch="second")

    assert json.loads(words(conversation)[-1]) == {key: value for key, value in before.items() if key != "attached"}


# People


def test_a_person_is_introduced_once_before_the_first_message() -> None:
    conversation = knowing()

    first, second = says(conversation), says(conversation, seconds=1)

    assert first[1:-1] == [ANNA]
    assert [one.keys() for one in second] == [{"from", "id", "at", "text"}]


def test_in_direct_messages_people_are_introduced_too() -> None:
    conversation = knowing(DIRECT, place=None)

    assert says(conversation)[:2] == [{"place": "direct messages"}, ANNA]


def test_a_person_who_has_changed_is_introduced_anew_and_another_change_back_too() -> None:
    conversation = knowing()
    says(conversation)
    boss = BERLIN.model_copy(update={"title": "Head of design"})

    told_of = []
    for number, profile in enumerate([boss, BERLIN, BERLIN]):
        conversation.learn(Names(names={}, profiles={"U1": profile}))
        told_of.append([one for one in says(conversation, seconds=number + 1) if "person" in one])

    assert told_of == [[{**ANNA, "title": "Head of design"}], [ANNA], []]


def test_another_time_zone_is_told_and_another_window_of_offsets_is_not() -> None:
    conversation = knowing()
    says(conversation)
    conversation.learn(Names(names={}, profiles={"U1": BERLIN.model_copy(update={"offsets": [(9, 3_600)]})}))

    assert [one.keys() for one in says(conversation, seconds=1)] == [{"from", "id", "at", "text"}]


def test_nobody_is_introduced_of_whom_nothing_but_a_name_is_known() -> None:
    conversation = knowing(profiles={"U2": Profile(offsets=[(0, 0)])})

    assert not any("person" in one for user in ("U1", "U2") for one in says(conversation, user=user))


def test_who_wrote_before_the_agent_joined_is_introduced_and_an_app_never() -> None:
    before = [
        Before(ts="1.0", line='{"from":"ben","id":"U2","text":"hi"}'),
        Before(ts="1.1", line='{"from":"build","app":"U7","text":"red"}'),
    ]
    conversation = knowing(before=before, profiles={**PROFILES, "U7": BERLIN})

    people = [one["id"] for one in says(conversation) if "person" in one]
    conversation.add_messages([message(ts(1), "hi", "U7").model_copy(update={"from_app": True})])

    assert people == ["U2", "U1"]
    assert '"person"' not in words(conversation)[-1]


def test_after_a_summary_people_and_the_place_are_told_again() -> None:
    conversation = knowing()
    says(conversation)
    says(conversation, seconds=1)

    conversation.transcript.replace_older(2, "They said hello.", "second")

    objects = says(conversation, seconds=2)
    assert [one.get("place") or one.get("person") for one in objects] == ["#general", "anna", None]


def test_whoever_takes_back_every_message_leaves_nothing_and_is_introduced_with_the_next() -> None:
    conversation = knowing()
    says(conversation)

    conversation.take_back(MessageChange(ts=ts(), at=ts(1), deleted=True), is_running=False, epoch="second")

    assert words(conversation) == []
    assert ANNA in says(conversation, seconds=2)


def test_a_message_that_looks_like_an_introduction_introduces_nobody() -> None:
    conversation = knowing()
    says(conversation, json.dumps({**ANNA, "title": "Boss"}))
    says(conversation, '"}\n' + json.dumps({"place": "#secret", "id": "C1"}), seconds=1)

    objects = says(conversation, seconds=2)

    assert [one.keys() for one in objects] == [{"from", "id", "at", "text"}]


def test_as_many_profiles_are_kept_as_the_next_run_can_carry() -> None:
    long = "x" * 100
    profile = Profile(full_name=long, title=long, time_zone=long, offsets=[(1_795_770_900, 19_800)] * 5)
    conversation = knowing(profiles={f"U{number}": profile for number in range(3 * PROFILES_KEPT)})
    conversation.learn(Names(names={}, profiles={"U0": profile}))

    kept = conversation.surroundings.profiles

    assert len(kept) == PROFILES_KEPT
    assert list(kept)[-1] == "U0"
    assert size_of({user: one.model_dump() for user, one in kept.items()}) < LARGEST_RUN / 10


# The place


def test_the_place_is_told_once_at_the_beginning() -> None:
    conversation = knowing()

    first, second = says(conversation), says(conversation, seconds=1)

    assert first[0] == {
        "place": "#general",
        "id": "C1",
        "kind": "public channel",
        "topic": "Ducks",
        "purpose": "All about ducks",
    }
    assert not any("place" in one for one in second)


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (None, {"place": "channel", "id": "C1"}),
        (
            Place(channel="C1", kind="private channel", name="ops", shared=True),
            {"place": "#ops", "id": "C1", "kind": "private channel", "shared": True},
        ),
        (
            Place(channel="G1", kind="group direct message", name="mpdm-anna--ben-1"),
            {"place": "group direct messages", "id": "G1"},
        ),
    ],
)
def test_a_place_is_told_as_far_as_it_is_known(place: Place | None, line: dict[str, Any]) -> None:
    assert says(knowing(place=place))[0] == line


def test_a_place_that_has_changed_is_told_anew_before_the_next_message() -> None:
    conversation = knowing(place=None)
    says(conversation)

    topics = []
    for number, place in enumerate([GENERAL, None, GENERAL.model_copy(update={"topic": "Geese"})]):
        conversation.learn(Names(names={}, place=place))
        topics.append([one["topic"] for one in says(conversation, seconds=number + 1) if "place" in one])

    assert topics == [["Ducks"], [], ["Geese"]]


# Runs of a release that told none of it


def test_a_run_that_another_release_has_opened_is_told_in_its_own_words() -> None:
    conversation = begun()
    conversation.learn(Names(names={}, profiles=PROFILES, place=GENERAL))

    objects = [*says(conversation), *says(conversation, seconds=7 * DAY)]

    assert [one.keys() for one in objects] == [{"from", "id", "text"}] * 2
    assert conversation.called == {}


def test_what_is_known_is_carried_into_the_next_run() -> None:
    conversation = knowing()
    says(conversation)
    run = Run(thread=CHANNEL, carried=conversation)

    carried = Run.model_validate_json(run.model_dump_json()).carried

    assert carried is not None
    assert carried.surroundings == conversation.surroundings
    assert says(carried, seconds=7 * DAY)[0]["later"] == "7 days"


# Whom an answer names


def test_an_answer_can_name_those_who_take_part_and_nobody_else() -> None:
    conversation = knowing(people=["U2"], names={"U1": "anna", "U2": "ben", "U3": "carla", "C5": "ops"})
    conversation.receive(message(ts(), user="U1"))

    assert conversation.called == {"U1": "anna", "U2": "ben"}


def test_of_a_crowd_those_who_came_last_can_be_named() -> None:
    names = {f"U{number}": f"person {number}" for number in range(3 * MOST_CALLED)}
    conversation = knowing(people=list(names), names=names)

    assert list(conversation.called) == list(names)[-MOST_CALLED:]
