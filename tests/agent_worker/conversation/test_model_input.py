"""Promises about what the model hears of a message: its words, what is attached, who wrote it, what became of it."""

from __future__ import annotations

from typing import Any

from agent_worker.contract.messages import MessageChange, SlackFile
from agent_worker.conversation.model_input import MOST_NAMED, ModelInput, ids_in
from agent_worker.payloads.model import FILE_PART
from tests.support.agent_worker.talks import message

NAMES = {"U1": "anna", "U2": "ben", "C5": "ops"}
CHART = SlackFile(id="F1", name="chart.png", mimetype="image/png", size=2_000)
FORWARDED = {"author_id": "U2", "text": "the deploy failed, see &lt;E42&gt;", "is_msg_unfurl": True}
TABLE: dict[str, Any] = {
    "blocks": [
        {
            "type": "table",
            "rows": [
                [{"type": "raw_text", "text": "city"}, {"type": "raw_text", "text": "alerts"}],
                [{"type": "raw_text", "text": "Albany"}, {"type": "raw_text", "text": "2"}],
            ],
        }
    ]
}


def hearing(*, in_slack: bool = True) -> ModelInput:
    return ModelInput(in_slack, "UBOT", NAMES)


def heard(**more: Any) -> list[str]:
    return [part["text"] for part in hearing().parts(message("1.0", "look").model_copy(update=more)) if "text" in part]


def test_in_a_channel_each_message_begins_with_its_authors_name_and_alone_it_does_not() -> None:
    assert heard() == ["anna: look"]
    assert heard(direct=True) == ["look"]


def test_a_forwarded_message_is_read_with_its_author() -> None:
    assert heard(attachments=[FORWARDED]) == ["anna: look\nben: the deploy failed, see <E42>"]


def test_a_table_is_read_row_by_row() -> None:
    assert heard(attachments=[TABLE]) == ["anna: look\ncity | alerts\nAlbany | 2"]


def test_a_message_that_is_nothing_but_a_forwarded_one_is_read_as_that() -> None:
    assert heard(text="", attachments=[FORWARDED], direct=True) == ["ben: the deploy failed, see <E42>"]


def test_a_file_follows_its_message_as_a_reference_without_its_bytes() -> None:
    parts = hearing().parts(message("1.0", "look").model_copy(update={"files": [CHART]}))

    assert parts == [{"text": "anna: look"}, {FILE_PART: CHART.model_dump()}]


def test_an_edit_names_what_counts_now_and_a_deletion_says_what_not_to_answer() -> None:
    edited = MessageChange(ts="1.0", at="1.5", text="look at &lt;this&gt;", attachments=[FORWARDED])

    assert hearing().changed(edited)[0]["text"].splitlines()[1:] == [
        "look at <this>",
        "ben: the deploy failed, see <E42>",
    ]
    assert "do not answer it" in hearing().changed(MessageChange(ts="1.0", at="1.5", deleted=True))[0]["text"]


def test_in_a_terminal_text_is_text() -> None:
    assert hearing(in_slack=False).read(message("1.0", "a < b &amp; <@U1>")) == "a < b &amp; <@U1>"


def test_everybody_and_every_channel_that_a_message_names_is_looked_up() -> None:
    said = message("1.0", "ask <@U2> in <#C5|ops>", user="U1").model_copy(
        update={"attachments": [FORWARDED | {"author_id": "U7", "text": "with <@U8>"}], "looking_at": "C9"}
    )

    assert ids_in(said) == ["U1", "U2", "U8", "C5", "U7", "C9"]


def test_one_message_that_names_thousands_has_a_few_of_them_looked_up_and_its_author() -> None:
    crowd = " ".join(f"<@U{number}>" for number in range(100, 2_600))
    said = message("1.0", crowd, user="U1").model_copy(update={"looking_at": "C9"})

    assert ids_in(said) == ["U1", *(f"U{number}" for number in range(100, 100 + MOST_NAMED)), "C9"]


def test_who_was_not_looked_up_is_read_by_the_name_that_slack_wrote_or_by_id() -> None:
    assert hearing().read(message("1.0", "ask <@U77|carla> and <@U78>")) == "ask @carla and @U78"
