"""The living garage: drivers keep to their plans, whatever the line does."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from onetime.simulator import EagerClock
from onetime.simulator.garage import daily_life
from onetime.simulator.garage.drivers import Spot, Visit, make_drivers, visits_at
from onetime.simulator.vocabulary import format_time
from tests.unit.simulator.central import Central, running_central
from tests.unit.simulator.factories import make_charger

START = datetime(2026, 1, 5, 3, tzinfo=UTC)
END = START + timedelta(days=6)
CARDS = ["CARD0001"]


async def live_through_a_week(central: Central, **options: Any) -> list[Visit]:
    """Let one charger be used until END and return the visits that were over by then."""
    clock = EagerClock(START, wall=lambda: END)
    settings = {"MeterValuesSampledData": "Energy.Active.Import.Register", "StopTxnSampledData": ""}
    async with make_charger(
        central, clock=clock, sample_interval=3600, clock_aligned_interval=0, configuration=settings, **options
    ) as charger:
        house = daily_life.Garage([charger], CARDS, 4, None)
        using = asyncio.create_task(house.use(0, charger))
        await central.until(lambda: clock.now() == END or using.done())
        await charger.core.outbox.settled()
        using.cancel()
        await asyncio.gather(using, return_exceptions=True)
    drivers = make_drivers([Spot(0, 1)], CARDS, 4)
    planned = visits_at(Spot(0, 1), drivers, START)
    visits = []
    while (visit := next(planned)).leaves < END:
        visits.append(visit)
    return visits


async def test_every_planned_visit_becomes_a_session_at_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daily_life, "_OUTAGES_PER_DAY", 0.0)
    async with running_central() as central:
        visits = await live_through_a_week(central)
        assert len(visits) >= 3
        starts, stops = central.payloads("StartTransaction"), central.payloads("StopTransaction")
        assert [p["timestamp"] for p in starts[: len(visits)]] == [format_time(max(START, v.taps_at)) for v in visits]
        assert [p["timestamp"] for p in stops[: len(visits)]] == [format_time(v.leaves) for v in visits]
        expected = ["Local" if visit.taps_to_leave else "EVDisconnected" for visit in visits]
        assert [p["reason"] for p in stops[: len(visits)]] == expected


async def test_a_line_that_fails_every_day_loses_no_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daily_life, "_OUTAGES_PER_DAY", 1.0)
    async with running_central() as central:
        visits = await live_through_a_week(central)
        assert len(central.credentials) >= 4  # connections
        assert len(central.of("BootNotification")) == 1
        stops = [p["timestamp"] for p in central.payloads("StopTransaction")]
        assert stops[: len(visits)] == [format_time(visit.leaves) for visit in visits]


async def test_a_driver_whose_card_is_refused_leaves_as_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daily_life, "_OUTAGES_PER_DAY", 0.0)
    async with running_central(refused_cards={CARDS[0]: "Invalid"}) as central:
        visits = await live_through_a_week(central)
        assert central.of("StartTransaction") == []
        assert central.statuses().count("Preparing") >= len(visits)
        assert central.statuses().count("Available") >= len(visits)
