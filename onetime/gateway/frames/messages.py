"""What a charger can send on its own, typed (OCPP 1.6 edition 2, section 6).

Only what the rules need is required; texts may be far longer than the specification allows and unknown fields are
passed over, because real chargers do both (mobilityhouse #122, evcc #14579). Times stay text here:
``onetime.gateway.frames.times`` reads them.
"""

from typing import Annotated, Any

import msgspec

TEXT_LIMIT = 500  # characters kept; ten times what real chargers exceed, and still no way to fill the memory
CONNECTOR_LIMIT = 999  # a garage of 200 can be one charger (KEBA); a number beyond this is a mistake

Text = Annotated[str, msgspec.Meta(max_length=TEXT_LIMIT)]
ConnectorNumber = Annotated[int, msgspec.Meta(ge=0, le=CONNECTOR_LIMIT)]


class Message(msgspec.Struct, rename="camel", gc=False):
    """A request of a charger."""


class BootNotification(Message):
    """Section 6.3."""

    charge_point_vendor: Text = ""
    charge_point_model: Text = ""
    charge_point_serial_number: Text | None = None
    charge_box_serial_number: Text | None = None
    firmware_version: Text | None = None
    iccid: Text | None = None
    imsi: Text | None = None
    meter_type: Text | None = None
    meter_serial_number: Text | None = None


class Heartbeat(Message):
    """Section 6.29."""


class Authorize(Message):
    """Section 6.1."""

    id_tag: Text


class StatusNotification(Message):
    """Section 6.47."""

    connector_id: ConnectorNumber
    status: Text
    error_code: Text = "NoError"
    info: Text | None = None
    timestamp: Text | None = None
    vendor_id: Text | None = None
    vendor_error_code: Text | None = None


class SampledValue(Message):
    """Section 7.43; what is left out has the defaults named there."""

    value: str | float | int = ""
    context: str = "Sample.Periodic"
    format: str = "Raw"
    measurand: str = "Energy.Active.Import.Register"
    phase: str | None = None
    location: str = "Outlet"
    unit: str | None = None


class MeterValue(Message):
    """Section 7.33. Both fields are asked for, so that one under another name is noticed and repaired."""

    timestamp: str | None
    sampled_value: list[SampledValue]


class MeterValues(Message):
    """Section 6.31."""

    connector_id: ConnectorNumber
    meter_value: list[MeterValue] = []
    transaction_id: int | None = None


class StartTransaction(Message):
    """Section 6.45. ``meter_start`` in Wh; some chargers send fractions, or none at all (ocpp-cs #6)."""

    connector_id: ConnectorNumber
    id_tag: Text = ""
    meter_start: float | None = None
    timestamp: Text | None = None
    reservation_id: int | None = None


class StopTransaction(Message):
    """Section 6.49. ``meter_stop`` in Wh. A missing reason means Local; ``connector_id`` is said by some."""

    meter_stop: float | None = None
    timestamp: Text | None = None
    transaction_id: int = -1
    id_tag: Text | None = None
    reason: Text = "Local"
    transaction_data: list[MeterValue] = []
    connector_id: int | None = None


class DataTransfer(Message):
    """Section 6.15."""

    vendor_id: str = ""
    message_id: str | None = None
    data: Any = None


class FirmwareStatusNotification(Message):
    """Section 6.19."""

    status: Text


class DiagnosticsStatusNotification(Message):
    """Section 6.17."""

    status: Text


class SecurityEventNotification(Message):
    """Security whitepaper, use case A04."""

    type: Text
    timestamp: Text | None = None
    tech_info: Text | None = None


class LogStatusNotification(Message):
    """Security whitepaper, use case N01."""

    status: Text
    request_id: int | None = None


class SignedFirmwareStatusNotification(Message):
    """Security whitepaper, use case L01."""

    status: Text
    request_id: int | None = None


class SignCertificate(Message):
    """Security whitepaper, use case A02. ``csr`` is a request for a certificate, PEM."""

    csr: str
