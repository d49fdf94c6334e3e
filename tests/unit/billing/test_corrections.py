"""A closed month stays as it was, to the Wh, and what it lacks is carried by a later one."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from onetime.billing.corrections import ConnectorState, corrections, still_billed_to
from onetime.billing.frozen import freeze, thaw
from onetime.billing.month_report import build_month_report
from onetime.billing.registers.readings import MeteredSession, ReviewReason
from onetime.billing.report import ChargingSession, Connector, MonthReport
from tests.unit.billing.factories import ANNA, BEAT, DAY, MORNING, charging, session

SPOT = Connector("CP-1", 1, "A1")
FIRST = charging(7, session((0, 1_000), (30, 1_500)), ANNA)
LATER = charging(8, session((60, 1_520), (90, 1_900)), BEAT)


def state(*sessions: ChargingSession) -> ConnectorState:
    return ConnectorState(SPOT, sessions)


def differences(before: ConnectorState, now: ConnectorState) -> list[tuple[int | None, str | None, int]]:
    lines = corrections("2026-10", DAY, before, now)
    return [(line.transaction_id, line.tenant.name if line.tenant else None, line.energy_wh) for line in lines]


@st.composite
def metered_sessions(draw: st.DrawFn) -> MeteredSession:
    """A session with readings of any quality; it may go backwards or still run."""
    samples = draw(st.lists(st.tuples(st.integers(-5, 400), st.integers(0, 60_000)), max_size=30))
    stop = draw(st.none() | st.tuples(st.integers(0, 400), st.integers(0, 60_000)))
    return session((draw(st.integers(0, 60)), draw(st.integers(0, 3_000))), stop, samples, 22_000)


@given(st.lists(metered_sessions(), max_size=4))
def test_a_frozen_connector_gives_the_same_report_to_the_wh(sessions: list[MeteredSession]) -> None:
    stored = [charging(number, each) for number, each in enumerate(sessions, 1)]
    connector, thawed = thaw(freeze(SPOT, stored))

    def made(of: list[ChargingSession]) -> MonthReport:
        return build_month_report("Sonnenhof", DAY, [(connector, of)], made_at=MORNING)

    live, frozen = made(stored), made(thawed)
    assert frozen == replace(live, connectors=frozen.connectors, house_wh=frozen.house_wh)
    for one, other in zip(frozen.connectors, live.connectors, strict=True):
        assert list(one.energy_wh) == list(other.energy_wh)
        assert list(one.quality) == list(other.quality)
        assert (one.session_wh, one.house_wh, one.first, one.last) == (
            other.session_wh,
            other.house_wh,
            other.first,
            other.last,
        )
    assert list(frozen.house_wh) == list(live.house_wh)


def test_what_was_frozen_comes_back_with_all_that_is_said_of_it() -> None:
    held = replace(FIRST, set_aside=ReviewReason.HELD, is_assigned=True, note="Meter photo.", stop_reason=None)
    assert thaw(freeze(SPOT, [held])) == (SPOT, [held])


def test_an_unchanged_month_has_no_corrections() -> None:
    assert differences(state(FIRST, LATER), state(FIRST, LATER)) == []


def test_a_session_discarded_after_the_closing_is_taken_off() -> None:
    discarded = replace(FIRST, set_aside=ReviewReason.DISCARDED)
    assert differences(state(FIRST), state(discarded)) == [(7, "Anna Müller", -500)]


def test_a_session_handed_in_after_the_closing_is_added_and_the_house_gives_back_what_it_had() -> None:
    between = charging(9, session((35, 1_505), (50, 1_515)), ANNA)
    assert differences(state(FIRST, LATER), state(FIRST, between, LATER)) == [(9, "Anna Müller", 10), (None, None, -10)]


def test_a_session_assigned_anew_moves_from_one_tenant_to_the_other() -> None:
    moved = replace(FIRST, tenant=BEAT, is_assigned=True)
    assert differences(state(FIRST), state(moved)) == [(7, "Anna Müller", -500), (7, "Beat Keller", 500)]


def test_a_card_that_changes_hands_takes_no_closed_session_with_it() -> None:
    moved = replace(FIRST, tenant=BEAT)
    assert still_billed_to([FIRST], [moved]) == [FIRST]


def test_a_closed_session_that_was_nobodys_goes_to_the_cards_tenant() -> None:
    nobodys = replace(FIRST, tenant=None)
    now = still_billed_to([nobodys], [FIRST])
    assert differences(state(nobodys), state(*now)) == [(7, None, -500), (7, "Anna Müller", 500)]


def test_an_assignment_taken_back_gives_the_session_back_to_the_card() -> None:
    assigned = replace(FIRST, tenant=BEAT, is_assigned=True)
    assert still_billed_to([assigned], [FIRST]) == [FIRST]


@given(st.lists(metered_sessions(), max_size=3), st.lists(metered_sessions(), max_size=3))
def test_a_closed_month_and_its_corrections_add_up_to_what_is_known_today(
    before: list[MeteredSession], now: list[MeteredSession]
) -> None:
    was = [charging(number, each) for number, each in enumerate(before, 1)]
    known = [charging(number, each) for number, each in enumerate(now, 1)]
    lines = corrections("2026-10", DAY, state(*was), state(*known))
    closed, today = (build_month_report("", DAY, [(SPOT, of)], made_at=MORNING) for of in (was, known))
    assert closed.total_wh + sum(line.energy_wh for line in lines) == today.total_wh
    assert closed.session_wh + sum(line.energy_wh for line in lines if not line.is_house) == today.session_wh
