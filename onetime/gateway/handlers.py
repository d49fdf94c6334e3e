"""What each message of a charger leads to: one service call, and its result as the OCPP answer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from onetime.gateway import messages as m
from onetime.gateway.readings import measurements, to_wh
from onetime.gateway.times import read_time, write_time
from onetime.models import ConnectorStatus, Registration
from onetime.services.authorization import Authorization
from onetime.services.chargers import BootFacts, StatusReport
from onetime.services.runtime import Services
from onetime.services.transaction_store import StartRequest, StopRequest

HEARTBEAT_S = 300  # any frame counts as a sign of life, so this only keeps the charger's clock right
PENDING_RETRY_S = 10  # how soon a charger nobody has accepted yet asks again


@dataclass(frozen=True, slots=True)
class Context:
    """Who sent a message, when it came, and how it looked on the wire."""

    services: Services
    charger_id: int
    received_at: datetime
    raw: str


Answer = dict[str, Any]
Handler = Callable[[Context, Any], Awaitable[Answer]]


async def boot_notification(context: Context, request: m.BootNotification) -> Answer:
    """Section 4.2: Accepted with the heartbeat interval, or Pending until somebody accepts the charger."""
    facts = BootFacts(
        vendor=request.charge_point_vendor,
        model=request.charge_point_model,
        serial_number=request.charge_point_serial_number or request.charge_box_serial_number,
        firmware_version=request.firmware_version,
        iccid=request.iccid,
        imsi=request.imsi,
        meter_type=request.meter_type,
        meter_serial_number=request.meter_serial_number,
    )
    registration = await context.services.chargers.booted(context.charger_id, facts)
    interval = HEARTBEAT_S if registration is Registration.ACCEPTED else PENDING_RETRY_S
    return {
        "status": registration.value,
        "currentTime": write_time(context.received_at),
        "interval": interval,
    }


async def heartbeat(context: Context, _request: m.Heartbeat) -> Answer:
    """Section 4.6: the time."""
    return {"currentTime": write_time(context.received_at)}


async def authorize(context: Context, request: m.Authorize) -> Answer:
    """Section 4.1: may this card charge?"""
    return {"idTagInfo": _id_tag_info(await context.services.authorization.authorize(request.id_tag))}


async def status_notification(context: Context, request: m.StatusNotification) -> Answer:
    """Section 4.9. A status this version does not know is shown as unknown."""
    at, _ = read_time(request.timestamp, context.received_at)
    report = StatusReport(
        number=request.connector_id,
        status=_STATUSES.get(request.status.casefold(), ConnectorStatus.UNKNOWN),
        error_code=request.error_code,
        info=request.info or None,
        vendor_error_code=request.vendor_error_code or None,
        at=at,
    )
    await context.services.chargers.reported(context.charger_id, report)
    return {}


async def start_transaction(context: Context, request: m.StartTransaction) -> Answer:
    """Section 4.8: always a real transaction id, for a refused card too."""
    started_at, _ = read_time(request.timestamp, context.received_at)
    transaction_id, authorization = await context.services.transactions.start(
        context.charger_id,
        StartRequest(
            connector_number=request.connector_id,
            id_tag=request.id_tag,
            started_at=started_at,
            meter_start_wh=to_wh(request.meter_start),
            reservation_id=request.reservation_id,
        ),
    )
    return {"transactionId": transaction_id, "idTagInfo": _id_tag_info(authorization)}


async def stop_transaction(context: Context, request: m.StopTransaction) -> Answer:
    """Section 4.10: a stop is never refused."""
    stopped_at, _ = read_time(request.timestamp, context.received_at)
    authorization = await context.services.transactions.stop(
        context.charger_id,
        StopRequest(
            transaction_id=request.transaction_id,
            stopped_at=stopped_at,
            meter_stop_wh=to_wh(request.meter_stop),
            reason=request.reason,
            id_tag=request.id_tag,
            raw=context.raw,
            measurements=measurements(request.transaction_data, context.received_at),
        ),
    )
    return {"idTagInfo": _id_tag_info(authorization)} if authorization else {}


async def meter_values(context: Context, request: m.MeterValues) -> Answer:
    """Section 4.7."""
    await context.services.metering.measured(
        context.charger_id,
        request.connector_id,
        request.transaction_id,
        measurements(request.meter_value, context.received_at),
    )
    return {}


async def data_transfer(_context: Context, _request: m.DataTransfer) -> Answer:
    """Section 4.3: no vendor's extension is understood; that is an answer, not an error."""
    return {"status": "UnknownVendorId"}


async def firmware_status(context: Context, request: m.FirmwareStatusNotification) -> Answer:
    """Section 4.5."""
    await context.services.chargers.progressed(context.charger_id, firmware=request.status)
    return {}


async def diagnostics_status(context: Context, request: m.DiagnosticsStatusNotification) -> Answer:
    """Section 4.4."""
    await context.services.chargers.progressed(context.charger_id, diagnostics=request.status)
    return {}


HANDLERS: dict[str, tuple[type[m.Message], Handler]] = {
    "BootNotification": (m.BootNotification, boot_notification),
    "Heartbeat": (m.Heartbeat, heartbeat),
    "Authorize": (m.Authorize, authorize),
    "StatusNotification": (m.StatusNotification, status_notification),
    "StartTransaction": (m.StartTransaction, start_transaction),
    "StopTransaction": (m.StopTransaction, stop_transaction),
    "MeterValues": (m.MeterValues, meter_values),
    "DataTransfer": (m.DataTransfer, data_transfer),
    "FirmwareStatusNotification": (m.FirmwareStatusNotification, firmware_status),
    "DiagnosticsStatusNotification": (m.DiagnosticsStatusNotification, diagnostics_status),
}

_STATUSES = {status.value.casefold(): status for status in ConnectorStatus}


def _id_tag_info(authorization: Authorization) -> Answer:
    info: Answer = {"status": authorization.status.value}
    if authorization.parent_id_tag:
        info["parentIdTag"] = authorization.parent_id_tag
    if authorization.expires_at:
        info["expiryDate"] = write_time(authorization.expires_at)
    return info
