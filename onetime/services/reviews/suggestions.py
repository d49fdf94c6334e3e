"""What a doubtful session most likely was, computed from its readings: a proposal for a person, never a bill."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlmodel import Session

from onetime.billing.registers.cleaning import clean
from onetime.billing.registers.contradictions import End
from onetime.billing.registers.counting import in_wh
from onetime.billing.registers.readings import (
    JITTER_WH,
    MeteredSession,
    Reading,
    highest_power_w,
    is_deliverable,
    review_reason,
)
from onetime.clock import is_plausible
from onetime.models import Connector, ReviewState, Transaction
from onetime.services.chargers.clocks import EARLIEST
from onetime.services.reviews.ends import CorrectedEnds
from onetime.services.sessions.judging.ends import belied, session_before
from onetime.services.sessions.judging.power import stood_still
from onetime.services.sessions.readings.metered import metered
from onetime.texts import Text, _

NEAR_ZERO_WH = 1_000  # a register below this after a fall began again at zero


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Ends to begin a correction with, and in words where they come from."""

    ends: CorrectedEnds
    because: Text


def suggest(session: Session, row: Transaction) -> Suggestion:
    """Return what a session most likely was."""
    connector = session.get_one(Connector, row.connector_id)
    measured = metered(session, row, connector.believable_power_w)
    measured = measured if review_reason(measured) is not None else in_wh(measured)
    start, stop = _times(row, measured.samples)
    offset = _offset_wh(measured)
    counted = (Reading(each.at, each.register_wh + offset) for each in measured.samples if start <= each.at <= stop)
    inside = sorted(counted, key=lambda each: each.at)
    first, last, because = (
        _belied(session, row, connector, measured)
        or _stood_still(session, row, connector)
        or _registers(row, inside, connector)
    )
    ends = CorrectedEnds(start, first, stop, max(first, last))
    is_new = because is None and (start, stop) != (row.started_at, row.stopped_at)
    return Suggestion(ends, because or (_("The times are when its messages arrived.") if is_new else _as_measured()))


def _offset_wh(measured: MeteredSession) -> int:
    """Return what is added to readings that count from another zero than the start."""
    if review_reason(measured) is not None:
        return 0  # a start above all readings is as likely
    return clean(MeteredSession(measured.start, None, measured.samples, measured.max_power_w)).offset_wh


def _belied(
    session: Session, row: Transaction, connector: Connector, measured: MeteredSession
) -> tuple[int, int, Text] | None:
    """Return the registers without a start that is belied."""
    if measured.stop is None or review_reason(measured) is not None:
        return None
    found = belied(session, row, connector, measured)
    if found is None or found.end is End.STOP:
        return None
    first, last = measured.start.register_wh, measured.stop.register_wh
    before = session_before(session, row)
    register = found.reading.register_wh
    if before is not None and before.meter_stop_wh is not None and first < before.meter_stop_wh <= register:
        register = before.meter_stop_wh
        return register, max(register, last), _("Where the session before it ended.")
    return register, max(register, last), _("The first reading that leads to the end.")


def _stood_still(session: Session, row: Transaction, connector: Connector) -> tuple[int, int, Text] | None:
    """Return the registers of a session whose meter stood still, with what its power adds up to.

    It begins where the one before it was corrected to, for the same reason.
    """
    found = stood_still(session, row, connector)
    if found is None or row.meter_stop_wh is None:
        return None
    before = session_before(session, row)
    was_corrected = before is not None and before.review_state is ReviewState.CORRECTED
    first = max(row.meter_start_wh, (before.meter_stop_wh or 0) if before is not None and was_corrected else 0)
    last = first + max(0, row.meter_stop_wh - row.meter_start_wh) + found.energy_wh
    return first, last, _("What the measured power adds up to, while the meter stood still.")


def _as_measured() -> Text:
    return _("As the charger said it.")


