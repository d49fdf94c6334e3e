"""Cars and meters: what flows is what is counted."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onetime.simulator.station.car import Car, Supply
from onetime.simulator.station.connector import Connector
from onetime.simulator.station.meter import Meter
from onetime.simulator.station.transaction import Transaction

START = datetime(2026, 1, 5, 18, tzinfo=UTC)
cars = st.builds(
    Car,
    battery_wh=st.integers(5_000, 100_000),
    soc=st.floats(0, 100),
    phases=st.sampled_from([1, 3]),
    max_current_a=st.floats(6, 32),
    seed=st.integers(0, 1000),
)
supplies = st.builds(Supply, st.floats(0, 32), st.sampled_from([1, 3]))


def charging(car: Car, register_wh: float = 0.0) -> Connector:
    connector = Connector(1, Meter(register_wh))
    connector.advance(START, lambda _: Supply(32))
    connector.car = car
    connector.transaction = Transaction(1, "CARD", START, connector.meter.register_wh)
    return connector


@settings(deadline=None)
@given(
    car=cars,
    register=st.floats(0, 1e8),
    steps=st.lists(st.tuples(st.integers(1, 60), supplies), min_size=1, max_size=60),
)
def test_the_register_counts_the_power_over_time_to_the_watt_hour(
    car: Car, register: float, steps: list[tuple[int, Supply]]
) -> None:
    connector, now = charging(car, register), START
    connector.advance(now, lambda _: steps[0][1])
    expected, first = 0.0, connector.meter.register_wh
    for seconds, supply in steps:
        expected += connector.power_w * seconds / 3600
        now += timedelta(seconds=seconds)
        before = connector.meter.register_wh
        connector.advance(now, lambda _, supply=supply: supply)  # type: ignore[misc]
        assert connector.meter.register_wh >= before
    assert abs(connector.meter.register_wh - first - expected) <= 1


@given(car=cars, supply=supplies)
def test_a_car_never_takes_more_than_is_offered_or_than_it_can(car: Car, supply: Supply) -> None:
    most = min(car.max_current_a, supply.amperes) * 230 * min(car.phases, supply.phases)
    assert 0 <= car.power_w(supply) <= most


@settings(max_examples=25, deadline=None)
@given(car=cars)
def test_a_car_takes_what_its_battery_lacks_and_stops(car: Car) -> None:
    missing = car.battery_wh * (100 - car.soc) / 100
    connector = charging(car)
    connector.advance(START, lambda _: Supply(32))
    connector.advance(START + timedelta(days=6), lambda _: Supply(32))
    assert car.is_full
    assert connector.power_w == 0
    # one step of a minute at full power is the most that may be too much
    assert missing <= connector.meter.exact_wh * 0.92 + 1 <= missing + 32 * 690 / 60 + 1


def test_the_power_falls_when_the_battery_gets_full() -> None:
    powers = [Car(soc=soc).power_w(Supply(32)) for soc in (50, 85, 90, 95, 99, 100)]
    assert powers[0] == powers[1]
    assert powers[1:] == sorted(powers[1:], reverse=True)
    assert powers[-1] == 0


def test_below_six_amperes_no_car_charges() -> None:
    assert Car().power_w(Supply(5.9)) == 0
    assert Car().power_w(Supply(6.0)) > 4000


def test_the_same_seed_charges_the_same_way() -> None:
    registers = []
    for _ in range(2):
        connector = charging(Car(seed=7, soc=30))
        connector.advance(START, lambda _: Supply(16))
        connector.advance(START + timedelta(hours=3), lambda _: Supply(16))
        registers.append(connector.meter.exact_wh)
    assert registers[0] == registers[1]


@pytest.mark.parametrize(("power", "seconds"), [(-1, 1), (1, -1)])
def test_a_register_never_counts_back(power: int, seconds: float) -> None:
    with pytest.raises(ValueError, match="backwards"):
        Meter().add(power, seconds)
