"""Which readings of a session can be believed.

Chargers send readings twice, late, out of order, with spikes and after a reset. What is kept is the longest chain
of readings that one meter on one connector could have shown; nothing is made up in the place of the others.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from operator import le, lt, sub

from onetime.billing.readings import (
    JITTER_WH,
    WATT_MICROSECONDS_PER_WH,
    MeteredSession,
    NeedsReviewError,
    Reading,
    highest_power_w,
    is_deliverable,
    is_faster_than_connector,
    review_reason,
    to_microseconds,
)

# Stands for "no limit is known": no connector delivers a terawatt.
UNLIMITED_W = 10**12


@dataclass(frozen=True, slots=True)
class Chain:
    """The believable readings of a session, oldest first, anchors included.

    `times` are aware and strictly increasing, except that a session of no duration has the same instant twice.
    `registers` are Wh and never decrease. `is_open` says that the session has not ended, `is_corrected` that a
    person set its ends.
    """

    times: list[datetime]
    registers: list[int]
    is_open: bool
    is_corrected: bool = False

    @property
    def start(self) -> Reading:
        """Return the first anchor."""
        return Reading(self.times[0], self.registers[0])

    @property
    def end(self) -> Reading:
        """Return the last anchor: the stop, or the last good sample of an open session."""
        return Reading(self.times[-1], self.registers[-1])


def clean(session: MeteredSession) -> Chain:
    """Return the longest chain of readings one meter on this connector could have shown, anchors included.

    Dropped are duplicates, readings outside the session in time or by more than 10 Wh in register, readings that
    go back, and readings faster than the connector can deliver. Of two equally long chains the lower one stays.
    Where the anchors alone are too fast (see `is_faster_than_connector`), power says nothing about the samples.

    Raises:
        NeedsReviewError: If meterStop is below meterStart, or the stop is before the start.
    """
    reason = review_reason(session)
    if reason is not None:
        raise NeedsReviewError(reason)
    times, registers = _between_the_anchors(session)
    limit_w = _power_limit(session)
    if not _is_chain(*_with_anchors(session, times, registers), limit_w):
        times, registers = _longest_chain(session, list(zip(times, registers, strict=True)), limit_w)
    return Chain(
        *_with_anchors(session, times, registers), is_open=session.stop is None, is_corrected=session.is_corrected
    )


def _power_limit(session: MeteredSession) -> int | None:
    """Return the most watts the connector delivers, or None if that is not known or the anchors belie it."""
    if session.max_power_w is None or is_faster_than_connector(session):
        return None
    return highest_power_w(session.max_power_w)


def _with_anchors(
    session: MeteredSession, times: list[datetime], registers: list[int]
) -> tuple[list[datetime], list[int]]:
    """Return times and registers with the session's start before them and its stop, if any, behind."""
    times = [session.start.at, *times]
    registers = [session.start.register_wh, *registers]
    if session.stop is not None:
        times.append(session.stop.at)
        registers.append(session.stop.register_wh)
    return times, registers


def _between_the_anchors(session: MeteredSession) -> tuple[list[datetime], list[int]]:
    """Return times and registers, oldest first, of the samples that lie between the anchors."""
    times = [sample.at for sample in session.samples]
    registers = [sample.register_wh for sample in session.samples]
    if not all(map(lt, times, times[1:])):
        in_order = sorted(set(zip(times, registers, strict=True)))
        times, registers = [at for at, _ in in_order], [register for _, register in in_order]
    first = bisect_right(times, session.start.at)
    last = len(times) if session.stop is None else bisect_left(times, session.stop.at)
    times, registers = times[first:last], registers[first:last]
    if not registers:
        return times, registers
    low = session.start.register_wh
    high = max(registers) if session.stop is None else session.stop.register_wh
    if low <= min(registers) and max(registers) <= high:
        return times, registers
    kept = [
        (at, min(max(register, low), high))
        for at, register in zip(times, registers, strict=True)
        if low - JITTER_WH <= register <= high + JITTER_WH
    ]
    return [at for at, _ in kept], [register for _, register in kept]


def _is_chain(times: list[datetime], registers: list[int], limit_w: int | None) -> bool:
    """Say whether every reading follows from the one before it, as it does in nearly every session."""
    if len(times) == 2:
        return True
    if not all(map(lt, times, times[1:])) or not all(map(le, registers, registers[1:])):
        return False
    return limit_w is None or _is_slow_enough(times, registers, limit_w)


def _is_slow_enough(times: list[datetime], registers: list[int], limit_w: int) -> bool:
    """Say whether no reading is faster than the limit; first all at once by the largest step in the least time."""
    steps = list(map(sub, registers[1:], registers))
    gaps = list(map(sub, times[1:], times))
    if not steps or is_deliverable(max(steps), min(gaps), limit_w):
        return True
    return all(map(partial(is_deliverable, limit_w=limit_w), steps, gaps))


def _longest_chain(
    session: MeteredSession, samples: list[tuple[datetime, int]], limit_w: int | None
) -> tuple[list[datetime], list[int]]:
    """Return times and registers of the longest chain of samples that leads from anchor to anchor.

    One reading may follow another if neither its register nor its headroom is lower. Headroom is the energy the
    connector could have delivered by then less what the register shows: it falls where the register rises faster
    than the connector can. Both conditions are transitive, so with the readings sorted by one, the longest
    non-decreasing subsequence of the other is the answer, and the order in time follows from the two. Each instant
    adds 10 Wh of headroom, which allows neighbours that much jitter.
    """
    anchors = list(zip(*_with_anchors(session, [], []), strict=True))
    instants = sorted({at for at, _ in [*anchors, *samples]})
    rank = {at: position for position, at in enumerate(instants)}

    def headroom(at: datetime, register: int) -> int:
        allowance = JITTER_WH * rank[at] - register
        return (limit_w or UNLIMITED_W) * to_microseconds(at) + allowance * WATT_MICROSECONDS_PER_WH

    ordered = sorted((headroom(at, register), register, at) for at, register in set(samples))
    least = headroom(*anchors[0])
    most = ordered[-1][0] if session.stop is None else headroom(*anchors[1])
    ordered = [point for point in ordered if least <= point[0] <= most]
    kept = [ordered[index] for index in _longest_non_decreasing([register for _, register, _ in ordered])]
    return [at for _, _, at in kept], [register for _, register, _ in kept]


def _longest_non_decreasing(values: list[int]) -> list[int]:
    """Return the positions of a longest non-decreasing subsequence, in O(n log n) by patience sorting."""
    tops: list[int] = []
    top_positions: list[int] = []
    previous: list[int] = []
    for position, value in enumerate(values):
        pile = bisect_right(tops, value)
        previous.append(top_positions[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [value]
        top_positions[pile : pile + 1] = [position]
    positions: list[int] = []
    position = top_positions[-1] if top_positions else -1
    while position >= 0:
        positions.append(position)
        position = previous[position]
    return positions[::-1]
