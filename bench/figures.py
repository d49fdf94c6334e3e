"""What a measurement yields: figures with their units, and what the product aims at."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number. ``value`` is None when it could not be measured; ``note`` then says why."""

    name: str
    value: float | None
    unit: str = ""
    aim: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Conditions:
    """How to measure: ``folder`` holds the databases and lies on the disk that is measured."""

    folder: Path
    quick: bool = False


def not_measured(name: str, reason: str) -> Figure:
    """Return the figure that stands for one that could not be taken."""
    return Figure(name, None, note=reason)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that a share of the values does not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)]
