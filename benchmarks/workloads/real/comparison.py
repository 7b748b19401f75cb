"""The product beside plain: how much longer its turns take."""

from __future__ import annotations

from benchmarks.measurements.measurements import Measurements
from benchmarks.stubs.services import LIFE
from benchmarks.workloads.real.names import AGAINST_PLAIN, BEYOND_PLAIN, WHOLE_TURN


def add(measurements: Measurements) -> None:
    """Adds the differences and the ratios of the medians, wherever both were measured at the speed of real models."""
    for place in list(dict.fromkeys(one.where for one in measurements if LIFE.name in one.where)):
        product, plain = (measurements.median(WHOLE_TURN, place, name) for name in ("product", "plain"))
        if product is not None and plain:
            measurements.add(BEYOND_PLAIN, place, "product", "ms", [product - plain])
            measurements.add(AGAINST_PLAIN, place, "product", "×", [product / plain])
