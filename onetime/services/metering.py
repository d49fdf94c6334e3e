"""Meter readings: kept as measured, tied to the session they belong to, shown at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from onetime.clock import utc_now
from onetime.database import Database
from onetime.models import Connector, MeterReading, Transaction
from onetime.services.chargers import ChargerService
from onetime.services.live import LiveBoard, LiveConnector


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a connector measured at one instant: register in Wh, power in W, current in A of the highest phase."""

    taken_at: datetime
    context: str
    register_wh: int | None = None
    power_w: int | None = None
    current_a: float | None = None
    soc_percent: int | None = None


class MeteringService:
    """Stores what connectors measure."""

    def __init__(self, database: Database, live: LiveBoard, chargers: ChargerService) -> None:
        self._database = database
        self._live = live
        self._chargers = chargers

    async def measured(
        self, charger_id: int, connector_number: int, transaction_id: int | None, measurements: Sequence[Measurement]
    ) -> None:
        """Store measurements of a connector; return after they are safe.

        Without a usable transaction id they belong to the session that runs on the connector. Late values of an
        ended session stay with it and do not revive it.
        """
        if not measurements:
            return
        connector = await self._chargers.connector(charger_id, connector_number)
        session_id = await self._session_of(connector, transaction_id)
        received_at = utc_now()
        rows = [reading_row(connector.id, session_id, each, received_at) for each in measurements]
        await self._database.append(MeterReading, rows)
        if connector.session is None or session_id == connector.session.transaction_id:
            for each in measurements:
                self._live.add_reading(
                    connector.id,
                    each.taken_at,
                    register_wh=each.register_wh,
                    power_w=each.power_w,
                    soc_percent=each.soc_percent,
                )

    async def _session_of(self, connector: LiveConnector, transaction_id: int | None) -> int | None:
        running = connector.session.transaction_id if connector.session else None
        if transaction_id is None or not 0 < transaction_id < 2**31 or transaction_id == running:
            return running
        known = await self._database.read(lambda s: _belongs(s, transaction_id, connector.charger.id))
        return transaction_id if known else running


def reading_row(
    connector_id: int, transaction_id: int | None, measurement: Measurement, received_at: datetime
) -> dict[str, Any]:
    """Return the columns of one reading."""
    return {
        "connector_id": connector_id,
        "transaction_id": transaction_id,
        "taken_at": measurement.taken_at,
        "received_at": received_at,
        "context": measurement.context,
        "register_wh": measurement.register_wh,
        "power_w": measurement.power_w,
        "current_a": measurement.current_a,
        "soc_percent": measurement.soc_percent,
    }


def _belongs(session: Session, transaction_id: int, charger_id: int) -> bool:
    row = session.get(Transaction, transaction_id)
    return row is not None and session.get_one(Connector, row.connector_id).charger_id == charger_id
