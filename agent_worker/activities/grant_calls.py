"""What people have allowed once and for all: which calls that is, and how it is kept."""

from __future__ import annotations

import logging
import time

from agent_worker.grants.book import GrantQuery
from agent_worker.grants.store import GrantRefusedError, Grants, GrantsAwayError
from agent_worker.payloads.errors import GRANT_REFUSED, TOOL_UNAVAILABLE, final, retryable
from agent_worker.payloads.questions import FindGrants, FoundGrants, KeepGrant

logger = logging.getLogger(__name__)


async def found(grants: Grants | None, request: FindGrants) -> FoundGrants:
    """If the grants cannot be read, nothing is allowed: somebody is asked."""
    ids = []
    for call in request.calls:
        query = GrantQuery(
            agent=request.agent,
            tool=call.tool,
            arguments=call.arguments,
            channel=request.thread.channel,
            thread_ts=request.thread.thread_ts,
            schema_digest=call.digest,
            now=time.time(),
        )
        try:
            grant = await grants.matching(query) if grants else None
        except GrantsAwayError as error:
            logger.warning("grants not read", extra={"reason": str(error)})
            return FoundGrants(ids=[""] * len(request.calls))
        ids.append(grant.id if grant else "")
    return FoundGrants(ids=ids)


async def kept(grants: Grants | None, request: KeepGrant) -> None:
    """Raises ApplicationError: GRANT_REFUSED (final), or a retryable one while the grants cannot be changed."""
    if grants is None:
        raise final(GRANT_REFUSED, "Nothing can be allowed once and for all here.")
    try:
        await grants.add(request.grant)
    except GrantRefusedError as refusal:
        raise final(GRANT_REFUSED, str(refusal)) from refusal
    except GrantsAwayError as error:
        raise retryable(TOOL_UNAVAILABLE, str(error)) from error
