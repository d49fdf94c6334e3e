"""Where the readings of a session belie one of its ends.

meterStart and meterStop are two reads of the meter like any other, and as often wrong: meterStop = meterStart
although the samples rose (SteVe #1264), meterStart 0 on a meter that counts for life (SteVe #2058). Readings that
follow from one end and cannot lead to the other doubt that one; a reading that fits neither is only a bad reading.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from onetime.billing.registers.chains import longest_chain
from onetime.billing.registers.cleaning import Chain, clean, power_limit, samples_inside
from onetime.billing.registers.counting import BELOW_WH, in_wh
from onetime.billing.registers.leaps import before_a_leap
from onetime.billing.registers.readings import JITTER_WH, MeteredSession, Reading, highest_power_w, is_deliverable

MATERIAL_WH = 50  # less than this changes no bill by a Rappen worth a person's time
COARSE_WH = 1_000  # some chargers show whole kWh in their readings and Wh in the ends
COARSE_COUNT = 3  # so many different round readings are no chance


class End(StrEnum):
    """Which end of a session."""

    START = "start"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """The end that is belied, and the reading that does it, counted like the ends."""

    end: End
    reading: Reading


def contradiction(session: MeteredSession, *, times_are_known: bool = True) -> Contradiction | None:
    """Return which end of an ended session its readings belie, or None.

    Readings and ends are compared with one zero: see `registers.counting`. The ends must not contradict each
    other (`review_reason`). Where the times are not the charger's own (`times_are_known`), speed proves nothing.
    """
    session = in_wh(session)
    times, registers = samples_inside(session)
    if session.stop is None or not times:
        return None
    samples = list(map(Reading, times, registers))
    chain = clean(session)
    if chain.offset_wh < 0:
        return None  # it was recognised by fitting between the ends
    tolerance_wh = _tolerance_wh(session, registers)
    says_speed = times_are_known and session.max_power_w is not None
    limit_w = highest_power_w(session.max_power_w or 0) if says_speed else None
    from_start = clean(replace(session, stop=None, samples=samples))
    if from_start.offset_wh > 0 and chain.offset_wh == 0 and _leads_nearer(session, session.stop, samples):
        return _belied_start(session, session.stop, samples, tolerance_wh, limit_w)
    if from_start.offset_wh > 0 and not any(registers):
        return None  # a register that shows nought all the time is none, and proves nothing
    follows = from_start.offset_wh >= 0  # one that counts through life is only guessed to begin at the start
    found = _belied_stop(from_start, session.stop, tolerance_wh, limit_w) if follows else None
    if found is None and chain.offset_wh == 0:
        found = _belied_start(session, session.stop, samples, tolerance_wh, limit_w)
    if found is None and not chain.readings and not from_start.readings:
        return _own_life(samples, session, tolerance_wh)
    leap = before_a_leap(session, chain) if found is None and chain.offset_wh == 0 else None
    return Contradiction(End.STOP, leap) if leap is not None else found


def _belied_stop(from_start: Chain, stop: Reading, tolerance_wh: int, limit_w: int | None) -> Contradiction | None:
    """Compare meterStop with the last reading that follows from meterStart."""
    if not from_start.readings:
        return None
    last = from_start.end
    is_above = last.register_wh > stop.register_wh + tolerance_wh
    if is_above or not _leads_to(last, stop, tolerance_wh, limit_w):
        return Contradiction(End.STOP, last)
    return None


def _belied_start(
    session: MeteredSession, stop: Reading, samples: Sequence[Reading], tolerance_wh: int, limit_w: int | None
) -> Contradiction | None:
    """Compare meterStart with the first reading that leads to meterStop."""
    leading = _leading(session, stop, samples)
    if not leading:
        return None
    first = leading[0]
    is_below = first.register_wh < session.start.register_wh - max(tolerance_wh, BELOW_WH)
    if is_below or not _leads_to(session.start, first, tolerance_wh, limit_w):
        return Contradiction(End.START, first)
    return None


def _leading(session: MeteredSession, stop: Reading, samples: Sequence[Reading]) -> list[Reading]:
    """Return the readings that lead to meterStop, counted like it."""
    possible = [each for each in samples if 0 <= each.register_wh <= stop.register_wh + JITTER_WH]
    return longest_chain(possible, power_limit(session), None, stop)


def _leads_nearer(session: MeteredSession, stop: Reading, samples: Sequence[Reading]) -> bool:
    """Say whether readings below meterStart lead to meterStop by a smaller leap than from nought to the first of them.

    Then they count like the ends, of which the start is the wrong one; else they count each session anew.
    """
    leading = _leading(session, stop, samples)
    return bool(leading) and stop.register_wh - leading[-1].register_wh < leading[0].register_wh


def _own_life(samples: Sequence[Reading], session: MeteredSession, tolerance_wh: int) -> Contradiction | None:
    """Doubt both ends where no reading fits them, but several follow from each other and rise by more."""
    assert session.stop is not None  # noqa: S101 - asked of ended sessions
    alone = longest_chain(samples, power_limit(session))
    if len(alone) < COARSE_COUNT:
        return None
    risen = alone[-1].register_wh - alone[0].register_wh
    if risen <= session.stop.register_wh - session.start.register_wh + tolerance_wh:
        return None
    return Contradiction(End.STOP, alone[-1])


def _leads_to(one: Reading, other: Reading, tolerance_wh: int, limit_w: int | None) -> bool:
    """Say whether the connector can have delivered what lies between two readings."""
    gained = other.register_wh - one.register_wh - tolerance_wh
    return limit_w is None or is_deliverable(gained, other.at - one.at, limit_w)


def _tolerance_wh(session: MeteredSession, registers: Sequence[int]) -> int:
    """Return how far a reading may be from an end: a kWh where readings are rounded to whole ones and an end is not.

    Of one or two that may be chance, so only as much as rounding half up would explain.
    """
    assert session.stop is not None  # noqa: S101 - asked of ended sessions
    ends = (session.start.register_wh, session.stop.register_wh)
    if any(each % COARSE_WH for each in registers) or not any(each % COARSE_WH for each in ends):
        return MATERIAL_WH
    return COARSE_WH - 1 if len(set(registers)) >= COARSE_COUNT else COARSE_WH // 2
