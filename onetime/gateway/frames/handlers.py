"""What each message of a charger leads to: one service call, and its result as the OCPP answer."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from onetime.gateway.frames import messages as m
from onetime.gateway.frames.readings import measurements, register, start_register
from onetime.gateway.frames.times import is_off_the_dial, read_time, stamp_of, write_now, write_time
from onetime.models import ConnectorStatus, Registration
from onetime.services.cards.authorization import Authorization, AuthorizationStatus, card_tag
from onetime.services.chargers.life import BootFacts, StatusReport
from onetime.services.runtime import Services
from onetime.services.sessions.starts import StartRequest
from onetime.services.sessions.stop_request import StopRequest

HEARTBEAT_S = 300  # any frame counts as a sign of life, so this only keeps the charger's clock right
PENDING_RETRY_S = 10  # how soon a charger nobody has accepted yet asks again


@dataclass(frozen=True, slots=True)
class Context:
    """Who sent a message, when it came, and how it looked on the wire."""

    services: Services
    charger_id: int
    received_at: datetime
    raw: str

    def id_tag(self, sent: str) -> str:
        """Return the card's own tag out of what this charger made of it."""
        charger = self.services.chargers.live.charger(self.charger_id)
        own = card_tag(sent, charger.vendor, charger.serial_number)
        return self.services.cards.remote_tags.own(self.charger_id, own)


Answer = dict[str, Any]
Handler = Callable[[Context, Any], Awaitable[Answer]]


async def boot_notification(context: Context, request: m.BootNotification) -> Answer:
    """Section 4.2: Accepted with the heartbeat interval, or Pending until somebody accepts the charger."""
    now = write_now(context.received_at)
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
    registration = await context.services.chargers.life.booted(context.charger_id, facts)
    context.services.chargers.clocks.booted(context.charger_id)
    interval = HEARTBEAT_S if registration is Registration.ACCEPTED else PENDING_RETRY_S
    return {
        "status": registration.value,
        "currentTime": now,
        "interval": interval,
    }


async def heartbeat(context: Context, _request: m.Heartbeat) -> Answer:
    """Section 4.6: the time."""
    return {"currentTime": write_now(context.received_at)}


async def authorize(context: Context, request: m.Authorize) -> Answer:
    """Section 4.1: may this card charge?"""
    tag = context.id_tag(request.id_tag)
    answer = await context.services.cards.authorization.authorize(tag, context.charger_id)
    await _slow_guesses(context, tag, answer)
    return {"idTagInfo": _id_tag_info(answer)}


async def status_notification(context: Context, request: m.StatusNotification) -> Answer:
    """Section 4.9. A status this version does not know is shown as unknown."""
    stamp = stamp_of(request.timestamp)
    clocks = context.services.chargers.clocks
    report = StatusReport(
        number=request.connector_id,
        status=_STATUSES.get(request.status.casefold(), ConnectorStatus.UNKNOWN),
        error_code=request.error_code,
        info=request.info or None,
        vendor_error_code=request.vendor_error_code or None,
        at=clocks.instant(context.charger_id, stamp, context.received_at) if stamp else context.received_at,
    )
    before = context.services.chargers.live.charger(context.charger_id).connectors.get(report.number)
    was_reserved = before is not None and before.status is ConnectorStatus.RESERVED
    await context.services.chargers.life.reported(context.charger_id, report)
    if report.status is ConnectorStatus.AVAILABLE:
        await context.services.sessions.reservations.freed(context.charger_id, report.number, was_reserved=was_reserved)
    if stamp is not None:
        await clocks.heard(context.charger_id, stamp, context.received_at)
    return {}


async def start_transaction(context: Context, request: m.StartTransaction) -> Answer:
    """Section 4.8: always a real transaction id, for a refused card too."""
    stamp = stamp_of(request.timestamp)
    transaction_id, authorization = await context.services.sessions.transactions.start(
        context.charger_id,
        StartRequest(
            connector_number=request.connector_id,
            id_tag=context.id_tag(request.id_tag),
            started_at=stamp or context.received_at,
            has_stamp=stamp is not None,
            charger_started_at=stamp if is_off_the_dial(request.timestamp) else None,
            meter_start_wh=start_register(request.meter_start),
            reservation_id=request.reservation_id,
        ),
    )
    await _heard(context, stamp)
    await _slow_guesses(context, request.id_tag, authorization)
    return {"transactionId": transaction_id, "idTagInfo": _id_tag_info(authorization)}


