"""The worker of the second reference, with the settings that Temporal's worker has by itself."""

from __future__ import annotations

import asyncio
import os

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Worker

from benchmarks.references import equipment
from benchmarks.references.tutorial import Activities, AnswerQuestion

READY = "tutorial worker is ready"


async def main() -> None:
    client = await Client.connect(os.environ["TEMPORAL_ADDRESS"], data_converter=pydantic_data_converter)
    async with equipment.slack_client() as slack, equipment.tools() as tools:
        steps = Activities(slack, tools)
        async with Worker(
            client,
            task_queue=os.environ["TEMPORAL_TASK_QUEUE"],
            workflows=[AnswerQuestion],
            activities=[steps.read_thread, steps.ask_model, steps.run_tool, steps.post_answer],
        ):
            print(READY, flush=True)
            await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
