"""Secrets are hidden wherever a server repeats them, in the forms in which servers do."""

from __future__ import annotations

import base64
import json

from agent_worker.mcp.secrets import Secrets

BASIC = base64.b64encode(b"anna:correct horse battery").decode()
HIDDEN = Secrets(["Bearer abcdefgh-1234", f"Basic {BASIC}", "p@ss word/1", "/srv/data/notes", "info", ""])


def test_a_secret_is_hidden_whole_and_without_its_scheme() -> None:
    assert HIDDEN.hidden("got Bearer abcdefgh-1234, and abcdefgh-1234") == "got …, and …"


def test_the_password_that_a_basic_header_encodes_is_hidden() -> None:
    assert HIDDEN.hidden(f"{BASIC}, anna:correct horse battery, correct horse battery") == "…, …, …"


def test_a_secret_in_an_address_is_hidden() -> None:
    assert HIDDEN.hidden("https://example.com?key=p%40ss%20word%2F1") == "https://example.com?key=…"


def test_a_secret_in_json_is_hidden() -> None:
    secret = 'p"ss\\w\u00f6rd-1'
    hidden = Secrets([secret])

    assert hidden.hidden(json.dumps({"a": secret})) == '{"a": "…"}'
    assert hidden.hidden(json.dumps({"a": secret}, ensure_ascii=False)) == '{"a": "…"}'


def test_short_values_and_paths_are_no_secrets() -> None:
    assert HIDDEN.hidden("info: /srv/data/notes") == "info: /srv/data/notes"


def test_every_text_in_a_value_is_looked_at() -> None:
    value = {"abcdefgh-1234": ["abcdefgh-1234", 1, None, {"a": "x abcdefgh-1234"}]}

    assert HIDDEN.hidden_in(value) == {"…": ["…", 1, None, {"a": "x …"}]}
    assert Secrets().hidden_in(value) == value
