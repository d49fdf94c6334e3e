"""The longest chain of readings that one meter on one connector could have shown."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from operator import le, lt, sub

from onetime.billing.registers.readings import (
    JITTER_WH,
    WATT_MICROSECONDS_PER_WH,
    Reading,
    is_deliverable,
    to_microseconds,
)

# Stands for "no limit is known": no connector delivers a terawatt.
UNLIMITED_W = 10**12


def is_chain(times: Sequence[datetime], registers: Sequence[int], limit_w: int | None) -> bool:
    """Say whether every reading follows from the one before it, as it does in nearly every session."""
    if not all(map(lt, times, times[1:])) or not all(map(le, registers, registers[1:])):
        return False
    return limit_w is None or _is_slow_enough(times, registers, limit_w)


def longest_chain(
    samples: Sequence[Reading], limit_w: int | None, first: Reading | None = None, last: Reading | None = None
) -> list[Reading]:
    """Return the longest chain of samples, oldest first, that leads from one anchor to the other.

    An anchor that is None binds nothing. Of two equally long chains the lower one stays. One reading may follow
    another if neither its register nor its headroom is lower. Headroom is the energy the connector could have
    delivered by then less what the register shows: it falls where the register rises faster than the connector can.
    Both conditions are transitive, so with the readings sorted by one, the longest non-decreasing subsequence of the
    other is the answer, and the order in time follows from the two. Each instant adds 10 Wh of headroom, which allows
    neighbours that much jitter.
    """
    points = set(samples)
    if not points:
        return []
    anchors = [each for each in (first, last) if each is not None]
    instants = sorted({each.at for each in [*anchors, *points]})
    rank = {at: position for position, at in enumerate(instants)}

    def headroom(reading: Reading) -> int:
        allowance = JITTER_WH * rank[reading.at] - reading.register_wh
        return (limit_w or UNLIMITED_W) * to_microseconds(reading.at) + allowance * WATT_MICROSECONDS_PER_WH

    ordered = sorted((headroom(each), each.register_wh, each.at) for each in points)
    least = ordered[0][0] if first is None else headroom(first)
    most = ordered[-1][0] if last is None else headroom(last)
    inside = [(register, at) for room, register, at in ordered if least <= room <= most]
    kept = _longest_non_decreasing([register for register, _at in inside])
    return [Reading(inside[index][1], inside[index][0]) for index in kept]


def _is_slow_enough(times: Sequence[datetime], registers: Sequence[int], limit_w: int) -> bool:
    """Say whether no reading is faster than the limit; first all at once by the largest step in the least time."""
    steps = list(map(sub, registers[1:], registers))
    gaps = list(map(sub, times[1:], times))
    if not steps or is_deliverable(max(steps), min(gaps), limit_w):
        return True
    return all(map(partial(is_deliverable, limit_w=limit_w), steps, gaps))


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
