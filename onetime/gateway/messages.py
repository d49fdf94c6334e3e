"""What a charger can send on its own, typed (OCPP 1.6 edition 2, section 6).

Only what the rules need is required; texts have no length limit and unknown fields are passed over, because real
chargers exceed both (mobilityhouse #122, evcc #14579). Times stay text here: ``onetime.gateway.times`` reads them.
"""

from typing import Any

import msgspec


class Message(msgspec.Struct, rename="camel", gc=False):
    """A request of a charger."""


class BootNotification(Message):
    """Section 6.5."""

    charge_point_vendor: str = ""
    charge_point_model: str = ""
    charge_point_serial_number: str | None = None
    charge_box_serial_number: str | None = None
    firmware_version: str | None = None
    iccid: str | None = None
    imsi: str | None = None
    meter_type: str | None = None
    meter_serial_number: str | None = None


class Heartbeat(Message):
    """Section 6.29."""


class Authorize(Message):
    """Section 6.1."""

    id_tag: str


class StatusNotification(Message):
    """Section 6.47."""

    connector_id: int
    status: str
    error_code: str = "NoError"
    info: str | None = None
    timestamp: str | None = None
    vendor_id: str | None = None
    vendor_error_code: str | None = None


class SampledValue(Message):
    """Section 7.43; what is left out has the defaults named there."""

    value: str | float | int
    context: str = "Sample.Periodic"
    format: str = "Raw"
    measurand: str = "Energy.Active.Import.Register"
    phase: str | None = None
    location: str = "Outlet"
    unit: str | None = None


class MeterValue(Message):
    """Section 7.33."""

    timestamp: str | None = None
    sampled_value: list[SampledValue] = []


class MeterValues(Message):
    """Section 6.31."""

    connector_id: int
    meter_value: list[MeterValue] = []
    transaction_id: int | None = None


class StartTransaction(Message):
    """Section 6.45. ``meter_start`` in Wh; some chargers send fractions."""

    connector_id: int
    id_tag: str
    meter_start: float
    timestamp: str | None = None
    reservation_id: int | None = None


class StopTransaction(Message):
    """Section 6.49. ``meter_stop`` in Wh. A missing reason means Local."""

    meter_stop: float
    timestamp: str | None = None
    transaction_id: int = -1
    id_tag: str | None = None
    reason: str = "Local"
    transaction_data: list[MeterValue] = []


class DataTransfer(Message):
    """Section 6.21."""

    vendor_id: str = ""
    message_id: str | None = None
    data: Any = None


class FirmwareStatusNotification(Message):
    """Section 6.25."""

    status: str


class DiagnosticsStatusNotification(Message):
    """Section 6.23."""

    status: str
