"""The readings between sessions, and those of main meters, as billing wants them."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from onetime.billing.registers.readings import Reading
from onetime.billing.registers_between import first_and_last
from onetime.models import OUTSIDE_SESSIONS, Charger, Connector, MeterReading

AROUND = timedelta(days=1)  # before and after a period, so that the register at its ends is known


def readings_between(session: Session, connector_id: int, start: datetime, end: datetime) -> list[Reading]:
    """Return a connector's registers in Wh outside of sessions: the first and last of each quarter-hour."""
    query = (
        select(MeterReading.taken_at, MeterReading.register_wh)
        .where(
            MeterReading.transaction_id == OUTSIDE_SESSIONS,
            MeterReading.connector_id == connector_id,
            MeterReading.taken_at >= start - AROUND,
            MeterReading.taken_at < end + AROUND,
            col(MeterReading.register_wh).is_not(None),
        )
        .order_by(col(MeterReading.taken_at))
    )
    return first_and_last(Reading(at, register or 0) for at, register in session.exec(query))


def main_meter_connectors(session: Session) -> list[tuple[int, str]]:
    """Return the connectors that stand for a charger's main meter (number 0), with the charger's identity."""
    query = (
        select(Connector.id, Charger.identity)
        .join(Charger, col(Charger.id) == col(Connector.charger_id))
        .where(Connector.number == 0)
        .order_by(col(Charger.identity))
    )
    return [(connector_id or 0, identity) for connector_id, identity in session.exec(query)]
