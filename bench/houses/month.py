"""A month of a big garage, written into a database as it would have grown: night by night, minute by minute."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from random import Random
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session

from onetime.models import Charger, Connector, MeterReading, Registration, Site, Transaction, TransactionState
from onetime.models.readings import next_reading_id

MONTH = "2026-09"
FIRST_EVENING = datetime(2026, 9, 1, 15, 30, tzinfo=UTC)
NIGHTS = 30
MINUTES = 500  # how long a car is plugged in
FULL_AFTER = 240  # minutes of charging; then the car sleeps and the charger goes on reporting
POWER_W = 11_040
ARRIVALS_MINUTES = 240  # the evening within which cars come home


@dataclass(slots=True)
class Night:
    """One connector's session of one night."""

    transaction_id: int
    connector_id: int
    arrival: int
    register_wh: int

    def readings(self) -> Iterator[tuple[int, int, int]]:
        """Yield minute of the night, register in Wh and power in W."""
        for minute in range(MINUTES):
            charged = min(minute, FULL_AFTER)
            power_w = POWER_W if minute < FULL_AFTER else 0
            yield self.arrival + minute, self.register_wh + charged * POWER_W // 60, power_w


def fill(session: Session, connectors: int) -> int:
    """Store a month of one session a night on each connector, with minute readings; return how many readings."""
    random = Random(1)
    session.add(Site(id=1, name="Bench"))
    _add_chargers(session, connectors)
    count = 0
    for number in range(NIGHTS):
        nights = [_night(number, connector, connectors, random) for connector in range(1, connectors + 1)]
        evening = FIRST_EVENING + timedelta(days=number)
        session.execute(insert(Transaction), [_transaction(night, evening) for night in nights])
        rows = _readings(nights, evening)
        session.execute(insert(MeterReading), rows)
        count += len(rows)
    return count


def _add_chargers(session: Session, count: int) -> None:
    for number in range(1, count + 1):
        identity = f"BENCH-{number:04d}"
        session.add(
            Charger(id=number, identity=identity, identity_key=identity.lower(), registration=Registration.ACCEPTED)
        )
    session.flush()
    session.add_all(Connector(id=number, charger_id=number, number=1) for number in range(1, count + 1))
    session.flush()


def _night(number: int, connector: int, connectors: int, random: Random) -> Night:
    register_wh = 1_000_000 + number * FULL_AFTER * POWER_W // 60
    return Night(number * connectors + connector, connector, random.randrange(ARRIVALS_MINUTES), register_wh)


def _transaction(night: Night, evening: datetime) -> dict[str, Any]:
    started, stopped = (evening + timedelta(minutes=night.arrival + minute) for minute in (0, MINUTES))
    return {
        "id": night.transaction_id,
        "connector_id": night.connector_id,
        "id_tag": f"CARD{night.connector_id}",
        "id_tag_key": f"CARD{night.connector_id}",
        "authorization_status": "Accepted",
        "started_at": started,
        "start_received_at": started,
        "meter_start_wh": night.register_wh,
        "state": TransactionState.ENDED,
        "stopped_at": stopped,
        "stop_received_at": stopped,
        "meter_stop_wh": night.register_wh + FULL_AFTER * POWER_W // 60,
        "stop_reason": "EVDisconnected",
        "stop_estimated": False,
    }


def _readings(nights: list[Night], evening: datetime) -> list[dict[str, Any]]:
    """Return the night's readings in the order they came in: the chargers' rows lie between each other on the disk."""
    taken = ((minute, night, register, power) for night in nights for minute, register, power in night.readings())
    arrived = sorted(taken, key=itemgetter(0))
    return [_reading(night, evening + timedelta(minutes=minute), *shown) for minute, night, *shown in arrived]


def _reading(night: Night, at: datetime, register_wh: int, power_w: int) -> dict[str, Any]:
    return {
        "connector_id": night.connector_id,
        "transaction_id": night.transaction_id,
        "taken_at": at,
        "id": next_reading_id(),
        "received_at": at,
        "context": "Sample.Periodic",
        "register_wh": register_wh,
        "power_w": power_w,
        "current_a": power_w / 690,
        "soc_percent": None,
    }
