"""Which readings of a session can be believed.

Chargers send readings twice, late, out of order, with spikes and after a reset, and some count them from another
zero than a session's ends. What is kept is the longest chain of readings that one meter on one connector could have
shown; nothing is made up in the place of the others.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import lt

from onetime.billing.registers.chains import is_chain, longest_chain
from onetime.billing.registers.counting import counted_from_zero, counted_through, in_wh
from onetime.billing.registers.readings import (
    JITTER_WH,
    MeteredSession,
    NeedsReviewError,
    Reading,
    highest_power_w,
    is_faster_than_connector,
    review_reason,
)


@dataclass(frozen=True, slots=True)
class Chain:
    """The believable readings of a session, oldest first, anchors included.

    `times` are aware and strictly increasing, except that a session of no duration has the same instant twice.
    `registers` are Wh and never decrease. `is_open` says that the session has not ended, `is_corrected` that a
    person set its ends. `offset_wh` is what was added to the readings in between, which a charger may count from
    another zero than the ends.
    """

    times: list[datetime]
    registers: list[int]
    is_open: bool
    is_corrected: bool = False
    offset_wh: int = 0

    @property
    def start(self) -> Reading:
        """Return the first anchor."""
        return Reading(self.times[0], self.registers[0])

    @property
    def end(self) -> Reading:
        """Return the last anchor: the stop, or the last good sample of an open session."""
        return Reading(self.times[-1], self.registers[-1])

    @property
    def readings(self) -> list[Reading]:
        """Return the readings between the anchors, counted like these."""
        inner = slice(1, None if self.is_open else -1)
        return list(map(Reading, self.times[inner], self.registers[inner]))


def clean(session: MeteredSession) -> Chain:
    """Return the longest chain of readings one meter on this connector could have shown, anchors included.

    Dropped are duplicates, readings outside the session in time or by more than 10 Wh in register, readings that
    go back, and readings faster than the connector can deliver. Of two equally long chains the lower one stays.
    Where the anchors alone are too fast (see `is_faster_than_connector`), power says nothing about the samples.
    Readings that count from another zero than the anchors (lbbrhzn/ocpp #2093, PR #919), or in kWh, are brought to
    theirs.

    Raises:
        NeedsReviewError: If meterStop is below meterStart, or the stop is before the start.
    """
    reason = review_reason(session)
    if reason is not None:
        raise NeedsReviewError(reason)
    session = in_wh(session)
    times, registers = samples_inside(session)
    limit_w = power_limit(session)
    chain = _chain(session, times, registers, limit_w, 0)
    if len(chain.times) - len(times) == (1 if session.stop is None else 2):
        return chain
    samples = list(map(Reading, times, registers))
    from_zero = counted_from_zero(session, samples)
    if from_zero is not None:
        other = _chain(session, times, registers, limit_w, from_zero)
        if _is_better(other.readings, chain.readings):
            return other
    through = counted_through(session, samples, limit_w)
    if through is not None:
        other = _chain(session, times, registers, limit_w, through)
        # Of an open session nobody knows yet how much it may be: there a doubt goes to the plain reading of it.
        least = 2 * len(chain.readings) if session.stop is None else len(chain.readings)
        if len(other.readings) > least:
            return other
    return chain


def samples_inside(session: MeteredSession) -> tuple[list[datetime], list[int]]:
    """Return times and registers of the samples between a session's start and its stop, oldest first."""
    times = [sample.at for sample in session.samples]
    registers = [sample.register_wh for sample in session.samples]
    if not all(map(lt, times, times[1:])):
        in_order = sorted(set(zip(times, registers, strict=True)))
        times, registers = [at for at, _ in in_order], [register for _, register in in_order]
    first = bisect_right(times, session.start.at)
    last = len(times) if session.stop is None else bisect_left(times, session.stop.at)
    return times[first:last], registers[first:last]


def power_limit(session: MeteredSession) -> int | None:
    """Return the most watts the connector delivers, or None if that is not known or the anchors belie it."""
    if session.max_power_w is None or is_faster_than_connector(session):
        return None
    return highest_power_w(session.max_power_w)


def _chain(
    session: MeteredSession, times: list[datetime], registers: list[int], limit_w: int | None, offset_wh: int
) -> Chain:
    """Return the longest chain between the anchors of readings that are off by so much."""
    if offset_wh:
        registers = [register + offset_wh for register in registers]
    times, registers = _between_the_anchors(session, times, registers)
    all_times, all_registers = _with_anchors(session, times, registers)
    if times and not is_chain(all_times, all_registers, limit_w):
        stop = None if session.stop is None else _stop(session)
        kept = longest_chain(list(map(Reading, times, registers)), limit_w, session.start, stop)
        all_times, all_registers = _with_anchors(session, [each.at for each in kept], [r for _at, r in kept])
    return Chain(all_times, all_registers, session.stop is None, session.is_corrected, offset_wh)


def _is_better(other: Sequence[Reading], plain: Sequence[Reading]) -> bool:
    """Say whether readings that count from zero explain more, and from the start: a reset begins later."""
    return len(other) > len(plain) and (not plain or other[0].at <= plain[0].at)


def _stop(session: MeteredSession) -> Reading:
    """Return the second anchor; a register that ends a jitter below its start has not moved (lbbrhzn/ocpp #1810)."""
    stop = session.stop
    assert stop is not None  # noqa: S101 - only asked of sessions that have one
    return stop if stop.register_wh >= session.start.register_wh else Reading(stop.at, session.start.register_wh)


def _with_anchors(
    session: MeteredSession, times: list[datetime], registers: list[int]
) -> tuple[list[datetime], list[int]]:
    """Return times and registers with the session's start before them and its stop, if any, behind."""
    times = [session.start.at, *times]
    registers = [session.start.register_wh, *registers]
    if session.stop is not None:
        times.append(session.stop.at)
        registers.append(_stop(session).register_wh)
    return times, registers


def _between_the_anchors(
    session: MeteredSession, times: list[datetime], registers: list[int]
) -> tuple[list[datetime], list[int]]:
    """Return times and registers of the samples that lie between the anchors, give or take the jitter."""
    if not registers:
        return times, registers
    low = session.start.register_wh
    high = max(low, *registers) if session.stop is None else _stop(session).register_wh
    if low <= min(registers) and max(registers) <= high:
        return times, registers
    kept = [
        (at, min(max(register, low), high))
        for at, register in zip(times, registers, strict=True)
        if low - JITTER_WH <= register <= high + JITTER_WH
    ]
    return [at for at, _ in kept], [register for _, register in kept]
