"""What a connector measured at one instant, and the row it becomes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlmodel import Session, SQLModel

from onetime.models import OUTSIDE_SESSIONS, MeterReading
from onetime.models.readings import next_reading_id
from onetime.store.bulk_insert import insert_rows

AT_THE_START = "Transaction.Begin"  # what the register showed at the start, whenever it is told (lbbrhzn/ocpp #1838)
AT_THE_END = "Transaction.End"


class Measurement(msgspec.Struct, frozen=True, gc=False):
    """What a connector measured at one instant: register in Wh, power in W, current in A of the highest phase.

    ``charger_taken_at`` is the charger's own time stamp where that was wrong.
    """

    taken_at: datetime
    context: str
    register_wh: int | None = None
    power_w: int | None = None
    current_a: float | None = None
    soc_percent: int | None = None
    charger_taken_at: datetime | None = None


def reading_row(
    connector_id: int, transaction_id: int | None, measurement: Measurement, received_at: datetime
) -> dict[str, Any]:
    """Return the columns of one reading."""
    return {
        "transaction_id": transaction_id or OUTSIDE_SESSIONS,
        "connector_id": connector_id,
        "taken_at": measurement.taken_at,
        "id": next_reading_id(),
        "charger_taken_at": measurement.charger_taken_at,
        "received_at": received_at,
        "context": measurement.context,
        "register_wh": measurement.register_wh,
        "power_w": measurement.power_w,
        "current_a": measurement.current_a,
        "soc_percent": measurement.soc_percent,
    }


def store_readings(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Insert readings inside a transaction."""
    insert_rows(session.connection(), SQLModel.metadata.tables[MeterReading.__tablename__], rows)
