"""What is told to whoever runs the agent, in a channel of their own."""

from __future__ import annotations

from agent_worker.payloads.costs import money
from agent_worker.payloads.quotas import BudgetWarning
from agent_worker.slack.api import SlackApi
from agent_worker.slack.blocks import posts
from agent_worker.slack.directory import Directory

_OF = {
    "person_budget": "the budget of {owner}",
    "channel_budget": "the budget of #{owner}",
    "workspace_budget": "the budget of this workspace",
}
TOLD = "Today {spent} of {dollars} are used up in {budget}. When nothing is left, I answer no more until midnight UTC."


class Operators:
    def __init__(self, api: SlackApi, directory: Directory) -> None:
        self._api = api
        self._directory = directory

    async def tell(self, channel: str, warning: BudgetWarning) -> None:
        """Posts that most of a budget is used up; it notifies nobody. Raises ApplicationError if Slack does not."""
        names = await self._directory.names([warning.owner] if warning.owner else [])
        post = posts.notice(sentence(warning, names.get(warning.owner, warning.owner)))
        await self._api.call(
            self._api.client.chat_postMessage,
            channel=channel,
            text=post.text,
            blocks=post.blocks,
            unfurl_links=False,
            unfurl_media=False,
        )


def sentence(warning: BudgetWarning, owner: str) -> str:
    """`owner` is the name of the person or channel whose budget it is."""
    budget = _OF[warning.scope].format(owner=owner)
    return TOLD.format(spent=money(warning.spent), dollars=money(warning.dollars), budget=budget)
