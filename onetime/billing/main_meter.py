"""A charger's main meter against the sum of its connectors: a check that an independent meter makes."""

from collections.abc import Sequence

from onetime.billing.grid import Grid
from onetime.billing.intervals import quarter_hour_number
from onetime.billing.periods import QUARTER_HOUR
from onetime.billing.registers.readings import EPOCH, MICROSECOND, Reading
from onetime.billing.report import MainMeter


def checked_main_meter(
    charger_id: str, readings: Sequence[Reading], grid: Grid, series: Sequence[Sequence[int]]
) -> MainMeter | None:
    """Return what a main meter counted between its first and last reading of a period, beside its connectors' sum.

    ``series`` hold the energy of each connector and of the house on them by quarter-hour, in Wh. None where fewer
    than two readings lie in the period.
    """
    inside = sorted(each for each in readings if grid.period.start <= each.at <= grid.period.end)
    if len(inside) < 2:
        return None
    first, last = inside[0], inside[-1]
    total = [sum(quarter) for quarter in zip(*series, strict=True)]
    counted = _until(total, last, grid) - _until(total, first, grid)
    return MainMeter(charger_id, first, last, counted)


def _until(total: Sequence[int], reading: Reading, grid: Grid) -> int:
    """Return what flowed in a period up to a reading; within a quarter-hour evenly."""
    number = quarter_hour_number(reading.at)
    position = number - quarter_hour_number(grid.period.start)
    whole = sum(total[:position])
    if position >= len(total):
        return whole
    into = (reading.at - EPOCH - number * QUARTER_HOUR) // MICROSECOND
    return whole + total[position] * into // (QUARTER_HOUR // MICROSECOND)
