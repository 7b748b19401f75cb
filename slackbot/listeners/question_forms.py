"""The forms behind a card, how they look and how they are read: arguments, a reason, an answer in own words. Pure."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from agent_worker.contract.questions import (
    ALWAYS_BUTTON,
    EDIT_BUTTON,
    FILL_BUTTON,
    REJECT_BUTTON,
    AskedForm,
    FormField,
    GrantWish,
)
from process.block_kit import Block, context, plain_text, section
from slackbot.events.contents import storable_text
from slackbot.events.ids import PERSON
from slackbot.listeners.conversation_captions import literal
from text.json_shapes import items, mapping, mappings
from text.lines import one_line

TEXT = "text"  # the block and the field for a reason, or an answer in own words
LONGEST_TITLE = 24  # characters of a form's title and of its buttons
LONGEST_TEXT = 3_000  # characters; Slack's fields take no more
LONGEST_LABEL, LONGEST_HINT = 150, 300
LONGEST_QUESTION = 600  # characters of what a server asks
OPEN = "Open it only if you know this page. Press Done on the card when you have finished there."
LONGEST_LINE = 60  # characters of a text that is edited on one line
LONGEST_NAMES = 600  # characters of all arguments that are named in one line
LONGEST_OPTION = 75  # characters of an option
BLANK = "(empty)"  # the name of an option that has none
MOST_FIXED = 10  # arguments that can be fixed: Slack's checkboxes are no more
TITLES = {EDIT_BUTTON: "Edit", ALWAYS_BUTTON: "Always allow", FILL_BUTTON: "Fill in"}
SCOPE, FIXED, DAYS = "scope", "fixed", "days"  # blocks
SCOPES = {"thread": "In this thread", "channel": "In this channel, whoever asks"}
DURATIONS = {"7": "7 days", "30": "30 days", "1": "1 day", "0": "Until somebody revokes it"}
ALWAYS = "It is done now, and I don't ask again about calls like it. You can revoke that on my Home tab."
WARNING = "What you write is kept by me and given to the server *{server}*. Never write passwords or other secrets."
YES, NO = "true", "false"
_PERSON = re.compile(rf"(<@{PERSON.pattern}>)")


class FormError(Exception):
    """What was written cannot be read; a sentence for each block."""

    def __init__(self, by_block: dict[str, str]) -> None:
        super().__init__()
        self.by_block = by_block


def matching(action: str) -> re.Pattern[str]:
    """Several buttons of one row: each has its number behind the name."""
    return re.compile(rf"{re.escape(action)}:[0-9]+")


def first_view(action: str, packed: str) -> Block:
    """What opens at once."""
    if action in TITLES:
        return _modal(TITLES[action], action, packed, [section("One moment…")])
    if action == REJECT_BUTTON:
        field = _text_field("Why not?", is_optional=True, hint="I am told the reason, and it stands in the thread.")
        return _modal("Don't do it", action, packed, [field], submit="Don't Do It")
    field = _text_field("Your answer", is_optional=False, hint="")
    return _modal("Your answer", action, packed, [field], submit="Send")


def filled_view(action: str, form: AskedForm, packed: str) -> Block:
    """The same once it is known what the call is, or why there is no form about it."""
    if form.refusal:
        return _modal(TITLES[action], action, packed, [section(_naming_people(form.refusal))])
    make = {EDIT_BUTTON: _edit_view, ALWAYS_BUTTON: _always_view, FILL_BUTTON: _input_view}[action]
    return make(form, packed)


def _always_view(form: AskedForm, packed: str) -> Block:
    """Which calls nobody is asked about any more; sending it approves this one, too."""
    fixable = [field.name for field in form.fields if field.value][:MOST_FIXED]
    short = [field.name for field in form.fields if field.name in fixable and len(field.value) <= LONGEST_LINE]
    blocks = [section(f"*{literal(one_line(form.does, LONGEST_HINT))}*\n{ALWAYS}"), _choice(SCOPE, "Where", SCOPES)]
    if fixable:
        options = [_named(_told(field), field.name) for field in form.fields if field.name in fixable]
        element: Block = {"type": "checkboxes", "action_id": TEXT, "options": options}
        initial = [option for option in options if option["value"] in short]
        element |= {"initial_options": initial} if initial else {}
        label = plain_text("Only if these are the same")
        blocks.append({"type": "input", "block_id": FIXED, "label": label, "element": element, "optional": True})
    if free := [name for name in [*(field.name for field in form.fields), *form.fixed] if name not in fixable]:
        blocks.append(context(literal(f"May be anything, also what was not shown: {_names(free)}")))
    blocks.append(_choice(DAYS, "For how long", DURATIONS))
    return _modal(TITLES[ALWAYS_BUTTON], ALWAYS_BUTTON, packed, blocks, submit="Allow Always")


def _told(field: FormField) -> str:
    return one_line(f"{field.name.replace('_', ' ')}: {field.value}", LONGEST_OPTION)


def _names(arguments: Sequence[str]) -> str:
    return one_line(", ".join(arguments), LONGEST_NAMES)


def _named(text: str, value: str) -> Block:
    return {"text": plain_text(text), "value": value}


def _choice(block: str, label: str, options: Mapping[str, str]) -> Block:
    """Radio buttons; the first one is chosen."""
    shown = [_named(text, value) for value, text in options.items()]
    element = {"type": "radio_buttons", "action_id": TEXT, "options": shown, "initial_option": shown[0]}
    return {"type": "input", "block_id": block, "label": plain_text(label), "element": element}


def grant(view: Mapping[str, Any]) -> GrantWish:
    """What is not to be asked about any more. Raises FormError if the form does not say where."""
    values = mapping(mapping(view.get("state")).get("values"))
    sent = {block: mapping(mapping(fields).get(TEXT)) for block, fields in values.items()}
    scope = str(mapping(sent.get(SCOPE, {}).get("selected_option")).get("value"))
    days = str(mapping(sent.get(DAYS, {}).get("selected_option")).get("value"))
    fixed = [mapping(one).get("value") for one in items(sent.get(FIXED, {}).get("selected_options"))]
    if scope not in SCOPES or days not in DURATIONS:
        raise FormError({SCOPE: "Please choose."})
    named = [name for name in fixed if isinstance(name, str)]
    return GrantWish(scope="channel" if scope == "channel" else "thread", fixed=named, days=int(days) or None)


def _edit_view(form: AskedForm, packed: str) -> Block:
    """The arguments of a call; sending them approves the call with them."""
    blocks = [section(f"*{literal(one_line(form.does, LONGEST_HINT))}*"), *map(_input, form.fields)]
    if form.fixed:
        blocks.append(context(literal(f"Can't be edited here, and is left as it is: {_names(form.fixed)}")))
    return _modal("Edit", EDIT_BUTTON, packed, blocks, submit=form.verb or "Go Ahead")


def _input_view(form: AskedForm, packed: str) -> Block:
    """What a server asks, in its own words; sending it gives the server the answers."""
    server = literal(one_line(form.does, LONGEST_HINT))
    asks = [section(f"*{server}* asks: {literal(one_line(asked, LONGEST_QUESTION))}") for asked in form.asks]
    blocks = [*asks, *map(_input, form.fields), context(WARNING.format(server=server))]
    return _modal(TITLES[FILL_BUTTON], FILL_BUTTON, packed, blocks, submit=form.verb)


def links(form: AskedForm) -> str:
    """The pages that a server wants to be opened, for one person; each with its host in words, and nothing hidden."""
    server = literal(one_line(form.does, LONGEST_HINT))
    lines = [
        f"The server *{server}* wants you to open a page of `{html.escape(link.host, quote=False)}`:\n"
        f"<{html.escape(link.url, quote=False)}>\nIt says: {literal(one_line(link.message, LONGEST_QUESTION))}"
        for link in form.links
    ]
    return "\n\n".join([*lines, OPEN])


def _modal(title: str, action: str, packed: str, blocks: list[Block], *, submit: str = "") -> Block:
    view = {"type": "modal", "callback_id": action, "private_metadata": packed, "blocks": blocks}
    named = {"title": plain_text(title), "close": plain_text("Back")}
    return view | named | ({"submit": plain_text(one_line(submit, LONGEST_TITLE))} if submit else {})


def _text_field(label: str, *, is_optional: bool, hint: str) -> Block:
    element = {"type": "plain_text_input", "action_id": TEXT, "multiline": True, "max_length": LONGEST_TEXT}
    block: Block = {"type": "input", "block_id": TEXT, "label": plain_text(label), "element": element}
    return block | {"optional": is_optional} | ({"hint": plain_text(hint)} if hint else {})


def _input(field: FormField) -> Block:
    block: Block = {
        "type": "input",
        "block_id": f"{field.kind}:{field.name}",
        "label": plain_text(one_line(field.label or field.name.replace("_", " "), LONGEST_LABEL)),
        "element": _element(field),
        "optional": not field.is_required,
    }
    return block | ({"hint": plain_text(field.description)} if field.description else {})


def _element(field: FormField) -> Block:
    element: Block = {"action_id": TEXT}
    if field.kind in {"choice", "choices", "yes_or_no"}:
        return element | _menu(field)
    if field.kind == "date":
        return element | {"type": "datepicker"} | ({"initial_date": field.value} if field.value else {})
    if field.kind in {"number", "whole_number"}:
        element |= {"type": "number_input", "is_decimal_allowed": field.kind == "number"} | _number_bounds(field)
    else:
        is_long = field.kind == "json" or len(field.value) > LONGEST_LINE or "\n" in field.value
        element |= {"type": "plain_text_input", "multiline": is_long} | _length_bounds(field)
    return element | ({"initial_value": field.value} if field.value else {})


def _number_bounds(field: FormField) -> Block:
    """Those that Slack can keep; the others are kept by the conversation."""
    bounds = {"min_value": field.least, "max_value": field.most}
    is_decimal = field.kind == "number"
    fit = {name: bound for name, bound in bounds.items() if bound is not None and (is_decimal or bound == int(bound))}
    written = {name: str(int(bound)) if bound == int(bound) else repr(bound) for name, bound in fit.items()}
    return {name: bound for name, bound in written.items() if "e" not in bound}


def _length_bounds(field: FormField) -> Block:
    most = {"max_length": min(int(field.most), LONGEST_TEXT)} if field.most is not None and field.most >= 1 else {}
    least = {"min_length": int(field.least)} if field.least is not None and 1 <= field.least <= LONGEST_TEXT else {}
    return most | least


def _menu(field: FormField) -> Block:
    values = field.choices or [YES, NO]
    names = field.names or (["Yes", "No"] if field.kind == "yes_or_no" else values)
    options = [
        {"text": plain_text(one_line(name, LONGEST_OPTION) or BLANK), "value": value}
        for name, value in zip(names, values, strict=True)
    ]
    if field.kind == "choices":
        most = {"max_selected_items": int(field.most)} if field.most is not None and field.most >= 1 else {}
        return {"type": "multi_static_select", "options": options} | most
    chosen = [option for option in options if option["value"] == field.value]
    return {"type": "static_select", "options": options} | ({"initial_option": chosen[0]} if chosen else {})


def arguments(view: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments as they were sent. Raises FormError for what is no number or no JSON."""
    found: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for block, fields in mapping(mapping(view.get("state")).get("values")).items():
        kind, _, name = block.partition(":")
        sent = mapping(mapping(fields).get(TEXT))
        if kind == "choices":
            found[name] = [str(one.get("value")) for one in mappings(sent.get("selected_options"))]
            continue
        text = sent.get("value") or sent.get("selected_date") or mapping(sent.get("selected_option")).get("value")
        if not isinstance(text, str):
            continue  # left empty
        try:
            found[name] = _value(kind, text)
        except ValueError:
            wrong[block] = "This is no JSON." if kind == "json" else "This is no number."
    if wrong:
        raise FormError(wrong)
    return found


