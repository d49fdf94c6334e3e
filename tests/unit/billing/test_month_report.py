"""The data of a month's report: who used what, and what the house used between sessions."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from onetime.billing.intervals import Quality
from onetime.billing.periods import local_month
from onetime.billing.registers.readings import MeteredSession, Reading, ReviewReason
from onetime.billing.report import Connector, ConnectorMonth, MonthReport, Tenant
from tests.unit.billing.factories import ANNA, BEAT, DAY, MORNING, ZURICH, charging, report, session


def only(month_report: MonthReport) -> ConnectorMonth:
    (month,) = month_report.connectors
    return month


def register_difference(month: ConnectorMonth) -> int:
    assert month.first is not None
    assert month.last is not None
    return month.last.register_wh - month.first.register_wh + month.jumps_wh


def test_a_session_fills_its_quarter_hours() -> None:
    month = only(report([charging(7, session((0, 0), (30, 500)))]))

    first = (MORNING - DAY.start) // timedelta(minutes=15)
    assert list(month.energy_wh[first - 1 : first + 3]) == [0, 250, 250, 0]
    assert len(month.energy_wh) == 96


def test_energy_between_sessions_goes_to_the_house() -> None:
    made = report([charging(7, session((0, 0), (30, 500))), charging(8, session((60, 520), (90, 900)))])

    assert only(made).house_wh == 20
    assert sum(made.house_wh) == 20
    assert made.session_wh == 880
    assert made.total_wh == register_difference(only(made)) == 900


def test_the_house_is_not_in_the_connectors_load_profile() -> None:
    made = report([charging(7, session((0, 0), (30, 500))), charging(8, session((60, 520), (90, 900)))])

    assert sum(only(made).energy_wh) == made.session_wh


def test_sessions_are_taken_in_order_of_their_start() -> None:
    made = report([charging(8, session((60, 520), (90, 900))), charging(7, session((0, 0), (30, 500)))])

    assert [line.transaction_id for line in made.sessions] == [7, 8]
    assert only(made).house_wh == 20


def test_a_charger_that_counts_from_zero_has_no_energy_between_sessions() -> None:
    made = report([charging(7, session((0, 0), (30, 500))), charging(8, session((60, 0), (90, 300)))])

    month = only(made)
    assert (month.house_wh, month.jumps_wh, month.unexplained_jumps) == (0, 500, 0)
    assert register_difference(month) == made.total_wh == 800


def test_a_register_that_falls_back_is_a_jump_to_be_explained() -> None:
    month = only(report([charging(7, session((0, 5000), (30, 5500))), charging(8, session((60, 4000), (90, 4300)))]))

    assert (month.jumps_wh, month.unexplained_jumps) == (1500, 1)


def test_a_few_wh_of_jitter_between_sessions_need_no_explanation() -> None:
    month = only(report([charging(7, session((0, 5000), (30, 5500))), charging(8, session((60, 5497), (90, 6000)))]))

    assert (month.jumps_wh, month.unexplained_jumps) == (3, 0)
    assert register_difference(month) == month.session_wh


def test_more_than_the_connector_delivers_between_sessions_is_not_the_houses() -> None:
    first = session((0, 0), (30, 500), max_power_w=11_000)
    second = session((60, 12_000_000), (90, 12_000_300), max_power_w=11_000)

    month = only(report([charging(7, first), charging(8, second)]))

    assert (month.house_wh, month.unexplained_jumps) == (0, 1)
    assert register_difference(month) == month.session_wh == 800


def test_a_session_under_review_is_in_no_sum() -> None:
    made = report(
        [
            charging(7, session((0, 1000), (30, 1500))),
            charging(8, session((40, 1500), (50, 3))),
            charging(9, session((60, 1700), (90, 2000))),
        ]
    )

    assert [(line.transaction_id, line.reason) for line in made.reviews] == [(8, ReviewReason.METER_WENT_BACK)]
    assert [line.transaction_id for line in made.sessions] == [7, 9]
    assert made.total_wh == 800


def test_the_neighbours_of_the_period_tell_the_house_at_its_ends() -> None:
    before = charging(1, session((-24 * 60, 0), (-23 * 60, 1000)))
    inside = charging(2, session((0, 2000), (60, 3000)))
    after = charging(3, session((24 * 60, 4000), (25 * 60, 5000)))

    made = report([before, inside, after])

    month = only(made)
    assert [line.transaction_id for line in made.sessions] == [2]
    assert month.first is not None
    assert month.last is not None
    assert (month.first.at, month.last.at) == (DAY.start, DAY.end)
    assert made.total_wh == register_difference(month)
    assert 0 < month.house_wh < 2000


def test_a_register_that_stood_still_is_known_at_the_periods_ends() -> None:
    before = charging(1, session((-24 * 60, 0), (-23 * 60, 1000)))
    inside = charging(2, session((0, 1000), (60, 3000)))
    after = charging(3, session((24 * 60, 3000), (25 * 60, 5000)))

    month = only(report([before, inside, after]))

    assert month.first == Reading(DAY.start, 1000)
    assert month.last == Reading(DAY.end, 3000)
    assert month.house_wh == 0


def test_a_quarter_hour_keeps_its_worst_quality() -> None:
    first, second = session((-20, 0), (5, 100)), session((6, 100), (10, 200))

    month = only(report([charging(1, first), charging(2, second)]))

    quarter = (MORNING - DAY.start) // timedelta(minutes=15)
    assert month.quality[quarter] == list(Quality).index(Quality.INTERPOLATED) + 1
    assert month.quality[quarter + 1] == 0


def test_a_session_across_the_month_is_split_without_loss() -> None:
    october, november = local_month(2026, 10, ZURICH), local_month(2026, 11, ZURICH)
    start = Reading(datetime(2026, 10, 31, 22, 47, tzinfo=UTC), 1000)
    across = charging(7, MeteredSession(start, Reading(start.at + timedelta(minutes=61), 1777)))

    first, second = report([across], period=october), report([across], period=november)

    assert first.session_wh + second.session_wh == 777
    assert (first.sessions[0].ends_after_period, second.sessions[0].starts_before_period) == (True, True)
    assert second.sessions[0].meter_start_wh == 1000


def test_a_session_that_ended_as_the_period_began_is_not_listed() -> None:
    minutes = (DAY.start - MORNING).total_seconds() / 60

    assert report([charging(7, session((minutes - 60, 0), (minutes, 500)))]).sessions == []


def test_an_open_session_is_listed_with_its_last_good_sample() -> None:
    (line,) = report([charging(7, session((0, 0), None, [(10, 100), (20, 200)]))]).sessions

    assert (line.stopped, line.meter_stop_wh, line.energy_wh) == (None, 200, 200)
    assert line.by_quality == {Quality.PROVISIONAL: 200}


def test_cards_are_masked() -> None:
    metered = session((0, 0), (30, 500))

    made = report([charging(7, metered, id_tag="04A2B3C4D5E680")], [charging(8, metered, id_tag="77")])

    assert [line.card for line in made.sessions] == ["••••E680", "••••7"]


def test_a_session_without_a_card_shows_none() -> None:
    assert report([charging(7, session((0, 0), (30, 500)), id_tag=None)]).sessions[0].card is None


def test_tenants_are_summed_and_the_unassigned_come_last() -> None:
    made = report(
        [charging(7, session((0, 0), (30, 500)), BEAT), charging(8, session((60, 500), (90, 900)), None)],
        [charging(9, session((0, 0), (30, 250)), ANNA), charging(10, session((60, 250), (90, 300)), BEAT)],
    )

    totals = [(total.tenant, total.session_count, total.energy_wh, total.spots) for total in made.tenants]
    assert totals == [
        (ANNA, 1, 250, ["A2"]),
        (BEAT, 2, 550, ["A1", "A2"]),
        (None, 1, 400, ["A1"]),
    ]


def test_tenants_who_did_not_charge_are_listed_too() -> None:
    (total,) = report(tenants=[ANNA]).tenants

    assert (total.tenant, total.session_count, total.energy_wh) == (ANNA, 0, 0)


def test_days_are_those_of_the_sites_clock() -> None:
    october = local_month(2026, 10, ZURICH)
    midnight = datetime(2026, 10, 25, 22, 0, tzinfo=UTC)
    minute = (midnight - MORNING).total_seconds() / 60
    late = charging(7, session((minute + 45, 0), (minute + 75, 500)))

    daily = report([late], period=october).daily

    assert [(day.day, wh) for day, wh in zip(daily.days, daily.by_tenant[ANNA], strict=True) if wh] == [
        (25, 250),
        (26, 250),
    ]


def test_spots_stand_for_connectors_and_chargers_where_there_is_none() -> None:
    assert Connector("CP-1", 2, "A12").label == "A12"
    assert Connector("CP-1", 2).label == "CP-1 · 2"


GARAGES = st.lists(
    st.tuples(
        st.integers(1, 300),
        st.integers(0, 40),
        st.integers(1, 300),
        st.integers(0, 20_000),
        st.sampled_from([ANNA, BEAT, None]),
        st.booleans(),
    ),
    max_size=12,
)


@given(GARAGES)
@settings(max_examples=50, deadline=None)
def test_every_wh_is_somebodys(steps: list[tuple[int, int, int, int, Tenant | None, bool]]) -> None:
    minute, register, sessions = -400, 1_000, []
    for number, (pause, house_wh, duration, energy_wh, tenant, restarts) in enumerate(steps):
        minute, register = minute + pause, 0 if restarts else register + house_wh
        metered = session((minute, register), (minute + duration, register + energy_wh))
        sessions.append(charging(number, metered, tenant))
        minute, register = minute + duration, register + energy_wh

    made = report(sessions)

    month = only(made)
    by_tenant = sum(sum(days) for days in made.daily.by_tenant.values())
    assert made.session_wh == sum(line.energy_wh for line in made.sessions) == sum(month.energy_wh) == by_tenant
    assert made.session_wh == sum(total.energy_wh for total in made.tenants)
    assert sum(made.daily.house_wh) == sum(made.house_wh) == month.house_wh
    assert made.total_wh == (register_difference(month) if month.first else 0)
