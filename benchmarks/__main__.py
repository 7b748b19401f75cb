"""`make bench`: measures the product beside two references, prints what was found and writes it to a dated file."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

from benchmarks import plan
from benchmarks.report import results, table
from benchmarks.report.targets import judge_all
from benchmarks.session import Session, Workload

QUICK_RESULTS = Path(".run") / "benchmarks"  # too few runs to be kept with the project


def main() -> None:
    arguments = _arguments()
    begun = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - begun:6.1f} s  {text}", flush=True)

    at = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as directory:
        session = Session(plan.QUICK if arguments.quick else plan.FULL, Path(directory), say)
        measured = asyncio.run(session.run(arguments.workload))
    targets = judge_all(measured)
    report = results.report(measured, targets, is_quick=arguments.quick, at=at)
    path = results.write(report, arguments.results or (QUICK_RESULTS if arguments.quick else results.DIRECTORY))
    print("", table.table(measured), "", table.target_table(targets), "", sep="\n")
    say(f"written: {path}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few runs, in some minutes")
    parser.add_argument(
        "--workload",
        choices=get_args(Workload),
        default="all",
        help="fast: with models that answer at once or nearly so; real: at the speed of real models",
    )
    parser.add_argument("--results", type=Path, help="the folder for the result file")
    return parser.parse_args()


if __name__ == "__main__":
    main()
