"""The quarter-hours of a period by number, and the local day each lies in."""

from array import array
from collections import Counter
from collections.abc import Sequence
from datetime import date
from functools import cached_property

from onetime.billing.intervals import RANK, Profile, quarter_hour_number
from onetime.billing.periods import Period, local_days, quarter_hour_count, quarter_hours


class Grid:
    """Numbers the quarter-hours of a period from 0 and knows the local day of each."""

    def __init__(self, period: Period) -> None:
        self.period = period
        self.count = quarter_hour_count(period)
        self._first = quarter_hour_number(period.start)

    @cached_property
    def days(self) -> Sequence[date]:
        """Return the local days of the period."""
        return local_days(self.period)

    @cached_property
    def _day_numbers(self) -> Sequence[int]:
        """Return for each quarter-hour the position of its local day in `days`."""
        numbers = {day: number for number, day in enumerate(self.days)}
        begins = [max(start, self.period.start) for start in quarter_hours(self.period)]
        return [numbers[begin.astimezone(self.period.zone).date()] for begin in begins]

    def position(self, part: Profile) -> int:
        """Return the number of a profile's first quarter-hour."""
        return part.first - self._first

    def daily(self, energy_wh: Sequence[int], first: int = 0) -> Counter[int]:
        """Sum quarter-hours of energy, the first of them numbered `first`, by the position of their local day."""
        energy: Counter[int] = Counter()
        for day, quarter_wh in zip(self._day_numbers[first : first + len(energy_wh)], energy_wh, strict=True):
            energy[day] += quarter_wh
        return energy


class QuarterSeries:
    """Energy, in Wh, and worst quality (rank plus one, 0: none) for each quarter-hour of a grid."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self.energy_wh = array("q", bytes(8 * grid.count))
        self.quality = bytearray(grid.count)

    def add(self, part: Profile) -> None:
        """Add a profile that lies within the grid's period."""
        first = self._grid.position(part)
        for number, (energy_wh, quality) in enumerate(zip(part.energy_wh, part.quality, strict=True), first):
            self.energy_wh[number] += energy_wh
            self.quality[number] = max(self.quality[number], RANK[quality] + 1)
