"""The worker of the second reference, with the default settings of Temporal's worker."""

from __future__ import annotations

import asyncio
import os

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Worker

from benchmarks.references import equipment
from benchmarks.references.tutorial.workflow import Activities, AnswerQuestion

READY = "tutorial worker is ready"


async def main() -> None:
    client = await Client.connect(os.environ["TEMPORAL_ADDRESS"], data_converter=pydantic_data_converter)
    async with equipment.slack_client() as slack, equipment.tools() as tools:
        activities = Activities(slack, tools)
        async with Worker(
            client,
            task_queue=os.environ["TEMPORAL_TASK_QUEUE"],
            workflows=[AnswerQuestion],
            activities=[activities.read_thread, activities.ask_model, activities.run_tool, activities.post_answer],
        ):
            print(READY, flush=True)
            await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
