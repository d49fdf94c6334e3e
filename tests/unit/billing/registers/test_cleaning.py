"""Which readings of a session are kept."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onetime.billing.registers.cleaning import clean
from onetime.billing.registers.readings import (
    JITTER_WH,
    MeteredSession,
    NeedsReviewError,
    Reading,
    ReviewReason,
    highest_power_w,
    is_deliverable,
    is_faster_than_connector,
    review_reason,
)
from tests.unit.billing.factories import MORNING, session


def kept(metered: MeteredSession) -> list[tuple[float, int]]:
    """Return what is left of a session as (minute, Wh)."""
    chain = clean(metered)
    minutes = [(at - MORNING) / timedelta(minutes=1) for at in chain.times]
    return list(zip(minutes, chain.registers, strict=True))


def test_clean_readings_are_all_kept() -> None:
    assert kept(session((0, 0), (3, 300), [(1, 100), (2, 200)])) == [(0, 0), (1, 100), (2, 200), (3, 300)]


def test_readings_out_of_order_are_put_in_order() -> None:
    assert kept(session((0, 0), (3, 300), [(2, 200), (1, 100)])) == [(0, 0), (1, 100), (2, 200), (3, 300)]


def test_a_reading_sent_twice_is_kept_once() -> None:
    assert kept(session((0, 0), (2, 200), [(1, 100), (1, 100)])) == [(0, 0), (1, 100), (2, 200)]


def test_of_two_readings_at_one_instant_only_one_is_kept() -> None:
    chain = kept(session((0, 0), (2, 200), [(1, 100), (1, 120)]))

    assert [minute for minute, _ in chain] == [0, 1, 2]


def test_readings_outside_the_session_are_dropped() -> None:
    metered = session((0, 500), (10, 900), [(-1, 600), (0, 510), (5, 700), (10, 890), (11, 800)])

    assert kept(metered) == [(0, 500), (5, 700), (10, 900)]


def test_a_spike_does_not_cost_what_follows_it() -> None:
    samples = [(1, 100), (2, 900), (3, 300), (4, 400)]

    assert kept(session((0, 0), (10, 1000), samples)) == [(0, 0), (1, 100), (3, 300), (4, 400), (10, 1000)]


def test_a_dropout_to_zero_does_not_cost_what_precedes_it() -> None:
    samples = [(1, 100), (2, 200), (3, 0), (4, 400)]

    assert kept(session((0, 0), (5, 500), samples)) == [(0, 0), (1, 100), (2, 200), (4, 400), (5, 500)]


@pytest.mark.parametrize(("register", "expected"), [(990, 1000), (2010, 2000)])
def test_jitter_of_ten_wh_around_the_anchors_is_clamped(register: int, expected: int) -> None:
    assert kept(session((0, 1000), (10, 2000), [(5, register)])) == [(0, 1000), (5, expected), (10, 2000)]


@pytest.mark.parametrize("register", [989, 2011])
def test_more_than_jitter_outside_the_anchors_is_dropped(register: int) -> None:
    assert kept(session((0, 1000), (10, 2000), [(5, register)])) == [(0, 1000), (10, 2000)]


def test_a_reading_faster_than_the_connector_is_dropped() -> None:
    # 11 kW deliver 183 Wh in a minute; 2 kWh after two minutes were never charged.
    samples = [(1, 150), (2, 2000), (20, 2500)]

    assert kept(session((0, 0), (60, 9000), samples, max_power_w=11_000)) == [
        (0, 0),
        (1, 150),
        (20, 2500),
        (60, 9000),
    ]


def test_the_last_reading_of_an_open_session_may_not_outrun_the_connector() -> None:
    assert kept(session((0, 0), None, [(1, 150), (2, 5_000_000)], max_power_w=11_000)) == [(0, 0), (1, 150)]


def test_a_register_that_hung_gives_way_to_what_the_connector_could_deliver() -> None:
    hung = [(minute, 0) for minute in range(1, 60)]
    caught_up = [(60 + minute, 9000 + 150 * minute) for minute in range(60)]

    chain = kept(session((0, 0), (120, 18_000), [*hung, *caught_up], max_power_w=11_000))

    assert set(caught_up) < set(chain)
    assert (59, 0) not in chain


def test_power_says_nothing_where_the_anchors_already_outrun_the_connector() -> None:
    metered = session((0, 0), (2, 9000), [(1, 4000)], max_power_w=11_000)

    assert is_faster_than_connector(metered)
    assert kept(metered) == [(0, 0), (1, 4000), (2, 9000)]


def test_mains_ten_percent_above_nominal_are_believed() -> None:
    assert not is_faster_than_connector(session((0, 0), (60, 12_100), max_power_w=11_000))
    assert is_faster_than_connector(session((0, 0), (60, 12_111), max_power_w=11_000))


def test_a_meter_that_went_back_needs_review() -> None:
    metered = session((0, 5000), (60, 12), [(30, 5500)])

    assert review_reason(metered) is ReviewReason.METER_WENT_BACK
    with pytest.raises(NeedsReviewError, match="meter showed less") as caught:
        clean(metered)
    assert caught.value.reason is ReviewReason.METER_WENT_BACK


def test_a_clock_that_went_back_needs_review() -> None:
    metered = session((60, 0), (0, 500))

    assert review_reason(metered) is ReviewReason.CLOCK_WENT_BACK
    with pytest.raises(NeedsReviewError, match="clock"):
        clean(metered)


def test_an_open_session_never_needs_review() -> None:
    assert review_reason(session((0, 500), None)) is None


SAMPLES = st.lists(st.tuples(st.integers(1, 30), st.integers(-20, 620)), max_size=12)


@given(SAMPLES, st.sampled_from([None, 700, 1_500, 22_000]))
def test_no_longer_chain_exists(samples: list[tuple[int, int]], max_power_w: int | None) -> None:
    metered = session((0, 0), (31, 600), samples, max_power_w)

    assert len(clean(metered).times) == _longest_by_trying(metered)


@given(SAMPLES, st.sampled_from([None, 700, 22_000]))
def test_a_chain_rises_in_time_and_never_falls_in_energy(
    samples: list[tuple[int, int]], max_power_w: int | None
) -> None:
    chain = clean(session((0, 0), (31, 600), samples, max_power_w))

    assert all(earlier < later for earlier, later in pairwise(chain.times))
    assert all(earlier <= later for earlier, later in pairwise(chain.registers))


def _longest_by_trying(metered: MeteredSession) -> int:
    """Return the length of the longest chain, by comparing every reading with every other."""
    assert metered.stop is not None
    low, high = metered.start.register_wh, metered.stop.register_wh
    inner = {
        (sample.at, min(max(sample.register_wh, low), high))
        for sample in metered.samples
        if low - JITTER_WH <= sample.register_wh <= high + JITTER_WH
    }
    first, last = (metered.start.at, low), (metered.stop.at, high)
    points = [first, *sorted(inner), last]
    rank = {at: number for number, at in enumerate(sorted({at for at, _ in points}))}

    def may_follow(one: Reading, other: Reading) -> bool:
        instants = rank[other.at] - rank[one.at]
        energy = other.register_wh - one.register_wh - JITTER_WH * (instants - 1)
        if one.at >= other.at or one.register_wh > other.register_wh:
            return False
        if metered.max_power_w is None or is_faster_than_connector(metered):
            return True
        return is_deliverable(energy, other.at - one.at, highest_power_w(metered.max_power_w))

    readings = [Reading(*point) for point in points]
    longest = [1] + [0] * (len(readings) - 1)
    for later, other in enumerate(readings):
        for earlier, one in enumerate(readings[:later]):
            if longest[earlier] and may_follow(one, other):
                longest[later] = max(longest[later], longest[earlier] + 1)
    return longest[-1]


RELATIVE = [(15, 5_000), (30, 9_000), (45, 9_500)]


def test_readings_of_the_session_alone_are_counted_on_from_a_start_of_a_lifetime() -> None:
    """lbbrhzn/ocpp #2093: Grizzl-E."""
    metered = session((0, 4_076_400), (60, 4_086_000), RELATIVE, max_power_w=22_000)
    assert kept(metered) == [(0, 4_076_400), (15, 4_081_400), (30, 4_085_400), (45, 4_085_900), (60, 4_086_000)]


