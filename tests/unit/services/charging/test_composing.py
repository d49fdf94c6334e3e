"""What several charging profiles allow together (checklist 42)."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onetime.services.charging.composing import ComposedPeriod, HeldProfile, allowed_at, compose
from onetime.services.ocpp_actions.smart_charging import ChargingProfile, ChargingRateUnit

NOON = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)
AMPERE, WATT = ChargingRateUnit.AMPERE, ChargingRateUnit.WATT
MAX, DEFAULT, TX = "ChargePointMaxProfile", "TxDefaultProfile", "TxProfile"


def held(connector: int, purpose: str, *periods: tuple[int, float], level: int = 0, **more: Any) -> HeldProfile:
    """Return a profile; periods are (start in s, limit). Times are of the schedule unless named otherwise."""
    schedule = {
        "charging_rate_unit": more.pop("unit", "A"),
        "charging_schedule_period": [
            {"start_period": start, "limit": limit, "number_phases": more.get("phases")} for start, limit in periods
        ],
        "start_schedule": more.pop("start", NOON),
        "duration": more.pop("duration", None),
    }
    more.pop("phases", None)
    kind = more.pop("kind", "Absolute")
    if kind == "Relative":
        schedule["start_schedule"] = None
    content = {"charging_profile_id": 1, "stack_level": level, "charging_profile_purpose": purpose,
               "charging_profile_kind": kind, "charging_schedule": schedule, **more}  # fmt: skip
    return HeldProfile(connector, ChargingProfile.model_validate(content))


def composed(*profiles: HeldProfile, hours: float = 24, began: datetime | None = NOON, **more: Any) -> list[Any]:
    periods = compose(profiles, more.get("connector", 1), NOON, int(hours * 3600), more.get("unit", AMPERE), began)
    return [(period.start_s, period.limit) for period in periods]


def test_without_profiles_nothing_limits() -> None:
    assert composed() == [(0, None)]


def test_the_highest_stack_level_counts() -> None:
    assert composed(held(1, DEFAULT, (0, 6), level=1), held(1, DEFAULT, (0, 32), level=2)) == [(0, 32)]


def test_below_a_level_that_has_run_out_the_next_one_counts() -> None:
    night = held(1, DEFAULT, (0, 32), level=2, duration=3600)
    assert composed(night, held(1, DEFAULT, (0, 6), level=1)) == [(0, 32), (3600, 6)]


def test_a_level_that_has_not_begun_hides_nothing() -> None:
    later = held(1, DEFAULT, (0, 32), level=2, start=NOON + timedelta(hours=1))
    assert composed(later, held(1, DEFAULT, (0, 6))) == [(0, 6), (3600, 32)]


def test_a_sessions_own_profile_takes_the_place_of_the_default() -> None:
    both = (held(1, DEFAULT, (0, 6), level=9), held(1, TX, (0, 16)))
    assert composed(*both) == [(0, 16)]
    assert composed(*both, began=None) == [(0, 6)]


def test_the_charger_s_maximum_bounds_everything() -> None:
    assert composed(held(0, MAX, (0, 10)), held(1, TX, (0, 16), (60, 8))) == [(0, 10), (60, 8)]


def test_the_connector_s_own_default_counts_before_the_one_for_all() -> None:
    assert composed(held(0, DEFAULT, (0, 6)), held(1, DEFAULT, (0, 16))) == [(0, 16)]
    assert composed(held(0, DEFAULT, (0, 6)), held(2, DEFAULT, (0, 16))) == [(0, 6)]


def test_the_charger_as_a_whole_has_its_maximum_only() -> None:
    assert composed(held(0, DEFAULT, (0, 6)), held(0, MAX, (0, 40)), connector=0) == [(0, 40)]


def test_a_daily_profile_comes_again_each_day() -> None:
    daily = held(1, DEFAULT, (0, 8), kind="Recurring", recurrency_kind="Daily", duration=7200)
    assert composed(daily, hours=27) == [(0, 8), (7200, None), (86_400, 8), (93_600, None)]


def test_a_weekly_profile_goes_by_its_own_day() -> None:
    began = NOON - timedelta(days=6, hours=23)
    weekly = held(1, DEFAULT, (0, 8), kind="Recurring", recurrency_kind="Weekly", duration=60, start=began)
    assert composed(weekly, hours=2) == [(0, None), (3600, 8), (3660, None)]


def test_a_relative_profile_counts_from_the_begin_of_the_session() -> None:
    gentle = held(1, TX, (0, 6), (1800, 16), kind="Relative")
    assert composed(gentle, began=NOON - timedelta(minutes=20)) == [(0, 6), (600, 16)]
    assert composed(gentle, began=None) == [(0, None)]


def test_validity_bounds_a_profile() -> None:
    bounded = held(1, DEFAULT, (0, 8), valid_from=NOON + timedelta(seconds=60), valid_to=NOON + timedelta(seconds=90))
    assert composed(bounded) == [(0, None), (60, 8), (90, None)]


def test_units_meet_at_230_volts() -> None:
    assert composed(held(1, DEFAULT, (0, 11_040), unit="W")) == [(0, 16)]
    assert composed(held(1, DEFAULT, (0, 10), phases=1), unit=WATT) == [(0, 2300)]
    assert composed(held(0, MAX, (0, 6_900), unit="W"), held(1, DEFAULT, (0, 16))) == [(0, 10)]


def test_the_fewest_phases_are_told() -> None:
    profiles = [held(0, MAX, (0, 32)), held(1, DEFAULT, (0, 16), phases=1)]
    assert compose(profiles, 1, NOON, 60, AMPERE, None) == [ComposedPeriod(0, 16, 1)]


DAY = 86_400


@st.composite
def profiles(draw: st.DrawFn) -> HeldProfile:
    purpose = draw(st.sampled_from([MAX, DEFAULT, TX]))
    kind = draw(st.sampled_from(["Absolute", "Relative", "Recurring"]))
    starts = sorted(draw(st.sets(st.integers(1, 3 * DAY), max_size=3)))
    limits = st.integers(0, 320).map(lambda tenths: tenths / 10)
    periods = [(start, draw(limits)) for start in (0, *starts)]
    offsets = st.integers(-10 * DAY, 3 * DAY).map(lambda seconds: NOON + timedelta(seconds=seconds))
    connector = 0 if purpose == MAX else draw(st.sampled_from([1, 2] if purpose == TX else [0, 1, 2]))
    more: dict[str, Any] = {"start": draw(offsets), "duration": draw(st.none() | st.integers(1, 2 * DAY))}
    if kind == "Recurring":
        more["recurrency_kind"] = draw(st.sampled_from(["Daily", "Weekly"]))
    valid_from = draw(st.none() | offsets)
    valid_to = draw(st.none() | st.integers(1, 5 * DAY))
    more["valid_from"] = valid_from
    if valid_to is not None:
        more["valid_to"] = (valid_from or NOON) + timedelta(seconds=valid_to)
    return held(connector, purpose, *periods, level=draw(st.integers(0, 3)), kind=kind, **more)


@given(
    st.lists(profiles(), max_size=6),
    st.none() | st.integers(-DAY, 0).map(lambda seconds: NOON + timedelta(seconds=seconds)),
    st.integers(0, 2 * DAY - 1),
)
def test_a_composed_schedule_says_at_each_instant_what_the_profiles_say(
    installed: list[HeldProfile], began: datetime | None, offset: int
) -> None:
    schedule = compose(installed, 1, NOON, 2 * DAY, AMPERE, began)
    told = [period for period in schedule if period.start_s <= offset][-1]
    at = NOON + timedelta(seconds=offset)
    assert (told.limit, told.phases) == allowed_at(installed, 1, at, AMPERE, began)


@given(st.lists(profiles(), max_size=6))
def test_a_composed_schedule_is_in_order_and_says_nothing_twice(installed: list[HeldProfile]) -> None:
    schedule = compose(installed, 1, NOON, 2 * DAY, AMPERE, NOON)
    starts = [period.start_s for period in schedule]
    assert starts[0] == 0
    assert starts == sorted(set(starts))
    assert all(a.limit != b.limit or a.phases != b.phases for a, b in pairwise(schedule))


@given(st.lists(profiles(), max_size=6), st.integers(0, 320))
def test_one_more_maximum_never_allows_more(installed: list[HeldProfile], tenths: int) -> None:
    bound = held(0, MAX, (0, tenths / 10), level=4)
    for period in compose([*installed, bound], 1, NOON, 2 * DAY, AMPERE, NOON):
        assert period.limit is not None
        assert period.limit <= tenths / 10


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_profiles_were_set_in_does_not_matter(order: int) -> None:
    installed = [held(0, MAX, (0, 10)), held(1, DEFAULT, (0, 6), level=2), held(0, DEFAULT, (0, 20), level=3)][::order]
    assert composed(*installed) == [(0, 10)]
