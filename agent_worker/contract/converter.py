"""How both processes write what Temporal stores as JSON, and read it again."""

from __future__ import annotations

from temporalio.contrib.pydantic import PydanticPayloadConverter, ToJsonOptions
from temporalio.converter import DataConverter


class _CompactPayloads(PydanticPayloadConverter):
    """Pydantic's JSON without the fields that nobody has set, so that Temporal's history stays small."""

    def __init__(self) -> None:
        super().__init__(ToJsonOptions(exclude_unset=True))


DATA_CONVERTER = DataConverter(payload_converter_class=_CompactPayloads)