def test_they_are_while_the_session_runs_too() -> None:
    assert kept(session((0, 4_076_400), None, RELATIVE, max_power_w=22_000))[-1] == (45, 4_085_900)


def test_readings_of_a_lifetime_under_ends_of_the_session_keep_their_shape() -> None:
    """lbbrhzn/ocpp PR #919: what the readings leave over of the energy is shared by time."""
    samples = [(minute, 1_234_567 + wh) for minute, wh in [(15, 1_000), (30, 6_000), (45, 6_100)]]
    metered = session((0, 0), (60, 6_600), samples, max_power_w=22_000)
    assert kept(metered) == [(0, 0), (15, 750), (30, 5_750), (45, 5_850), (60, 6_600)]


def test_two_registers_in_one_session_are_not_mixed() -> None:
    samples = [each for n in range(1, 5) for each in ((15 * n - 0.5, 1_500 * n), (15 * n, 1_234_567 + 1_500 * n))]
    chain = kept(session((0, 0), (65, 6_400), samples, max_power_w=22_000))
    assert [register for _minute, register in chain] == [0, 1_500, 3_000, 4_500, 6_000, 6_400]


def test_a_meter_that_begins_again_on_the_way_is_not_taken_for_one_of_the_session() -> None:
    samples = [(10, 51_000), (20, 52_000), (30, 0), (40, 500), (50, 1_000), (60, 1_500)]
    assert kept(session((0, 50_000), None, samples, max_power_w=22_000))[-1] == (20, 52_000)


def test_a_jitter_backwards_is_no_energy() -> None:
    """lbbrhzn/ocpp #1810: Huawei stops at one Wh less than it began with."""
    assert kept(session((0, 269_456), (40, 269_455), [(1, 269_460)])) == [(0, 269_456), (1, 269_456), (40, 269_456)]
