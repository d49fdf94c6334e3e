"""Quarter-hours of energy out of register readings: exact in sum, flagged where time between readings was bridged.

The cumulative register is interpolated at every cut with integer floor and then differenced. So the sum telescopes:
the intervals of a session add up to meterStop - meterStart for any cuts, none is negative, none is more than 1 Wh
off, and an interval bracketed by readings stays as it is when later readings arrive.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from onetime.billing.periods import QUARTER_HOUR, quarter_hour_of
from onetime.billing.registers.cleaning import Chain, clean
from onetime.billing.registers.readings import EPOCH, MICROSECOND, MeteredSession, Reading

# A cut this close to a reading counts as measured.
NEAR_US = 60 * 1_000_000
# Energy spread over a longer gap between two readings is an estimate.
LONG_GAP_US = 30 * 60 * 1_000_000


class Quality(StrEnum):
    """How well the energy of an interval is known, from best to worst.

    Measured: a reading within 60 s of both ends. Estimated: energy out of a gap of over 30 min between readings.
    Interpolated: all between the two. Provisional: the session is still open. Corrected: changed by a person.
    """

    MEASURED = "measured"
    INTERPOLATED = "interpolated"
    ESTIMATED = "estimated"
    PROVISIONAL = "provisional"
    CORRECTED = "corrected"


RANK = {quality: rank for rank, quality in enumerate(Quality)}


@dataclass(frozen=True, slots=True)
class Interval:
    """The energy, in Wh, that flowed in the quarter-hour from `start` to `end` (UTC multiples of 900 s)."""

    start: datetime
    end: datetime
    energy_wh: int
    quality: Quality


@dataclass(frozen=True, slots=True)
class Profile:
    """A stretch of register readings by quarter-hour, from reading `begin` to reading `end`.

    `energy_wh` and `quality` hold one entry for each quarter-hour; `first` is the number of the first one, counted
    from 1970 (UTC).
    """

    begin: Reading
    end: Reading
    first: int
    energy_wh: list[int]
    quality: list[Quality]


def connector_intervals(
    sessions: Iterable[MeteredSession], start: datetime | None = None, end: datetime | None = None
) -> list[Interval]:
    """Return the sum of one connector's sessions by quarter-hour, oldest first; the worst quality wins.

    Those of a session add up to meterStop - meterStart exactly. An open one ends at its last good sample, and all its
    intervals are provisional.

    From `start` up to `end` only what lies in that period is counted, cut there too. The parts of adjacent periods add
    up to the session exactly, wherever the border is. An interval keeps the start and end of its whole quarter-hour
    even where only part of that lies in the period.

    Raises:
        NeedsReviewError: If a session's two ends contradict each other; `review_reason` finds it beforehand.
    """
    total: dict[datetime, Interval] = {}
    for session in sessions:
        for part in _as_intervals(session_profile(session, clean(session), start, end)):
            known = total.get(part.start)
            total[part.start] = part if known is None else _sum(known, part)
    return [total[quarter] for quarter in sorted(total)]


def session_profile(
    session: MeteredSession, chain: Chain, start: datetime | None = None, end: datetime | None = None
) -> Profile | None:
    """Return a session's believable readings by quarter-hour, as `profile` does.

    Where its end was estimated, nobody knows what still flowed then: the last quarter-hour is an estimate, however
    close its readings.
    """
    part = profile(chain, start, end)
    if part is not None and session.is_estimated and part.end.at == chain.end.at:
        part.quality[-1] = max(part.quality[-1], Quality.ESTIMATED, key=RANK.__getitem__)
    return part


def profile(chain: Chain, start: datetime | None = None, end: datetime | None = None) -> Profile | None:
    """Return a chain of readings by quarter-hour, cut at the period's bounds too.

    Returns None if nothing of the chain lies in the period. A chain of no duration lies where its instant lies.
    """
    first, last = chain.times[0], chain.times[-1]
    if first == last:
        return _moment(chain) if (start is None or start <= first) and (end is None or first < end) else None
    begin = first if start is None else max(first, start)
    finish = last if end is None else min(last, end)
    if begin >= finish:
        return None
    instants = [begin]
    cut = quarter_hour_of(begin) + QUARTER_HOUR
    while cut < finish:
        instants.append(cut)
        cut += QUARTER_HOUR
    instants.append(finish)
    cuts = _interpolate(chain, instants)
    return Profile(
        Reading(begin, cuts[0].register_wh),
        Reading(finish, cuts[-1].register_wh),
        quarter_hour_number(begin),
        [after.register_wh - before.register_wh for before, after in pairwise(cuts)],
        [_quality(before, after, chain) for before, after in pairwise(cuts)],
    )


def _moment(chain: Chain) -> Profile:
    """Return a chain of no duration: all its energy flowed in the quarter-hour of its instant."""
    energy = chain.end.register_wh - chain.start.register_wh
    quality = _quality(_Cut(0, 0, 0), _Cut(0, 0, 0), chain)
    return Profile(chain.start, chain.end, quarter_hour_number(chain.start.at), [energy], [quality])


class _Cut(NamedTuple):
    """The register at a cut, how far the nearest reading is, and how far apart the two around it are (µs)."""

    register_wh: int
    distance_us: int
    gap_us: int


def _interpolate(chain: Chain, instants: list[datetime]) -> list[_Cut]:
    """Return the register at each instant, oldest first, between the chain's first and last reading."""
    times, registers = chain.times, chain.registers
    cuts: list[_Cut] = []
    after = 0
    for instant in instants:
        after = bisect_right(times, instant, after)
        register = registers[after - 1]
        elapsed = (instant - times[after - 1]) // MICROSECOND
        if elapsed == 0:
            cuts.append(_Cut(register, 0, 0))
            continue
        gap = (times[after] - times[after - 1]) // MICROSECOND
        interpolated = register + (registers[after] - register) * elapsed // gap
        cuts.append(_Cut(interpolated, min(elapsed, gap - elapsed), gap))
    return cuts


def _quality(before: _Cut, after: _Cut, chain: Chain) -> Quality:
    if chain.is_corrected:
        return Quality.CORRECTED
    if chain.is_open:
        return Quality.PROVISIONAL
    if before.distance_us <= NEAR_US and after.distance_us <= NEAR_US:
        return Quality.MEASURED
    if max(before.gap_us, after.gap_us) > LONG_GAP_US and after.register_wh > before.register_wh:
        return Quality.ESTIMATED
    return Quality.INTERPOLATED


def quarter_hour_number(instant: datetime) -> int:
    """Return which quarter-hour since 1970 (UTC) an aware instant lies in."""
    return (instant - EPOCH) // QUARTER_HOUR


def _as_intervals(part: Profile | None) -> list[Interval]:
    if part is None:
        return []
    start = EPOCH + part.first * QUARTER_HOUR
    starts = [start + number * QUARTER_HOUR for number in range(len(part.energy_wh) + 1)]
    return [
        Interval(*bounds, energy, quality)
        for bounds, energy, quality in zip(pairwise(starts), part.energy_wh, part.quality, strict=True)
    ]


def _sum(one: Interval, other: Interval) -> Interval:
    return Interval(
        one.start,
        one.end,
        one.energy_wh + other.energy_wh,
        max(one.quality, other.quality, key=RANK.__getitem__),
    )
