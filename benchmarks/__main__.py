"""`make bench`: measures the product beside two references, says what it found, and keeps it in a dated file."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import bars, plan, plots, results, table
from benchmarks.session import Session

QUICK_RESULTS = Path(".run") / "benchmarks"  # too few runs to be kept with the project


def main() -> None:
    arguments = _arguments()
    begun = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - begun:6.1f} s  {text}", flush=True)

    at = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as directory:
        session = Session(plan.QUICK if arguments.quick else plan.FULL, Path(directory), say)
        measured = asyncio.run(session.run())
    judged = bars.bars(measured)
    report = results.report(measured, judged, is_quick=arguments.quick, at=at)
    kept = arguments.results or (QUICK_RESULTS if arguments.quick else results.DIRECTORY)
    path = results.write(report, kept)
    print("", table.table(measured), "", table.bar_table(judged), "", sep="\n")
    for plot in plots.write(report, kept):
        say(f"drawn: {plot}")
    say(f"kept: {path}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a look in two minutes, with few runs")
    parser.add_argument("--results", type=Path, help="where results and plots are kept")
    return parser.parse_args()


if __name__ == "__main__":
    main()
