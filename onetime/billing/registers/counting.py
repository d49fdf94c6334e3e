"""From which zero a session's readings count, and in which unit, where that is another one than its ends'.

Some chargers give their lifetime register at a session's ends and count each session anew in its readings (Grizzl-E,
lbbrhzn/ocpp #2093); others do it the other way round (ABB Terra AC, lbbrhzn/ocpp PR #919).
"""

from collections.abc import Sequence
from dataclasses import replace

from onetime.billing.registers.chains import longest_chain
from onetime.billing.registers.readings import JITTER_WH, MeteredSession, Reading, is_deliverable

BELOW_WH = 100  # a reading below meterStart by less than this may be a slip of the meter
LIFE_WH = 1_000  # a register beyond reach by less than this may be one of the session that came late


WH_PER_KWH = 1_000
LEAST_IN_KWH_WH = 2_000  # a session of less shows too few different kWh to prove a unit


def in_wh(session: MeteredSession) -> MeteredSession:
    """Return a session with its readings in Wh, where all of them are kWh told without a unit.

    Without one they are Wh (OCPP 1.6 edition 2, section 7.43). A thousandth of the ends, from the first to the last, is
    no register of the session's own, where the session is long enough to tell, or its energy is less than they show.
    """
    stop = session.stop
    if stop is None or session.start.register_wh < 10 * WH_PER_KWH or len(session.samples) < 2:
        return session
    low, high = session.start.register_wh - WH_PER_KWH, stop.register_wh + WH_PER_KWH
    energy_wh = stop.register_wh - session.start.register_wh
    if energy_wh < LEAST_IN_KWH_WH and min(each.register_wh for each in session.samples) <= energy_wh + WH_PER_KWH:
        return session
    if not all(low <= each.register_wh * WH_PER_KWH <= high for each in session.samples):
        return session
    return replace(session, samples=[Reading(at, register * WH_PER_KWH) for at, register in session.samples])


def counted_from_zero(session: MeteredSession, samples: Sequence[Reading]) -> int | None:
    """Return what to add to readings that count each session anew under ends that count for life, or None.

    A reading below meterStart proves it: a meter that counts for life shows no less.
    """
    low = session.start.register_wh
    if any(0 <= each.register_wh < low - BELOW_WH for each in samples):
        return low
    return None


def counted_through(session: MeteredSession, samples: Sequence[Reading], limit_w: int | None) -> int | None:
    """Return what to add to readings that count for life under ends that begin at zero, or None; it is negative.

    Two readings or more prove it that the connector cannot have got to from zero, or that lie above meterStop, while
    they rise by no more than the ends do. What flowed before the first of them is not known: of what they leave of
    the session's energy it gets its share of the time. Of an open session it is taken for nothing.
    """
    start, stop = session.start, session.stop
    if start.register_wh > JITTER_WH or len(samples) < 2:
        return None
    beyond = [each for each in samples if _is_beyond(each, session, limit_w)]
    if len(beyond) < 2 or (limit_w is not None and _is_reached(beyond[0], session, limit_w)):
        return None
    first = longest_chain(beyond, limit_w)[0]
    later = [each for each in samples if each.at > first.at and each.register_wh >= first.register_wh]
    last = (longest_chain(later, limit_w, first) or [first])[-1]
    if last.at == first.at or (stop is not None and last.register_wh <= stop.register_wh + LIFE_WH):
        return None
    lead_wh = 0
    if stop is not None:
        room_wh = stop.register_wh - start.register_wh - (last.register_wh - first.register_wh)
        if room_wh < -JITTER_WH:
            return None
        lead, rest = first.at - start.at, stop.at - last.at
        lead_wh = max(0, room_wh) * lead // (lead + rest) if lead + rest else 0
    return start.register_wh + lead_wh - first.register_wh


def _is_beyond(reading: Reading, session: MeteredSession, limit_w: int | None) -> bool:
    is_above = session.stop is not None and reading.register_wh > session.stop.register_wh + LIFE_WH
    return is_above or (limit_w is not None and not _is_reached(reading, session, limit_w))


def _is_reached(reading: Reading, session: MeteredSession, limit_w: int) -> bool:
    """Say whether the connector can have delivered by then what a reading shows, or nearly."""
    gained = reading.register_wh - session.start.register_wh - LIFE_WH
    return is_deliverable(gained, reading.at - session.start.at, limit_w)
