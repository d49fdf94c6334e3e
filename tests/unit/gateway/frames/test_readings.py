"""Meter values: units, phases and forms become one measurement per instant."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onetime.gateway.frames.messages import MeterValue, SampledValue
from onetime.gateway.frames.readings import measurements, register, start_register
from onetime.services.chargers.measurements import Measurement

NOW = datetime(2026, 10, 5, 18, 0, tzinfo=UTC)


def measured(*samples: SampledValue, at: str | None = "2026-10-05T18:00:00Z") -> Measurement:
    [found] = measurements([MeterValue(at, list(samples))], NOW)
    return found


def test_the_defaults_of_the_specification_are_energy_in_wh() -> None:
    """OCPP 1.6 edition 2, section 7.43."""
    assert measured(SampledValue("12345")).register_wh == 12_345


@pytest.mark.parametrize(("value", "expected"), [("12.3455", 12_346), ("12.3454", 12_345), ("0", 0)])
def test_kwh_become_wh_half_up(value: str, expected: int) -> None:
    assert measured(SampledValue(value, unit="kWh")).register_wh == expected


def test_phases_are_summed_once_when_nothing_else_comes() -> None:
    """M6."""
    phases = [SampledValue(str(power), measurand="Power.Active.Import", phase=phase, unit="W")
              for phase, power in (("L1", 3_600), ("L2", 3_700), ("L3", 3_500), ("L1", 9_999))]  # fmt: skip
    assert measured(*phases).power_w == 10_800


def test_the_overall_value_counts_before_the_phases() -> None:
    power = [SampledValue("3600", measurand="Power.Active.Import", phase="L1"),
             SampledValue("10.9", measurand="Power.Active.Import", unit="kW")]  # fmt: skip
    assert measured(*power).power_w == 10_900


def test_phases_named_against_neutral_are_understood() -> None:
    """lbbrhzn #1917: L1-N for current."""
    current = [SampledValue("15.9", measurand="Current.Import", phase="L1-N"),
               SampledValue("16.1", measurand="Current.Import", phase="L2-N"),
               SampledValue("99", measurand="Current.Import", phase="N")]  # fmt: skip
    assert measured(*current).current_a == 16.1


def test_what_is_measured_elsewhere_or_signed_is_not_a_register() -> None:
    samples = [SampledValue("1", location="EV"), SampledValue("OCMF|{}", format="SignedData"), SampledValue("700")]
    assert measured(*samples).register_wh == 700


def test_a_reading_without_a_time_has_that_of_its_receipt() -> None:
    assert measured(SampledValue("1"), at=None).taken_at == NOW


@pytest.mark.parametrize("value", ["", "n/a", "NaN", "Infinity"])
def test_what_is_no_number_is_no_reading(value: str) -> None:
    assert measurements([MeterValue("2026-10-05T18:00:00Z", [SampledValue(value)])], NOW) == []


def test_the_context_is_that_of_the_register() -> None:
    samples = [SampledValue("230", measurand="Voltage"), SampledValue("5", context="Sample.Clock")]
    assert measured(*samples).context == "Sample.Clock"


@given(st.decimals(min_value=0, max_value=10**9, places=3))
def test_a_register_in_kwh_is_off_by_half_a_wh_at_most(kwh: Decimal) -> None:
    register = measured(SampledValue(str(kwh), unit="kWh")).register_wh
    assert register is not None
    assert abs(Decimal(register) - kwh * 1000) <= Decimal("0.5")


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), 1e300])
def test_a_register_that_is_no_number_is_none(value: float | None) -> None:
    assert register(value) is None
    assert start_register(value) is None


def test_a_register_below_zero_is_none_at_a_start_and_a_meter_that_went_back_at_a_stop() -> None:
    assert (start_register(-1), register(-1)) == (None, -1)
    assert (start_register(0.4), register(0.5)) == (0, 1)
