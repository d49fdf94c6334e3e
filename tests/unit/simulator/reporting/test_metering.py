"""Readings: when they are taken, and what they carry."""

from datetime import UTC, datetime, timedelta
from typing import Any

from onetime.simulator import Car
from onetime.simulator.vocabulary import format_time
from tests.unit.simulator.central import Central, running_central
from tests.unit.simulator.factories import CARD, MORNING, make_charger


def contexts(central: Central) -> list[tuple[str, str]]:
    values = [value for p in central.payloads("MeterValues") for value in p["meterValue"]]
    return [(value["timestamp"], value["sampledValue"][0]["context"]) for value in values]


def sampled(value: dict[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for entry in value["sampledValue"]:
        found.setdefault(entry["measurand"], []).append(entry["value"])
    return found


async def test_samples_are_taken_at_the_interval_and_on_the_quarter_hour() -> None:
    async with running_central() as central, make_charger(central, sample_interval=600) as charger:
        await charger.plug_in(1)
        await charger.tap(1, CARD)
        await charger.charge_for(1, 1800)
        day = datetime(2026, 1, 5, tzinfo=UTC)
        assert contexts(central) == [
            (format_time(MORNING + timedelta(minutes=10)), "Sample.Periodic"),
            (format_time(day + timedelta(hours=8, minutes=15)), "Sample.Clock"),
            (format_time(MORNING + timedelta(minutes=20)), "Sample.Periodic"),
            (format_time(day + timedelta(hours=8, minutes=30)), "Sample.Clock"),
            (format_time(MORNING + timedelta(minutes=30)), "Sample.Periodic"),
        ]


async def test_a_sample_carries_register_power_currents_voltages_and_charge() -> None:
    async with running_central() as central, make_charger(central) as charger:
        await charger.plug_in(1, Car(soc=40, phases=3))
        await charger.tap(1, CARD)
        await charger.charge_for(1, 60)
        values = sampled(central.payloads("MeterValues")[0]["meterValue"][0])
        power = float(values["Power.Active.Import"][0])
        currents = [float(text) for text in values["Current.Import"]]
        voltages = [float(text) for text in values["Voltage"]]
        assert len(currents) == len(voltages) == 3
        assert abs(sum(i * u for i, u in zip(currents, voltages, strict=True)) - power) < 10
        assert values["SoC"] == ["40"]


async def test_a_single_phase_car_loads_one_phase_and_a_discreet_one_tells_no_charge() -> None:
    async with running_central() as central, make_charger(central) as charger:
        await charger.plug_in(1, Car(phases=1, tells_soc=False))
        await charger.tap(1, CARD)
        await charger.charge_for(1, 60)
        values = sampled(central.payloads("MeterValues")[0]["meterValue"][0])
        first, *others = values["Current.Import"]
        assert float(first) > 10
        assert others == ["0.0", "0.0"]
        assert "SoC" not in values


async def test_an_idle_connector_gives_only_clock_aligned_readings_without_transaction() -> None:
    async with running_central() as central, make_charger(central) as charger:
        await charger.clock.sleep(1800)
        await central.until(lambda: len(central.of("MeterValues")) == 2)
        assert {context for _, context in contexts(central)} == {"Sample.Clock"}
        assert all("transactionId" not in p for p in central.payloads("MeterValues"))


async def test_a_stop_carries_begin_samples_and_end() -> None:
    async with running_central() as central, make_charger(central) as charger:
        await charger.plug_in(1)
        await charger.tap(1, CARD)
        await charger.charge_for(1, 150)
        await charger.tap(1, CARD)
        stop = central.payloads("StopTransaction")[0]
        data = [value["sampledValue"][0] for value in stop["transactionData"]]
        assert [entry["context"] for entry in data] == [
            "Transaction.Begin",
            "Sample.Periodic",
            "Sample.Periodic",
            "Transaction.End",
        ]
        assert data[-1]["value"] == str(stop["meterStop"])


async def test_a_stop_carries_nothing_when_nothing_is_configured() -> None:
    nothing = {"StopTxnSampledData": ""}
    async with running_central() as central, make_charger(central, configuration=nothing) as charger:
        await charger.plug_in(1)
        await charger.tap(1, CARD)
        await charger.tap(1, CARD)
        assert "transactionData" not in central.payloads("StopTransaction")[0]


async def test_the_data_of_a_long_night_is_thinned_and_keeps_its_ends() -> None:
    only_register = {"MeterValuesSampledData": "Energy.Active.Import.Register"}
    async with running_central() as central, make_charger(central, configuration=only_register) as charger:
        await charger.plug_in(1, Car(soc=10))
        await charger.tap(1, CARD)
        await charger.charge_for(1, 5 * 3600)
        await charger.tap(1, CARD)
        stop = central.payloads("StopTransaction")[0]
        registers = [int(value["sampledValue"][0]["value"]) for value in stop["transactionData"]]
        assert len(registers) <= 200
        assert (registers[0], registers[-1]) == (0, stop["meterStop"])
        assert registers == sorted(registers)


async def test_a_changed_interval_holds_from_now_on() -> None:
    async with running_central() as central, make_charger(central, sample_interval=600) as charger:
        await charger.plug_in(1)
        await charger.tap(1, CARD)
        await charger.charge_for(1, 120)
        await central.call("SIM-1", "ChangeConfiguration", {"key": "MeterValueSampleInterval", "value": "60"})
        await charger.charge_for(1, 180)
        stamps = [stamp for stamp, _ in contexts(central)]
        assert stamps == [format_time(MORNING + timedelta(minutes=minute)) for minute in (3, 4, 5)]


async def test_the_register_goes_on_from_session_to_session() -> None:
    async with running_central() as central, make_charger(central) as charger:
        for _ in range(3):
            await charger.plug_in(1)
            await charger.tap(1, CARD)
            await charger.charge_for(1, 600)
            await charger.unplug(1)
        starts = [p["meterStart"] for p in central.payloads("StartTransaction")]
        stops = [p["meterStop"] for p in central.payloads("StopTransaction")]
        assert starts[1:] == stops[:-1]
        assert 0 < stops[0] < stops[1] < stops[2]
