"""A case as text, as a person would write it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from text.characters import without_hidden

WIDTH = 120  # characters of a line


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as such, and no aliases, which a case must not have."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  as yaml calls it
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)


def written(fields: Mapping[str, Any], remarks: Sequence[str] = ()) -> str:
    """The file of a case with these fields; each remark is a line of comment above them."""
    comment = "".join(f"# {line}\n" for remark in remarks for line in without_hidden(remark).splitlines())
    return comment + yaml.dump(dict(fields), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH)
