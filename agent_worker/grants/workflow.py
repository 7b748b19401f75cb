"""GrantsWorkflow: keeps the grants of one workspace, so that no restart forgets what people have allowed or revoked."""

from __future__ import annotations

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from agent_worker.contract.grants import Grant, GrantList, Revocation
    from agent_worker.contract.names import (
        ADD_GRANT,
        ADD_GRANT_LATER,
        GRANTS_WORKFLOW,
        LIST_GRANTS,
        REVOKE_GRANT,
        REVOKE_GRANT_LATER,
    )
    from agent_worker.grants.book import GrantBook, revoke_refusal

LONG_HISTORY = 2_000  # events; each change takes five
REFUSED = "grant_refused"  # the type of the error whose message is the sentence


@workflow.defn(name=GRANTS_WORKFLOW)
class GrantsWorkflow:
    """One for each agent and workspace. It never ends, and no handler waits for anything.

    Everything may be sent again: a grant is added once, and one that was revoked stays so.
    """

    @workflow.init
    def __init__(self, kept: GrantList) -> None:
        self._book = GrantBook(kept)

    @workflow.run
    async def run(self, _: GrantList) -> None:
        """A run begins with the grants that the run before has carried over."""
        await workflow.wait_condition(_is_long)
        await workflow.wait_condition(workflow.all_handlers_finished)
        workflow.continue_as_new(self._book.kept)

    @workflow.update(name=ADD_GRANT)
    def add_grant(self, grant: Grant) -> None:
        _check(self._book.add(grant, workflow.time()))

    @add_grant.validator
    def check_grant(self, grant: Grant) -> None:
        """A refused grant leaves no trace in the history."""
        _check(self._book.refusal(grant, workflow.time()))

    @workflow.update(name=REVOKE_GRANT)
    def revoke_grant(self, revocation: Revocation) -> None:
        _check(self._book.revoke(revocation))

    @revoke_grant.validator
    def check_revocation(self, revocation: Revocation) -> None:
        _check(revoke_refusal(revocation))

    @workflow.signal(name=ADD_GRANT_LATER)
    def add_grant_later(self, grant: Grant) -> None:
        """Nobody waits for an answer: a grant that cannot be added is left out."""
        if self._book.add(grant, workflow.time()):
            workflow.logger.warning("a grant was left out", extra={"grant": grant.id})

    @workflow.signal(name=REVOKE_GRANT_LATER)
    def revoke_grant_later(self, revocation: Revocation) -> None:
        self._book.revoke(revocation)

    @workflow.query(name=LIST_GRANTS)
    def list_grants(self) -> GrantList:
        """Also grants that have ended: time stands still for a query, so whoever asks has to look."""
        return self._book.listed


def _check(refused: str) -> None:
    if refused:
        raise ApplicationError(refused, type=REFUSED, non_retryable=True)


def _is_long() -> bool:
    info = workflow.info()
    return info.is_continue_as_new_suggested() or info.get_current_history_length() > LONG_HISTORY
