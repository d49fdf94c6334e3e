"""Where a meter stood still although its charger measured that power flows.

A register that does not move bills nothing, and nothing in it says why: the meter's chip hangs, its bus is broken, and
the charger goes on with the last value it read. The power beside it comes from another measurement. Power is often a
mere offer, so it has to add up to what no offer explains, and to have been right where the register did count.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from typing import NamedTuple

from onetime.billing.registers.readings import (
    MICROSECOND,
    WATT_MICROSECONDS_PER_WH,
    MeteredSession,
    highest_power_w,
)

LEAST_WH = 1_000  # less than this proves nothing beside a register in whole kWh
LEAST_ON_THE_WAY_WH = 2_000  # readings of such a register stand still in between
STILL = 20  # a register that moved by less than a twentieth of what the power adds up to stands still
LONGEST_STEP = timedelta(minutes=30)  # two readings of power say nothing of what flowed longer than this between them
LEAST_STRETCH = timedelta(minutes=20)


class Sample(NamedTuple):
    """Power in W at an aware instant, and the register in Wh that came with it, None without one."""

    at: datetime
    power_w: int
    register_wh: int | None


@dataclass(frozen=True, slots=True)
class Standstill:
    """From when to when a register stood still, and what flowed meanwhile by the power, in Wh, at the least."""

    since: datetime
    until: datetime
    energy_wh: int


class _Step(NamedTuple):
    """What two samples that follow each other say: Wh at the least and most, and by the register, None without it."""

    since: Sample
    until: Sample
    least_wh: int
    most_wh: int
    gained_wh: int | None

    @property
    def is_still(self) -> bool:
        return self.gained_wh is not None and abs(self.gained_wh) * STILL < self.least_wh


def standstill(session: MeteredSession, samples: Sequence[Sample]) -> Standstill | None:
    """Return where the register of an ended session stood still while power flowed, or None."""
    stop = session.stop
    if stop is None:
        return None
    moved_wh = stop.register_wh - session.start.register_wh
    steps = _steps(session, samples)
    energy_wh = sum(each.least_wh for each in steps)
    if energy_wh >= LEAST_WH and abs(moved_wh) * STILL < energy_wh:
        flowing = [each for each in steps if each.least_wh]
        return Standstill(flowing[0].since.at, flowing[-1].until.at, energy_wh)
    return _on_the_way(steps, moved_wh)


def power_is_varied(samples: Iterable[Sample]) -> bool:
    """Say whether power is measured and no set value: no two measurements of a car that charges are all alike."""
    return len({each.power_w for each in samples if each.power_w > 0}) > 1


def power_is_right(session: MeteredSession, samples: Sequence[Sample]) -> bool | None:
    """Say whether the power of an ended session adds up to about what it charged; None where it proves neither."""
    if session.stop is None:
        return None
    energy_wh = sum(each.least_wh for each in _steps(session, samples))
    if energy_wh < LEAST_WH:
        return None
    return 2 * (session.stop.register_wh - session.start.register_wh) >= energy_wh


def _on_the_way(steps: Sequence[_Step], moved_wh: int) -> Standstill | None:
    """Return the longest stretch in which the register stood still, where the power is right in the rest.

    A power that is told on after the car is full is the same all the time, and a meter that catches up loses nothing.
    """
    runs = [list(run) for is_still, run in groupby(steps, key=lambda each: each.is_still) if is_still]
    longest = max(runs, key=lambda run: sum(each.least_wh for each in run), default=[])
    energy_wh = sum(each.least_wh for each in longest)
    if energy_wh < LEAST_ON_THE_WAY_WH or longest[-1].until.at - longest[0].since.at < LEAST_STRETCH:
        return None
    if not power_is_varied([longest[0].since, *(each.until for each in longest)]):
        return None
    moving = [each for each in steps if not each.is_still and each.gained_wh is not None]
    gained_wh = sum(each.gained_wh or 0 for each in moving)
    least_wh, most_wh = sum(each.least_wh for each in moving), sum(each.most_wh for each in moving)
    is_right = gained_wh >= LEAST_WH and 0.8 * least_wh <= gained_wh <= 1.25 * most_wh
    if not is_right or 2 * (moved_wh - gained_wh) >= energy_wh:
        return None
    return Standstill(longest[0].since.at, longest[-1].until.at, energy_wh)


def _steps(session: MeteredSession, samples: Sequence[Sample]) -> list[_Step]:
    """Return what flowed between the samples of a session, without what its connector cannot deliver."""
    assert session.stop is not None  # noqa: S101 - asked of ended sessions
    limit_w = highest_power_w(session.max_power_w) if session.max_power_w is not None else None
    inside = sorted(
        (each for each in samples if session.start.at <= each.at <= session.stop.at), key=lambda each: each.at
    )
    return [
        _step(one, other)
        for one, other in pairwise(inside)
        if other.at - one.at <= LONGEST_STEP and _is_possible(one, limit_w) and _is_possible(other, limit_w)
    ]


def _is_possible(sample: Sample, limit_w: int | None) -> bool:
    return sample.power_w >= 0 and (limit_w is None or sample.power_w <= limit_w)


def _step(one: Sample, other: Sample) -> _Step:
    microseconds = (other.at - one.at) // MICROSECOND
    least, most = sorted((one.power_w, other.power_w))
    known = one.register_wh is not None and other.register_wh is not None
    return _Step(
        one,
        other,
        least * microseconds // WATT_MICROSECONDS_PER_WH,
        most * microseconds // WATT_MICROSECONDS_PER_WH,
        (other.register_wh or 0) - (one.register_wh or 0) if known else None,
    )