def _value(kind: str, text: str) -> Any:
    if kind in {"json", "number"}:
        return _read(text)
    if kind == "whole_number":
        return int(text)
    return text == YES if kind == "yes_or_no" else storable_text(text, LONGEST_TEXT)


def _read(text: str) -> Any:
    """The JSON value. Raises ValueError for what is none, or cannot be stored: it is too deep, or no finite number."""
    try:
        value = json.loads(text, parse_constant=_refuse)
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except RecursionError as error:
        raise ValueError(text[:10]) from error
    return value


def _refuse(word: str) -> Any:
    raise ValueError(word)


def written(view: Mapping[str, Any], *, needs_text: bool) -> str:
    """The reason or the answer. Raises FormError if there has to be one, and there is none."""
    values = mapping(mapping(view.get("state")).get("values"))
    text = storable_text(mapping(mapping(values.get(TEXT)).get(TEXT)).get("value"), LONGEST_TEXT)
    if needs_text and not text.strip():
        raise FormError({TEXT: "Please write an answer."})
    return text


def refused(view: Mapping[str, Any], sentence: str) -> dict[str, Any]:
    """How a form that was sent says why it does not count: at its first field, so that nothing written is lost.

    A field shows no names of people: where the sentence says who may decide, it takes the place of the form.
    """
    values = mapping(mapping(view.get("state")).get("values"))
    first = next(iter(values), None)
    if first is not None and not _PERSON.search(sentence):
        return {"response_action": "errors", "errors": {first: sentence}}
    title = mapping(view.get("title")).get("text") or "Edit"
    text = section(_naming_people(sentence))
    shown = _modal(title, str(view.get("callback_id")), str(view.get("private_metadata")), [text])
    return {"response_action": "update", "view": shown}


def _naming_people(sentence: str) -> str:
    """The sentence as mrkdwn in which only the mentions of people mean something."""
    parts = _PERSON.split(sentence)
    return "".join(part if at % 2 else literal(part) for at, part in enumerate(parts))
