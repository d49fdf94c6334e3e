"""The past in one go: complete, in order, and taken up where it ends."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from onetime.simulator import Clock, SimulatedCharger
from onetime.simulator.garage.daily_life import Garage
from onetime.simulator.garage.drivers import CAR_MODELS, Spot, Visit, make_drivers, visits_at
from onetime.simulator.garage.history import quarter_hours, replay
from onetime.simulator.vocabulary import parse_time
from tests.unit.simulator.central import Central, running_central
from tests.unit.simulator.factories import CARD, make_charger

NOW = datetime(2026, 1, 10, 12, tzinfo=UTC)


def charger_at(central: Central, now: datetime = NOW, **options: Any) -> SimulatedCharger:
    clock = Clock(wall=lambda: now)
    return make_charger(central, clock=clock, **options)


def visit(arrives: datetime, hours: float, connector: int = 1) -> Visit:
    leaves = arrives + timedelta(hours=hours)
    return Visit(Spot(0, connector), CARD, arrives, leaves, CAR_MODELS[0], 30.0, 1, taps_to_leave=True)


async def test_a_past_visit_arrives_as_start_readings_and_stop() -> None:
    async with running_central() as central, charger_at(central) as charger:
        since = NOW - timedelta(days=2)
        await replay(charger, {1: [visit(since, 10)]}, since, NOW)
        start, values, stop = central.of("StartTransaction", "MeterValues", "StopTransaction")
        assert parse_time(start.payload["timestamp"]) == since + timedelta(seconds=40)
        instants = [parse_time(value["timestamp"]) for value in values.payload["meterValue"]]
        assert instants == list(quarter_hours(since + timedelta(seconds=40), since + timedelta(hours=10)))
        assert parse_time(stop.payload["timestamp"]) == since + timedelta(hours=10)
        assert stop.payload["meterStop"] > 30_000


async def test_the_registers_of_the_past_join_and_never_fall() -> None:
    async with running_central() as central, charger_at(central) as charger:
        since = NOW - timedelta(days=20)
        drivers = make_drivers([Spot(0, 1)], [CARD], 1)
        await replay(charger, {1: visits_at(Spot(0, 1), drivers, since)}, since, NOW)
        starts, stops = central.payloads("StartTransaction"), central.payloads("StopTransaction")
        assert len(starts) > 10
        assert all(stop["meterStop"] == start["meterStart"] for stop, start in zip(stops, starts[1:], strict=False))
        readings = [
            int(value["sampledValue"][0]["value"]) for p in central.payloads("MeterValues") for value in p["meterValue"]
        ]
        assert all(before <= after for before, after in pairwise(readings))


async def test_a_visit_in_progress_goes_on_live() -> None:
    async with running_central() as central, charger_at(central) as charger:
        since = NOW - timedelta(hours=3)
        await replay(charger, {1: [visit(since, 9)]}, since, NOW)
        assert central.of("StopTransaction") == []
        assert central.statuses()[-1] == "Charging"
        register = charger.core.station.connector(1).meter.register_wh
        await charger.tap(1, CARD)
        stop = central.payloads("StopTransaction")[0]
        assert (stop["transactionId"], stop["meterStop"]) == (1, register)


async def test_the_past_of_two_connectors_is_sent_in_the_order_of_time() -> None:
    async with running_central() as central, charger_at(central, connectors=2) as charger:
        since = NOW - timedelta(days=1)
        plans = {
            n: [visit(since + timedelta(minutes=7 * n), 3, n), visit(since + timedelta(hours=5), 2, n)] for n in (1, 2)
        }
        await replay(charger, plans, since, NOW)
        stamps = [parse_time(call.payload["timestamp"]) for call in central.of("StartTransaction", "StopTransaction")]
        assert len(stamps) == 8
        assert stamps == sorted(stamps)


async def test_a_card_refused_in_the_past_keeps_its_energy() -> None:
    async with running_central(refused_cards={CARD: "Blocked"}) as central, charger_at(central) as charger:
        since = NOW - timedelta(days=3)
        await replay(charger, {1: [visit(since, 4), visit(since + timedelta(days=1), 4)]}, since, NOW)
        stops = central.payloads("StopTransaction")
        assert [stop["reason"] for stop in stops] == ["Local", "Local"]
        assert stops[1]["meterStop"] > stops[0]["meterStop"] > 20_000


async def test_a_refused_card_in_progress_is_stopped_when_the_past_has_been_sent() -> None:
    async with running_central(refused_cards={CARD: "Blocked"}) as central, charger_at(central) as charger:
        since = NOW - timedelta(hours=3)
        await replay(charger, {1: [visit(since, 9)]}, since, NOW)
        await charger.core.outbox.emptied()
        assert central.payloads("StopTransaction")[0]["reason"] == "DeAuthorized"


async def test_two_months_of_a_charger_are_a_bounded_number_of_messages() -> None:
    async with running_central() as central, charger_at(central) as charger:
        since = NOW - timedelta(days=60)
        drivers = make_drivers([Spot(0, 1)], [CARD], 1)
        count = await replay(charger, {1: visits_at(Spot(0, 1), drivers, since)}, since, NOW)
        assert count == len(central.of("StartTransaction", "MeterValues", "StopTransaction"))
        assert count <= 60 * 5


async def test_a_garage_started_again_sends_only_what_is_new(tmp_path: Path) -> None:
    async with running_central() as central:
        since = NOW - timedelta(days=10)
        for now in (NOW, NOW + timedelta(days=1)):
            async with charger_at(central, now, state_dir=tmp_path) as charger:
                garage = Garage([charger], [CARD], 1, since)
                await garage.send_past(0, charger, now)
        starts = [parse_time(p["timestamp"]) for p in central.payloads("StartTransaction")]
        assert starts == sorted(set(starts))
        registers = [p["meterStart"] for p in central.payloads("StartTransaction")]
        assert registers == sorted(registers)
        assert starts[-1] > NOW - timedelta(days=1)
