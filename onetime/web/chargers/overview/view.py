"""What a charger's page shows, read from the database and put into the viewer's words."""

import dataclasses
from collections.abc import Iterable

from sqlmodel import Session

from onetime.clock import utc_now
from onetime.models import Charger, Reservation
from onetime.services.chargers.live import LiveCharger, LiveConnector
from onetime.services.sessions.history import SessionFilter, SessionRow, list_sessions
from onetime.services.sessions.readings.curve import CurvePoint, power_curve
from onetime.services.sessions.reservations import active_reservations
from onetime.texts import _, say
from onetime.web.frame.times import Clockwork
from onetime.web.sessions.lines import SessionLine, session_line

SESSIONS_SHOWN = 10
CURVE_GRAIN_S = 60


@dataclasses.dataclass(frozen=True, slots=True)
class ConnectorDetail:
    """One connector of the page. ``points`` are [seconds since 1970, W] of its running or last session.

    ``reserved`` says for which card it is kept free, and until when.
    """

    id: int
    number: int
    label: str
    spot: str
    limit_w: int
    points: list[list[int]]
    session: str
    reserved: str


@dataclasses.dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a charger; empty where it never said."""

    vendor: str = ""
    model: str = ""
    firmware: str = ""
    serial: str = ""
    meter: str = ""
    first_seen: str = ""
    booted: str = ""
    firmware_status: str = ""
    diagnostics_status: str = ""
    names_no_version: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class ChargerView:
    """All of it."""

    facts: Facts
    connectors: list[ConnectorDetail]
    sessions: list[SessionLine]


def read_charger(session: Session, charger: LiveCharger, clockwork: Clockwork) -> ChargerView:
    """Read what a charger's page shows besides its messages."""
    connectors = sorted(charger.connectors.values(), key=lambda connector: connector.number)
    shown = [connector for connector in connectors if connector.number > 0]
    rows = list_sessions(session, SessionFilter(charger_id=charger.id), SESSIONS_SHOWN)
    reserved = {row.connector_number: row for row in active_reservations(session, charger.id, utc_now())}
    return ChargerView(
        facts=_facts(session.get_one(Charger, charger.id), clockwork),
        connectors=[_detail(session, connector, reserved.get(connector.number), clockwork) for connector in shown],
        sessions=[session_line(row, clockwork) for row in rows],
    )


def by_minute(points: Iterable[CurvePoint]) -> list[list[int]]:
    """Return one point a minute: the mean of what was measured in it."""
    minutes: dict[int, list[int]] = {}
    for point in points:
        minute = int(point.at.timestamp()) // CURVE_GRAIN_S * CURVE_GRAIN_S
        minutes.setdefault(minute, []).append(point.power_w)
    return [[minute, round(sum(powers) / len(powers))] for minute, powers in sorted(minutes.items())]


def _detail(
    session: Session, connector: LiveConnector, reservation: Reservation | None, clockwork: Clockwork
) -> ConnectorDetail:
    last = _last_session(session, connector)
    return ConnectorDetail(
        id=connector.id,
        number=connector.number,
        label=connector.label,
        spot=connector.spot or "",
        limit_w=connector.max_power_w,
        points=by_minute(power_curve(session, last.id)) if last else [],
        session=clockwork.moment(last.started_at) if last and last.stopped_at else "",
        reserved=_reserved(reservation, clockwork) if reservation else "",
    )


def _reserved(reservation: Reservation, clockwork: Clockwork) -> str:
    until = clockwork.moment(reservation.until)
    return say(_("For the card {card} until {time}", card=reservation.id_tag, time=until), clockwork.language)


def _last_session(session: Session, connector: LiveConnector) -> SessionRow | None:
    rows = list_sessions(session, SessionFilter(connector_id=connector.id), 1)
    return rows[0] if rows else None


def _facts(charger: Charger, clockwork: Clockwork) -> Facts:
    return Facts(
        vendor=charger.vendor or "",
        model=charger.model or "",
        firmware=charger.firmware_version or "",
        serial=charger.serial_number or "",
        meter=" ".join(part for part in (charger.meter_type, charger.meter_serial_number) if part),
        first_seen=clockwork.moment(charger.first_seen_at),
        booted=clockwork.moment(charger.booted_at),
        firmware_status=charger.firmware_status or "",
        diagnostics_status=charger.diagnostics_status or "",
        names_no_version=charger.subprotocol_missing,
    )
