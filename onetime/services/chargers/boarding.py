"""How chargers that are stored come onto the live board."""

from sqlmodel import Session, col, select

from onetime.clock import utc_now
from onetime.models import Charger, Connector
from onetime.services.chargers.live import LiveBoard, LiveCharger, LiveConnector
from onetime.services.chargers.own_clock import is_offset
from onetime.store.unreadable import Tell, left_out, readable


def load_chargers(session: Session, live: LiveBoard, tell: Tell) -> None:
    """Put every stored charger on the live board, all of them offline until they call.

    ``tell`` hears of rows that cannot be read: a charger without a readable one is not on the board.
    """
    connectors: dict[int, list[Connector]] = {}
    for row in readable(session, select(Connector), col(Connector.id), tell):
        connectors.setdefault(row.charger_id, []).append(row)
    for charger in readable(session, select(Charger), col(Charger.id), tell):
        with left_out(tell, "charger", charger.id or 0):
            live.put_charger(live_charger(charger, connectors.get(charger.id or 0, [])))


def live_charger(row: Charger, connectors: list[Connector]) -> LiveCharger:
    """Return a stored charger as the live board shows it."""
    charger = LiveCharger(
        id=row.id or 0,
        identity=row.identity,
        registration=row.registration,
        vendor=row.vendor,
        model=row.model,
        offline_since=row.offline_since or utc_now(),
        connectors={},
        firmware_version=row.firmware_version,
        serial_number=row.serial_number,
        booted_at=row.booted_at,
        clock_offset_s=row.clock_offset_s if is_offset(row.clock_offset_s) else None,
        reboot_needed_for=row.reboot_needed_for,
        clock_off_since=row.clock_off_since,
        subprotocol_missing=row.subprotocol_missing,
        is_retired=row.retired_at is not None,
    )
    for connector in connectors:
        charger.connectors[connector.number] = live_connector(connector, charger)
    return charger


def live_connector(row: Connector, charger: LiveCharger) -> LiveConnector:
    """Return a stored connector of ``charger`` as the live board shows it."""
    return LiveConnector(
        id=row.id or 0,
        charger=charger,
        number=row.number,
        spot=row.spot,
        max_power_w=row.max_power_w,
        power_is_known=row.power_is_known,
        status=row.status,
        status_at=row.status_at,
        error_code=row.error_code,
        status_info=row.status_info,
        wanted_available=row.wanted_available,
    )