async def _slow_guesses(context: Context, tag: str, answer: Authorization) -> None:
    """Let a charger at which one card after the other is refused wait for its answers; one call waits for the other."""
    if answer.status is not AuthorizationStatus.ACCEPTED:
        wait = context.services.cards.guesses.refused(context.charger_id, tag)
        if wait > 0:
            await asyncio.sleep(wait)


async def stop_transaction(context: Context, request: m.StopTransaction) -> Answer:
    """Section 4.10: a stop is never refused."""
    stamp = stamp_of(request.timestamp)
    authorization = await context.services.sessions.transactions.stop(
        context.charger_id,
        StopRequest(
            transaction_id=request.transaction_id,
            stopped_at=stamp or context.received_at,
            has_stamp=stamp is not None,
            charger_stopped_at=stamp if is_off_the_dial(request.timestamp) else None,
            meter_stop_wh=register(request.meter_stop),
            connector_number=_plug(request.connector_id),
            reason=request.reason,
            id_tag=context.id_tag(request.id_tag) if request.id_tag else None,
            raw=context.raw,
            measurements=measurements(request.transaction_data, context.received_at),
        ),
    )
    await _heard(context, stamp)
    return {"idTagInfo": _id_tag_info(authorization)} if authorization else {}


async def meter_values(context: Context, request: m.MeterValues) -> Answer:
    """Section 4.7."""
    await context.services.sessions.metering.measured(
        context.charger_id,
        request.connector_id,
        request.transaction_id,
        measurements(request.meter_value, context.received_at),
        context.raw,
    )
    return {}


async def data_transfer(_context: Context, _request: m.DataTransfer) -> Answer:
    """Section 4.3: no vendor's extension is understood; that is an answer, not an error."""
    return {"status": "UnknownVendorId"}


async def firmware_status(context: Context, request: m.FirmwareStatusNotification) -> Answer:
    """Section 4.5."""
    await context.services.chargers.life.progressed(context.charger_id, firmware=request.status)
    return {}


async def diagnostics_status(context: Context, request: m.DiagnosticsStatusNotification) -> Answer:
    """Section 4.4."""
    await context.services.chargers.life.progressed(context.charger_id, diagnostics=request.status)
    return {}


async def security_event(context: Context, request: m.SecurityEventNotification) -> Answer:
    """Security whitepaper, use case A04: always confirmed, however late it comes."""
    at, _ = read_time(request.timestamp, context.received_at)
    await context.services.security.logins.log.reported(context.charger_id, request.type, at, request.tech_info)
    return {}


async def log_status(context: Context, request: m.LogStatusNotification) -> Answer:
    """Security whitepaper, use case N01."""
    await context.services.chargers.life.progressed(context.charger_id, diagnostics=request.status)
    return {}


async def signed_firmware_status(context: Context, request: m.SignedFirmwareStatusNotification) -> Answer:
    """Security whitepaper, use case L01."""
    await context.services.chargers.life.progressed(context.charger_id, firmware=request.status)
    return {}


async def sign_certificate(context: Context, request: m.SignCertificate) -> Answer:
    """Security whitepaper, use case A02: Accepted only says that the certificate will follow (CertificateSigned)."""
    is_taken = await context.services.security.certificates.requested(context.charger_id, request.csr)
    return {"status": "Accepted" if is_taken else "Rejected"}


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
    "SecurityEventNotification": (m.SecurityEventNotification, security_event),
    "LogStatusNotification": (m.LogStatusNotification, log_status),
    "SignedFirmwareStatusNotification": (m.SignedFirmwareStatusNotification, signed_firmware_status),
    "SignCertificate": (m.SignCertificate, sign_certificate),
}

_STATUSES = {status.value.casefold(): status for status in ConnectorStatus}


def _plug(number: int | None) -> int | None:
    """Return the connector a stop names, which the specification does not ask for, or None where it can be none."""
    return number if number is not None and 0 < number <= m.CONNECTOR_LIMIT else None


async def _heard(context: Context, stamp: datetime | None) -> None:
    """Measure the charger's clock by a start or a stop, which may have waited for a connection."""
    if stamp is not None:
        clocks = context.services.chargers.clocks
        await clocks.heard(context.charger_id, stamp, context.received_at, was_queued=True)


def _id_tag_info(authorization: Authorization) -> Answer:
    info: Answer = {"status": authorization.status.value}
    if authorization.parent_id_tag:
        info["parentIdTag"] = authorization.parent_id_tag
    if authorization.expires_at:
        info["expiryDate"] = write_time(authorization.expires_at)
    return info