def _times(row: Transaction, samples: Sequence[Reading]) -> tuple[datetime, datetime]:
    """Return when a session began and ended, without instants that cannot be right."""
    start = row.started_at
    if start < EARLIEST and is_plausible(row.start_received_at):
        start = row.start_received_at
    latest = max((each.at for each in samples), default=start)
    stop = row.stopped_at or latest
    if stop < start or stop < EARLIEST:
        arrived = row.stop_received_at if row.stop_received_at and is_plausible(row.stop_received_at) else None
        stop = latest if latest > start else max(start, arrived or start)
    return start, stop


def _registers(row: Transaction, samples: Sequence[Reading], connector: Connector) -> tuple[int, int, Text | None]:
    """Return the register at both ends in Wh, and how it was found; None for as measured."""
    begin, end = row.meter_start_wh, row.meter_stop_wh
    shown = [begin, *(each.register_wh for each in samples), *([end] if end is not None else [])]
    restart = _restart(shown)
    if restart is not None:
        counted = _gain(shown[:restart]) + shown[-1]
        return begin, begin + counted, _("The register began again at zero on the way; both parts are added.")
    chain = _longest_non_decreasing(shown)
    if end is not None and end >= begin and chain[0] == begin and chain[-1] == end:
        return _within_power(row, samples, connector, end)
    if end is not None and end < begin and _count_anew(row, samples, end):
        return begin, begin + end, _("The readings and the end count this session alone, the start the meter’s life.")
    if samples and not _leads_from_start(row, samples, connector):
        chain = _longest_non_decreasing([each.register_wh for each in samples])
    if len(chain) > 1:
        return chain[0], chain[-1], _("The lowest and highest register of the readings that follow from each other.")
    return begin, begin, _("No reading says how much it was.")


def _count_anew(row: Transaction, samples: Sequence[Reading], end: int) -> bool:
    """Say whether readings begin at nought with the session, by the pace they go on with, and lead to its end."""
    if len(samples) < 2 or samples[0].at <= row.started_at:
        return False
    first, last = samples[0], samples[-1]
    rises = all(one.register_wh <= other.register_wh for one, other in pairwise(samples))
    lead, rest = first.at - row.started_at, last.at - first.at
    is_steady = first.register_wh * rest <= 2 * (last.register_wh - first.register_wh) * lead
    return rises and is_steady and first.register_wh >= 0 and last.register_wh <= end + JITTER_WH


def _leads_from_start(row: Transaction, samples: Sequence[Reading], connector: Connector) -> bool:
    """Say whether a session can have got from its start to the first of its readings."""
    gained, elapsed = samples[0].register_wh - row.meter_start_wh, samples[0].at - row.started_at
    return is_deliverable(gained, elapsed, highest_power_w(connector.believable_power_w))


def _within_power(
    row: Transaction, samples: Sequence[Reading], connector: Connector, end: int
) -> tuple[int, int, Text | None]:
    """Return the registers that the connector can have delivered."""
    begin = row.meter_start_wh
    if row.stopped_at is None or row.stopped_at < row.started_at:
        return begin, end, None  # without times there is no power
    stop = Reading(row.stopped_at, end)
    open_session = MeteredSession(Reading(row.started_at, begin), None, [*samples, stop], connector.believable_power_w)
    last = clean(open_session).end.register_wh
    if last == end:
        return begin, end, None
    return begin, last, _("The last reading that the connector can have delivered.")


def _restart(shown: Sequence[int]) -> int | None:
    """Return where a register began again at zero, if it did so once and counted on afterwards."""
    falls = [number for number in range(1, len(shown)) if shown[number] < shown[number - 1] - JITTER_WH]
    if len(falls) != 1 or shown[falls[0]] > NEAR_ZERO_WH or len(shown) - falls[0] < 2:
        return None
    return falls[0]


def _gain(shown: Sequence[int]) -> int:
    return max(shown) - shown[0]


def _longest_non_decreasing(shown: Sequence[int]) -> list[int]:
    """Return the longest run of registers, in their order, of which none is below the one before."""
    tops: list[int] = []
    chains: list[list[int]] = []
    for register in shown:
        pile = bisect_right(tops, register)
        chain = [*(chains[pile - 1] if pile else []), register]
        tops[pile : pile + 1] = [register]
        chains[pile : pile + 1] = [chain]
    return chains[-1] if chains else []
