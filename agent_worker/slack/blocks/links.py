"""What becomes of a link that the model writes: it says where it leads, or it is no link. Pure.

Docs: "What the agent may write" in docs/security.md. All patterns here take time in proportion to the text
(docs/decisions/0017-linear-text.md).
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import unquote

from agent_worker.slack.blocks.mentions import GUARD
from text.characters import without_hidden
from text.lines import cut, one_line

LONGEST_HOST = 253  # characters, by the rules of DNS
LONGEST_SHOWN = 200  # characters of an address that is shown instead of a link
LONGEST_LABEL = 300  # characters

_WEB = re.compile(r"(?P<scheme>https?):/*+(?P<authority>[^/?#]*+)(?P<rest>.*+)", re.IGNORECASE | re.DOTALL)
_MAIL = re.compile(r"mailto:(?P<name>[\w.+-]++)@(?P<host>[A-Za-z0-9.-]++)", re.IGNORECASE)
_PORT = re.compile(r":\d{0,5}\Z")
_HOST = re.compile(r"[a-z0-9_-]++(?:\.[a-z0-9_-]++)*+|\[[0-9a-f:.]++\]")
# Signs that browsers take for the dot of a host, and signs that look like it (Unicode's confusables, and middle dots).
_DOT = (
    r".\u3002\uff0e\uff61"
    r"\u00b7\u2024\u2027\u22c5\u30fb\u0589\u0660\u06d4\u06f0\u0701\u0702\ua4f8\ua60e\U00010a50\U0001d16d"
)
_WORDS = re.compile(rf"[\w{_DOT}-]++")
_DOTS = re.compile(rf"[{_DOT}]")
_MARKS = re.compile(r"[*_~`\\]++")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z0-9]{2,31});")
_BROADCAST = re.compile(r"@(?=(?:here|channel|everyone|group)(?![^\W_]))", re.IGNORECASE)
_ENCODED = {ord(sign): f"%{ord(sign):02X}" for sign in '()[]<>|`"*'}


@dataclass(frozen=True)
class Address:
    """`url` as it is written into a link; `host` is where it really leads, in ASCII; `shown` is what a person reads."""

    url: str
    host: str
    shown: str

    @property
    def beginning(self) -> str:
        """The address up to the end of its host and port, in lower case."""
        scheme = self.url.partition(":")[0]
        return f"{scheme}://{re.split('[/?#]', self.shown, maxsplit=1)[0]}"


def address(url: str) -> Address | None:
    """The address, without the user's name that may stand before the host; None if it is not sure where it leads.

    Browsers, Slack and Markdown read a backslash and an entity in different ways, so an address with these is not sure.
    """
    url = without_hidden(url)
    if mail := _MAIL.fullmatch(url):
        host = mail["host"].lower()
        return Address(f"mailto:{mail['name']}@{host}", host, f"{mail['name']}@{host}")
    web = _WEB.fullmatch(url)
    if web is None or "\\" in url or "&" in web["authority"]:
        return None
    place = unquote(web["authority"].rpartition("@")[2])
    port = _PORT.search(place)
    host = ascii_host(place[: port.start()] if port else place)
    if not host:
        return None
    shown = f"{host}{port[0] if port else ''}{_BROADCAST.sub('%40', web['rest'].translate(_ENCODED))}"
    return Address(f"{web['scheme'].lower()}://{shown}", host, shown)


def without_links(text: str) -> str:
    """Plain text in which Slack finds no address of its own."""
    return text.replace("://", f":{GUARD}//").replace("www.", f"www{GUARD}.")


def ascii_host(name: str) -> str:
    """A host as the network knows it: `xn--…` for what is not ASCII; "" if it is no host."""
    name = unicodedata.normalize("NFKC", name[: LONGEST_HOST + 1]).lower().rstrip(".")
    try:
        host = name if name.isascii() else name.encode("idna").decode()
    except UnicodeError:
        return ""
    return host if len(host) <= LONGEST_HOST and _HOST.fullmatch(host) else ""


@dataclass(frozen=True)
class LinkPolicy:
    """`hosts` are those to which links may lead, `*.example.com` for all hosts below; empty: to all."""

    hosts: frozenset[str] = frozenset()

    def and_into(self, workspace_url: str) -> LinkPolicy:
        """The same, but links may also lead into this workspace: a message of it is where an answer comes from."""
        found = address(workspace_url)
        return replace(self, hosts=self.hosts | {found.host}) if self.hosts and found is not None else self

    def allows(self, host: str) -> bool:
        if not self.hosts or host in self.hosts:
            return True
        labels = host.split(".")
        return any(f"*.{'.'.join(labels[at:])}" in self.hosts for at in range(1, len(labels)))

    def link(self, url: str, label: str) -> str | None:
        """Markdown in place of a link; None if it is not sure where it leads."""
        found = address(url)
        if found is None:
            return None
        label = _safe_label(label)
        if not self.allows(found.host):
            is_needed = label and not _is_address(label, found)
            return f"{without_links(label)} ({_as_text(found)})" if is_needed else _as_text(found)
        return f"[{_named(label, found)}]({found.url})"

    def label(self, url: str, label: str) -> str | None:
        """The text of a link that is no Markdown; None if there must be no such link."""
        found = address(url)
        label = without_hidden(one_line(label, LONGEST_LABEL))
        return _named(label, found) if found is not None and self.allows(found.host) else None

    def bare(self, url: str, *, in_emphasis: bool) -> str | None:
        """The same for an address in the text. Slack takes marks of emphasis around one for a part of it."""
        found = address(url)
        if found is None:
            return None
        if not self.allows(found.host):
            return _as_text(found)
        if in_emphasis:
            return f"[{found.url}]({found.url})"
        is_plain = url.lower().startswith(found.beginning) and not _BROADCAST.search(url)
        return url if is_plain else found.url


TO_ALL_HOSTS = LinkPolicy()


def _named(label: str, found: Address) -> str:
    """The label, with the host beside it if the label looks like another one."""
    label = label or found.url.removeprefix("mailto:")
    is_told = _honest(label, found) or label.endswith(f"({found.host})")
    return label if is_told else f"{label} ({found.host})"


def _as_text(found: Address) -> str:
    """The address in code, where Slack makes no link of it."""
    return f"`{cut(found.shown, LONGEST_SHOWN)}`"


def _safe_label(label: str) -> str:
    """A label that ends where the link says, and in which nothing is hidden."""
    label = without_hidden(one_line(label, LONGEST_LABEL)).replace("<", "").replace(">", "").strip(" \\")
    if "](" in label or "![" in label:  # a link or a picture inside
        label = label.replace("[", "").replace("]", "")
    is_paired = label.count("`") % 2 == 0 and "``" not in label and "|" not in label
    return label if is_paired else label.replace("`", "")


def _honest(label: str, found: Address) -> bool:
    """Whether the label names no host but the one to which the link leads."""
    read = _as_read(label)
    if "xn--" in found.host:
        return found.host in read.lower()
    return _is_address(read, found) or all(_same(host, found.host) for host in _hosts_in(read))


def _is_address(label: str, found: Address) -> bool:
    """Whether the label is nothing but an address, and it has the host to which the link leads."""
    if label.lower() in {found.shown.lower(), found.url.lower()}:
        return True
    whole = address(label if "://" in label else f"https://{label}") if not re.search(r"[\s@]", label) else None
    return whole is not None and whole.host == found.host


def _as_read(label: str) -> str:
    """The label as a person reads it: without marks of Markdown, and with the letters that entities stand for."""
    plain = _ENTITY.sub(lambda entity: html.unescape(entity[0]), label)
    return _MARKS.sub("", unicodedata.normalize("NFKC", without_hidden(plain))).strip()


def _hosts_in(text: str) -> Iterator[str]:
    """What looks like the name of a host: words with dots between them, the last one of letters, or an IP address."""
    for found in _WORDS.finditer(text):
        names = _DOTS.split(found[0].strip(".-"))
        is_after_scheme = text[: found.start()].endswith("://")
        is_name = len(names) > 1 and len(names[-1]) > 1 and (names[-1].isalpha() or names[-1].startswith("xn--"))
        is_number = len(names) == 4 and all(name.isdigit() for name in names)  # noqa: PLR2004  of IPv4
        if is_after_scheme or is_name or is_number:
            yield ".".join(names)


def _same(named: str, host: str) -> bool:
    return ascii_host(named).removeprefix("www.") == host.removeprefix("www.")
