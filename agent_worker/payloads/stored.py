"""What all payloads have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Stored(BaseModel):
    """A history may be read by a later release. So a field that is added needs a default."""

    model_config = ConfigDict(frozen=True, protected_namespaces=())
