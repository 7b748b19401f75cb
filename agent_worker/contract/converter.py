"""How everything that Temporal stores is written as JSON, and read again."""

from __future__ import annotations

from temporalio.contrib.pydantic import PydanticPayloadConverter, ToJsonOptions
from temporalio.converter import DataConverter


class _CompactPayloads(PydanticPayloadConverter):
    """Pydantic JSON without the fields that nobody set: what is stored in history is what was said."""

    def __init__(self) -> None:
        super().__init__(ToJsonOptions(exclude_unset=True))


DATA_CONVERTER = DataConverter(payload_converter_class=_CompactPayloads)
