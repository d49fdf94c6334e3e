"""Which readings the quarter-hours of an ended session rest on; without the others nothing changes."""

from dataclasses import replace
from datetime import datetime

from onetime.billing.intervals import profile, quarter_hour_number
from onetime.billing.registers.cleaning import clean
from onetime.billing.registers.readings import MeteredSession, Reading


def thinned(session: MeteredSession) -> list[Reading] | None:
    """Return the samples of an ended session that have to stay: the first and last of each quarter-hour.

    They bracket every cut, so registers, gaps and qualities at the cuts stay as they are. That is checked against
    the session as it was; None where it would not hold, or where the session has not ended.

    Raises:
        NeedsReviewError: If the session's two ends contradict each other.
    """
    if session.stop is None:
        return None
    chain = clean(session)
    wanted = _first_and_last(list(zip(chain.times, chain.registers, strict=True)))
    if chain.offset_wh:  # told from the first and last of them
        wanted |= set(chain.readings[:1] + chain.readings[-1:])
    low, high, offset = chain.start.register_wh, chain.end.register_wh, chain.offset_wh
    kept = [each for each in session.samples if (each.at, min(max(each.register_wh + offset, low), high)) in wanted]
    after = clean(replace(session, samples=kept))
    return kept if profile(after) == profile(chain) else None


def _first_and_last(points: list[tuple[datetime, int]]) -> set[tuple[datetime, int]]:
    quarters: dict[int, list[tuple[datetime, int]]] = {}
    for point in points:
        quarters.setdefault(quarter_hour_number(point[0]), []).append(point)
    return {point for quarter in quarters.values() for point in (quarter[0], quarter[-1])}
