"""Where a register leapt on the way and stayed there, so that both ends are believable and their difference is not.

The longest chain then passes over the readings beside the leap, as it passes over spikes. But a spike comes from
nowhere and leads nowhere; readings that count on from the one before them, or to the one after, belie the leap.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import groupby, pairwise

from onetime.billing.registers.cleaning import Chain, samples_inside
from onetime.billing.registers.readings import JITTER_WH, MeteredSession, Reading

LEAST_READINGS = 3  # fewer may count on by chance
LEAP_WH = 1_000  # less may be a register that counts in whole kWh
SLIP_WH = 100


def before_a_leap(session: MeteredSession, chain: Chain) -> Reading | None:
    """Return the last reading before a leap that ``chain``, made of an ended session's readings, has passed over."""
    for before, run, after in _passed_over(session, chain):
        gained, length = run[-1].register_wh - run[0].register_wh, run[-1].at - run[0].at
        if len(run) < LEAST_READINGS or gained < SLIP_WH or not _rises(run):
            continue

        def is_at_its_pace(one: Reading, other: Reading, gained: int = gained, length: timedelta = length) -> bool:
            risen = other.register_wh - one.register_wh
            return -SLIP_WH <= risen <= SLIP_WH + 2 * gained * (other.at - one.at) // length

        follows, leads = is_at_its_pace(before, run[0]), is_at_its_pace(run[-1], after)
        expected_wh = 2 * gained * (after.at - before.at) // length
        if (follows or leads) and after.register_wh - before.register_wh - expected_wh >= LEAP_WH:
            return run[-1] if follows else before
    return None


def _rises(run: Sequence[Reading]) -> bool:
    return all(one.at < other.at and one.register_wh <= other.register_wh for one, other in pairwise(run))


def _passed_over(session: MeteredSession, chain: Chain) -> Iterator[tuple[Reading, list[Reading], Reading]]:
    """Yield each row of readings that are not in the chain, with those of it before and after."""
    kept = dict(zip(chain.times, chain.registers, strict=True))
    inside = map(Reading, *samples_inside(session))
    marked = [(each, abs(kept.get(each.at, -SLIP_WH) - each.register_wh) <= JITTER_WH) for each in inside]
    before = chain.start
    rows = [(is_kept, [each for each, _is_kept in row]) for is_kept, row in groupby(marked, key=lambda each: each[1])]
    for number, (is_kept, row) in enumerate(rows):
        if not is_kept:
            yield before, row, rows[number + 1][1][0] if number + 1 < len(rows) else chain.end
        before = row[-1] if is_kept else before
