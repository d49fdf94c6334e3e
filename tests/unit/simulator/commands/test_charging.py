"""Charging profiles: the power follows the limit that holds."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from onetime.simulator import Car
from onetime.simulator.station.profiles import Limit, Profile, Profiles
from onetime.simulator.vocabulary import format_time
from tests.unit.simulator.central import running_central
from tests.unit.simulator.factories import CARD, MORNING, make_charger, profile

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)


def installed(*entries: tuple[int, dict[str, Any]]) -> Profiles:
    profiles = Profiles()
    for number, (connector, source) in enumerate(entries):
        profiles.install(Profile.read(connector, {**source, "chargingProfileId": number}))
    return profiles


def amperes(profiles: Profiles, at: datetime, connector: int = 1) -> float | None:
    limit = profiles.limit(connector, at, MONDAY)
    return limit.amperes if limit else None


async def test_the_power_follows_a_limit_and_returns_when_it_is_cleared() -> None:
    async with running_central() as central, make_charger(central) as charger:
        await charger.plug_in(1, Car(soc=20))
        await charger.tap(1, CARD)
        connector = charger.core.station.connector(1)
        full = connector.power_w
        reply = await central.call(
            "SIM-1", "SetChargingProfile", {"connectorId": 1, "csChargingProfiles": profile(limit=7.0)}
        )
        assert reply[2] == {"status": "Accepted"}
        assert 6.5 * 690 < connector.power_w <= 7 * 690
        assert (await central.call("SIM-1", "ClearChargingProfile", {"id": 1}))[2] == {"status": "Accepted"}
        assert connector.power_w >= 0.95 * full
        assert (await central.call("SIM-1", "ClearChargingProfile", {"id": 1}))[2] == {"status": "Unknown"}


async def test_a_limit_of_nothing_suspends_the_session_until_its_period_ends() -> None:
    async with running_central() as central, make_charger(central) as charger:
        await charger.plug_in(1, Car(soc=20))
        await charger.tap(1, CARD)
        periods = [{"startPeriod": 0, "limit": 0.0}, {"startPeriod": 600, "limit": 16.0}]
        pause = profile("TxProfile", schedule={"chargingSchedulePeriod": periods})
        await central.call("SIM-1", "SetChargingProfile", {"connectorId": 1, "csChargingProfiles": pause})
        await charger.charge_for(1, 599)
        assert charger.core.station.connector(1).meter.register_wh == 0
        await charger.charge_for(1, 61)
        assert charger.core.station.connector(1).meter.register_wh > 150
        await central.until(lambda: central.statuses()[-2:] == ["SuspendedEVSE", "Charging"])


async def test_a_profile_in_the_wrong_place_is_rejected() -> None:
    async with running_central() as central, make_charger(central) as charger:
        await charger.plug_in(1)
        wrong = [
            (1, profile("ChargePointMaxProfile")),
            (0, profile("TxProfile")),
            (1, profile("TxProfile")),
            (5, profile()),
            (1, profile(stackLevel=99)),
        ]
        for connector, source in wrong:
            payload = {"connectorId": connector, "csChargingProfiles": source}
            assert (await central.call("SIM-1", "SetChargingProfile", payload))[2] == {"status": "Rejected"}


async def test_the_composite_schedule_is_the_lowest_of_all_profiles() -> None:
    async with running_central() as central, make_charger(central) as charger:
        absolute = {"startSchedule": format_time(MORNING)}
        periods = [{"startPeriod": 0, "limit": 20.0}, {"startPeriod": 1800, "limit": 8.0}]
        day = profile(chargingProfileKind="Absolute", schedule={**absolute, "chargingSchedulePeriod": periods})
        house = profile("ChargePointMaxProfile", limit=16.0, chargingProfileId=2)
        await central.call("SIM-1", "SetChargingProfile", {"connectorId": 1, "csChargingProfiles": day})
        await central.call("SIM-1", "SetChargingProfile", {"connectorId": 0, "csChargingProfiles": house})
        payload = {"connectorId": 1, "duration": 3600, "chargingRateUnit": "A"}
        reply = (await central.call("SIM-1", "GetCompositeSchedule", payload))[2]
        assert reply["scheduleStart"] == format_time(charger.clock.now())
        assert reply["chargingSchedule"]["chargingSchedulePeriod"] == [
            {"startPeriod": 0, "limit": 16.0, "numberPhases": 3},
            {"startPeriod": 1800, "limit": 8.0, "numberPhases": 3},
        ]


def test_the_highest_stack_level_wins_and_the_rest_shows_when_it_has_ended() -> None:
    short = profile(limit=6.0, stackLevel=3, schedule={"duration": 3600})
    profiles = installed((1, profile(limit=13.0)), (1, short))
    assert amperes(profiles, MONDAY + timedelta(minutes=59)) == 6.0
    assert amperes(profiles, MONDAY + timedelta(minutes=60)) == 13.0


def test_a_transaction_profile_goes_before_the_default() -> None:
    profiles = installed((0, profile(limit=10.0)), (1, profile("TxProfile", limit=25.0)))
    assert amperes(profiles, MONDAY) == 25.0
    assert amperes(profiles, MONDAY, connector=2) == 10.0
    profiles.end_transaction(1)
    assert amperes(profiles, MONDAY) == 10.0


def test_a_daily_profile_comes_round_every_day() -> None:
    source = profile(
        chargingProfileKind="Recurring",
        recurrencyKind="Daily",
        schedule={
            "startSchedule": format_time(MONDAY),
            "duration": 86_400,
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 32.0}, {"startPeriod": 25_200, "limit": 9.0}],
        },
    )
    profiles = installed((1, source))
    for day in (0, 1, 40):
        assert amperes(profiles, MONDAY + timedelta(days=day, hours=6)) == 32.0
        assert amperes(profiles, MONDAY + timedelta(days=day, hours=7)) == 9.0
    changes = profiles.changes(1, MONDAY, MONDAY + timedelta(days=2), MONDAY)
    assert changes == [MONDAY + timedelta(hours=hours) for hours in (7, 24, 31, 48)]


def test_a_profile_holds_only_while_it_is_valid() -> None:
    source = profile(
        limit=9.0,
        validFrom=format_time(MONDAY + timedelta(hours=1)),
        validTo=format_time(MONDAY + timedelta(hours=2)),
    )
    profiles = installed((1, source))
    assert [amperes(profiles, MONDAY + timedelta(hours=hours)) for hours in (0, 1, 2)] == [None, 9.0, None]


def test_watts_become_amperes_on_the_phases_given() -> None:
    three = profile(schedule={"chargingRateUnit": "W"}, limit=6900.0)
    one = profile(
        schedule={
            "chargingRateUnit": "W",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 2300.0, "numberPhases": 1}],
        }
    )
    assert installed((1, three)).limit(1, MONDAY, MONDAY) == Limit(10.0, 3)
    assert installed((1, one)).limit(1, MONDAY, MONDAY) == Limit(10.0, 1)


@given(st.lists(st.tuples(st.integers(0, 5), st.floats(0, 32)), min_size=1, max_size=6))
def test_of_the_same_purpose_one_profile_a_stack_level_stays(levels: list[tuple[int, float]]) -> None:
    profiles = installed(*((1, profile(stackLevel=level, limit=limit)) for level, limit in levels))
    last = dict(levels)
    assert len(profiles.installed) == len(last)
    assert amperes(profiles, MONDAY) == last[max(last)]
