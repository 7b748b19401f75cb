"""Arguments that the model has nested, or has not, other than the signature declares them. Pure.

A tool whose single argument is a Pydantic model takes the model's fields without the argument around them, and a tool
with plain arguments takes them within an object that stands alone. Both only where it can mean nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import AliasChoices, BaseModel, RootModel
from pydantic.fields import FieldInfo

Path = tuple[int | str, ...]  # the names and indexes that lead to a value


@dataclass(frozen=True)
class Reading:
    """The arguments as the signature declares them.

    `around` is the name that was put around what the model gave, `within` the one that was taken away from it.
    `names` are those that the model could have given where it gave others.
    """

    arguments: Any
    names: Sequence[str]
    around: str = ""
    within: str = ""

    def path(self, declared: Path) -> Path:
        """Where the model has written the value that is declared at this path."""
        if self.around:
            return declared[1:]
        return (self.within, *declared) if self.within else declared


def read(declared: type[BaseModel], given: Mapping[str, Any]) -> Reading:
    """`declared` has a field for each argument."""
    names = list(declared.model_fields)
    if len(names) == 1 and (inner := _model_of(declared.model_fields[names[0]])) is not None:
        known = _names_in(inner)
        if _lacks_its_argument(declared.model_fields[names[0]], names[0], known, given, inner):
            return Reading({names[0]: dict(given)}, known, around=names[0])
    elif len(given) == 1 and _is_wrapping(names, given):
        ((name, value),) = given.items()
        return Reading(dict(value), names, within=name)
    return Reading(dict(given), names)


def _lacks_its_argument(
    field: FieldInfo, name: str, known: Sequence[str], given: Mapping[str, Any], inner: type[BaseModel]
) -> bool:
    """Whether these are the fields of the argument's model. If one has the argument's name, nobody can tell."""
    if name in given or name in known:
        return False
    if not given:  # nothing at all: fields that all have defaults
        return field.is_required() and not any(one.is_required() for one in inner.model_fields.values())
    return any(one in known for one in given)


def _is_wrapping(names: Sequence[str], given: Mapping[str, Any]) -> bool:
    """Whether the only value that was given is an object of arguments, or an empty one, under a name that is none."""
    ((name, value),) = given.items()
    return name not in names and isinstance(value, Mapping) and (not value or any(one in names for one in value))


def _model_of(field: FieldInfo) -> type[BaseModel] | None:
    """The Pydantic model with fields that the argument is, or may be beside None."""
    union = get_origin(field.annotation) in (Union, UnionType)
    kinds: Sequence[Any] = get_args(field.annotation) if union else [field.annotation]
    others = [kind for kind in kinds if kind is not type(None)]
    is_model = len(others) == 1 and isinstance(others[0], type) and issubclass(others[0], BaseModel)
    return others[0] if is_model and not issubclass(others[0], RootModel) else None


def _names_in(model: type[BaseModel]) -> list[str]:
    """The names by which the model's fields can be given."""
    config = model.model_config
    by_name = bool(config.get("populate_by_name") or config.get("validate_by_name"))
    return [known for name, field in model.model_fields.items() for known in _names_of(name, field, by_name=by_name)]


def _names_of(name: str, field: FieldInfo, *, by_name: bool) -> list[str]:
    alias = field.validation_alias or field.alias
    aliases = alias.choices if isinstance(alias, AliasChoices) else [alias]
    named = [one for one in aliases if isinstance(one, str)]
    return [*named, *([] if named and not by_name else [name])]
