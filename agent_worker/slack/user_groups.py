"""Who is in Slack's user groups. Asked anew each time: what somebody may decide depends on it."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from temporalio.exceptions import ApplicationError

from agent_worker.slack.api import SlackApi, may_not_see

logger = logging.getLogger(__name__)


class UserGroups:
    def __init__(self, api: SlackApi) -> None:
        self._api = api

    async def members(self, groups: Sequence[str]) -> dict[str, list[str]]:
        """The Slack ids of the people in each of these groups (ids); nobody in one that may not be read.

        Raises ApplicationError (retryable) while Slack is away.
        """
        return {group: await self._of(group) for group in groups}

    async def _of(self, group: str) -> list[str]:
        try:
            found = await self._api.call(self._api.client.usergroups_users_list, usergroup=group)
        except ApplicationError as error:
            if not may_not_see(error):
                raise
            logger.warning("a user group cannot be read", extra={"group": group, "reason": error.message})
            return []
        users = found.get("users")
        return [user for user in users if isinstance(user, str)] if isinstance(users, list) else []
