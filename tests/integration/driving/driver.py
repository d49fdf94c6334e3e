"""A charger that goes through one session after the other and knows what was confirmed to it."""

import asyncio
import random
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session, select
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from onetime.models import MeterReading, Transaction, TransactionState
from tests.integration.driving.raw_charger import RawCharger

CALLRESULT = 3
FIRST_SESSION = datetime(2026, 10, 1, tzinfo=UTC)
AGAIN_AFTER_S = 0.01


@dataclass
class Driver:
    """A charger that repeats what was not confirmed, as OCPP asks, and remembers what was."""

    url: str
    number: int
    chance: random.Random
    register: int = 1_000
    sessions: list[tuple[int, int, int]] = field(default_factory=list)
    readings: list[tuple[int, datetime, int]] = field(default_factory=list)
    confirmed: int = 0
    refusals: int = 0
    is_charging: bool = False
    _charger: RawCharger | None = None
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def drive(self, until: asyncio.Event) -> None:
        minute = 0
        async with AsyncExitStack() as self._stack:
            while not until.is_set():
                minute = await self._session(minute)

    async def _session(self, minute: int) -> int:
        start = self.register
        payload = {"connectorId": 1, "idTag": f"CARD{self.number}", "meterStart": start, "timestamp": _time(minute)}
        transaction_id = int((await self._surely("StartTransaction", payload))["transactionId"])
        self.is_charging = True
        for _ in range(self.chance.randrange(4)):
            minute += 1
            self.register += self.chance.randrange(200)
            sample = {"timestamp": _time(minute), "sampledValue": [{"value": str(self.register)}]}
            values = {"connectorId": 1, "transactionId": transaction_id, "meterValue": [sample]}
            await self._surely("MeterValues", values)
            self.readings.append((transaction_id, _instant(minute), self.register))
        minute += 1
        self.register += self.chance.randrange(200)
        stop = {"transactionId": transaction_id, "meterStop": self.register, "timestamp": _time(minute)}
        await self._surely("StopTransaction", stop)
        self.is_charging = False
        self.sessions.append((transaction_id, start, self.register))
        return minute + 1

    async def _surely(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Repeat a call, over a new connection where needed, until it is confirmed."""
        while True:
            try:
                if self._charger is None:
                    connecting = RawCharger.connected(f"{self.url}/CP-{self.number}")
                    self._charger = await self._stack.enter_async_context(connecting)
                answer = await self._charger.exchange(action, payload)
                if answer[0] == CALLRESULT:
                    self.confirmed += 1
                    confirmed: dict[str, Any] = answer[2]
                    return confirmed
                self.refusals += 1
            except (OSError, ConnectionClosed, InvalidHandshake):
                self._charger = None
                await self._stack.aclose()
            await asyncio.sleep(AGAIN_AFTER_S)


def _instant(minute: int) -> datetime:
    return FIRST_SESSION + timedelta(minutes=minute)


def _time(minute: int) -> str:
    return f"{_instant(minute):%Y-%m-%dT%H:%M:%SZ}"


def assert_all_is_kept(session: Session, drivers: list[Driver]) -> None:
    """Compare what the database holds with what was confirmed: every session and every register once, to the Wh."""
    rows = session.exec(select(Transaction)).all()
    readings = session.exec(select(MeterReading)).all()
    confirmed = sorted(each for driver in drivers for each in driver.sessions)
    assert all(driver.sessions for driver in drivers)
    assert sorted((row.id, row.meter_start_wh, row.meter_stop_wh) for row in rows) == confirmed
    assert all(row.state is TransactionState.ENDED and not row.stop_estimated for row in rows)
    # Within one connection a repeated reading is known by its message id; over a new one it may be kept twice.
    kept = {(each.transaction_id, each.taken_at, each.register_wh) for each in readings}
    assert kept == {reading for driver in drivers for reading in driver.readings}
