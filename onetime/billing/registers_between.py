"""What a connector's register did between its sessions, by the readings that came then.

They shape the house's energy, and they are evidence: a register that rises like a charging car while no session is
known, rose for a session whose start was lost.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from onetime.billing.intervals import quarter_hour_number
from onetime.billing.registers.cleaning import Chain, clean
from onetime.billing.registers.readings import MeteredSession, Reading, is_faster_than_connector, review_reason

LOST_FROM_WH = 1_000  # less is standby, or a session given up at once


def first_and_last(readings: Iterable[Reading]) -> list[Reading]:
    """Return the first and last reading of each quarter-hour, in order: on them every cut rests.

    What is kept after its time has come is the same, so a sheet does not change by it.
    """
    quarters: dict[int, list[Reading]] = {}
    for each in sorted(readings):
        quarters.setdefault(quarter_hour_number(each.at), []).append(each)
    return [each for quarter in quarters.values() for each in dict.fromkeys((quarter[0], quarter[-1]))]


def gap_before(
    until: Reading, since: Reading | None, readings: Sequence[Reading], max_power_w: int | None
) -> tuple[Reading | None, Sequence[Reading]]:
    """Return where the gap before a session begins, and the readings in it.

    Without a session before, it begins at the first reading from which the register can have got to the session.
    """
    if since is not None:
        return since, readings
    for number, each in enumerate(readings):
        gap = MeteredSession(each, until, (), max_power_w)
        if review_reason(gap) is None and not is_faster_than_connector(gap):
            return each, readings[number + 1 :]
    return None, ()


def rest_after(since: Reading | None, readings: Sequence[Reading], max_power_w: int | None) -> Chain | None:
    """Return what the register did after the last session, or None where nothing is known for sure.

    Nothing bounds it from above, so the last reading only says that the one before was right; and without the
    connector's power any spike could be true.
    """
    if max_power_w is None or not readings:
        return None
    start = since or readings[0]
    chain = clean(MeteredSession(start, None, readings, max_power_w))
    if len(chain.times) < 3:
        return None
    return Chain(chain.times[:-1], chain.registers[:-1], is_open=False)


def rises(chain: Chain) -> list[tuple[Reading, Reading]]:
    """Return where a register rose by more than a standby takes, each from its last rest to the next."""
    found: list[tuple[Reading, Reading]] = []
    points = list(map(Reading, chain.times, chain.registers))
    begin: Reading | None = None
    for before, after in [*pairwise(points), (points[-1], points[-1])]:
        if after.register_wh > before.register_wh:
            begin = begin or before
        elif begin is not None:
            if before.register_wh - begin.register_wh >= LOST_FROM_WH:
                found.append((begin, before))
            begin = None
    return found
