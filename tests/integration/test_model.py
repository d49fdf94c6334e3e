"""Dirty sessions of parallel connectors, told over sockets and through the functions, against an oracle to the Wh.

``ONETIME_TEST_DIRTY_SESSIONS=20000`` plays that many instead of a few dozen; ``ONETIME_TEST_DIRTY_SEED`` others.
"""

import asyncio
import os
import random
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from onetime.billing.intervals import session_intervals
from onetime.models import Charger, Connector, ReviewItem, Transaction, TransactionState
from onetime.services import metering
from onetime.services import transactions as transaction_service
from onetime.services.measurements import Measurement
from onetime.services.metered import metered
from onetime.services.runtime import Services
from onetime.services.stop_request import StopRequest
from onetime.services.transaction_store import StartRequest
from tests.integration.conftest import House
from tests.integration.dirty_garage import UNUSABLE, Charging, DirtyCharger, Message, only_open
from tests.integration.raw_charger import RawCharger

SESSIONS = int(os.environ.get("ONETIME_TEST_DIRTY_SESSIONS", "72"))
SEED = int(os.environ.get("ONETIME_TEST_DIRTY_SEED", "4"))
PER_CHARGER = 12
BEGIN = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)
# How far chargers' clocks are ahead. Less than five minutes is too little to move energy and is left as it is.
CLOCKS = (timedelta(0), timedelta(0), timedelta(hours=2), timedelta(hours=-3), timedelta(days=400))


@pytest.fixture
def database_url() -> str | None:
    """What is told is the same on every database; test_sessions and test_kill look at both."""
    return None


def chargers(count: int, salt: int) -> list[DirtyCharger]:
    return [
        DirtyCharger(random.Random(f"{SEED}-{salt}-{number}"), f"DIRTY-{salt}-{number}", BEGIN, PER_CHARGER)
        for number in range(max(1, count // PER_CHARGER))
    ]


def looks_prompt(life: DirtyCharger, ahead: timedelta) -> bool:
    """Say whether a clock that is ahead makes a queued message look as if it were sent at once.

    Nothing in such a message tells it from one of a clock that was put right; no such life is played.
    """
    return any(
        message.sent_at != message.at and abs(message.sent_at - each - ahead) <= timedelta(seconds=61)
        for message in life.messages
        for each in (message.at, *(point[0] for point in message.points))
    )


class FunctionLine:
    """Tells a charger's life through the services, with a system clock that stands where the life does."""

    def __init__(self, services: Services, monkeypatch: pytest.MonkeyPatch, life: DirtyCharger) -> None:
        self._services = services
        self._patch = monkeypatch
        self._life = life
        self._chance = random.Random(life.name)
        self.ahead = self._chance.choice([each for each in CLOCKS if not looks_prompt(life, each)])
        self._begun: list[Charging] = []
        self._ended: set[Charging] = set()
        self._charger_id = 0

    async def play(self) -> None:
        charger = await self._services.chargers.contact(self._life.name, subprotocol_missing=False)
        self._charger_id = charger.id
        for number in range(4):  # a clock that is behind shows by messages that keep arriving equally late
            now = BEGIN - timedelta(minutes=10 - number)
            await self._services.clocks.heard(charger.id, now + self.ahead, now)
        for message in self._life.messages:
            self._set_clock(message.sent_at)
            await self._tell(message)

    def _set_clock(self, now: datetime) -> None:
        for module in (metering, transaction_service):
            self._patch.setattr(module, "utc_now", lambda: now)

    async def _tell(self, message: Message) -> None:
        each, own = message.charging, message.at + self.ahead
        if message.kind == "start":
            start = StartRequest(each.connector, each.card, own, each.start[1])
            number, _answer = await self._services.transactions.start(self._charger_id, start)
            assert each.number in (None, number), "a start told again is the same session"
            each.number = number
            self._begun.append(each)
        elif message.kind == "meter":
            told = (each.number, each.number, *UNUSABLE)
            named = each.number if each in self._ended else self._chance.choice(told)
            await self._services.metering.measured(
                self._charger_id, each.connector, named, self._measurements(message), "{}"
            )
        else:
            anonymous = only_open(each, self._begun, self._ended | self._lost()) and self._chance.random() < 0.3
            stop = StopRequest(
                -1 if anonymous else each.number or 0, own, each.stop[1], "Local", None, "{}",
                self._measurements(message),
            )  # fmt: skip
            await self._services.transactions.stop(self._charger_id, stop)
            self._ended.add(each)

    def _lost(self) -> set[Charging]:
        """Sessions whose stop never comes have ended once their connector carries another one."""
        return {
            each
            for place, each in enumerate(self._begun)
            if each.stop_is_lost
            and any(x.connector == each.connector and x is not each for x in self._begun[place + 1 :])
        }

    def _measurements(self, message: Message) -> list[Measurement]:
        return [Measurement(at + self.ahead, "Sample.Periodic", register_wh=wh) for at, wh in message.points]


class SocketLine:
    """Tells a charger's life over sockets: new ones in the middle of it, old ones half-open, ids used again."""

    def __init__(self, house: House, life: DirtyCharger) -> None:
        self._house = house
        self._life = life
        self._chance = random.Random(life.name)
        self._stack = AsyncExitStack()
        self._socket: RawCharger | None = None

    async def play(self) -> None:
        async with self._stack:
            for number, message in enumerate(self._life.messages):
                await self._tell(message, f"{number}")

    async def _tell(self, message: Message, message_id: str) -> None:
        each = message.charging
        if message.kind == "start":
            payload = {
                "connectorId": each.connector, "idTag": each.card, "meterStart": each.start[1],
                "timestamp": self._stamp(message.at),
            }  # fmt: skip
            number = (await self._call("StartTransaction", payload, message_id))["transactionId"]
            assert each.number in (None, number), "a start told again is the same session"
            each.number = number
        elif message.kind == "meter":
            values = [self._value(*point) for point in message.points]
            payload = {"connectorId": each.connector, "transactionId": each.number, "meterValue": values}
            await self._call("MeterValues", payload, message_id)
        else:
            payload = {
                "transactionId": each.number, "meterStop": each.stop[1], "timestamp": self._stamp(message.at),
                "transactionData": [self._value(*point) for point in message.points],
            }  # fmt: skip
            await self._call("StopTransaction", payload, message_id)

    async def _call(self, action: str, payload: dict[str, Any], message_id: str) -> dict[str, Any]:
        if self._socket is None or self._chance.random() < 0.05:
            connecting = RawCharger.connected(f"{self._house.url}/{self._life.name}")
            self._socket = await self._stack.enter_async_context(connecting)  # the older one stays half-open
        answer = await self._socket.call(action, payload, message_id)
        if self._chance.random() < 0.1:
            assert await self._socket.call(action, payload, message_id) == answer, "an id sent again replays its answer"
        return answer

    def _value(self, at: datetime, register: int) -> dict[str, Any]:
        unit = self._chance.choice(("Wh", "kWh"))
        shown = str(register) if unit == "Wh" else f"{register // 1000}.{register % 1000:03d}"
        return {"timestamp": self._stamp(at), "sampledValue": [{"value": shown, "unit": unit}]}

    def _stamp(self, at: datetime) -> str:
        """Write one instant in one of the ways chargers do."""
        style = self._chance.choice(("Z", "zoneless", "+02", "fraction"))
        if style == "+02":
            return (at + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S+02:00")
        return at.strftime("%Y-%m-%dT%H:%M:%S") + {"Z": "Z", "zoneless": "", "fraction": ".000Z"}[style]


@pytest.mark.timeout(180 + 3 * SESSIONS)
async def test_dirty_sessions_come_out_to_the_wh_through_the_functions(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for life in chargers(SESSIONS, 1):
        line = FunctionLine(house.services, monkeypatch, life)
        await line.play()
        await house.services.database.read(lambda s, life=life: compare(s, life))  # type: ignore[misc]  # bound now


@pytest.mark.timeout(180 + 3 * SESSIONS)
async def test_dirty_sessions_come_out_to_the_wh_over_sockets(house: House) -> None:
    lives = chargers(SESSIONS // 2, 2)
    for first in range(0, len(lives), 20):
        group = lives[first : first + 20]
        await asyncio.gather(*(SocketLine(house, life).play() for life in group))
        for life in group:
            await house.services.database.read(lambda s, life=life: compare(s, life))  # type: ignore[misc]  # bound now


def compare(session: Session, life: DirtyCharger) -> None:
    """Compare what is stored of one charger with what really happened, as far as it was told."""
    query = (
        select(Transaction, Connector)
        .join(Connector, col(Connector.id) == col(Transaction.connector_id))
        .join(Charger, col(Charger.id) == col(Connector.charger_id))
        .where(Charger.identity == life.name)
        .order_by(col(Transaction.id))
    )
    found = {row.id: (row, connector) for row, connector in session.exec(query).all()}
    assert found.keys() == {each.number for each in life.sessions}, life.name
    assert len(found) == len(life.sessions)
    estimated = 0
    for each in life.sessions:
        row, connector = found[each.number]
        end, is_estimated = each.end(is_last=life.last(each.connector) is each)
        estimated += is_estimated
        where = f"{life.name}: session {each.number} on connector {each.connector}"
        assert (connector.number, row.id_tag) == (each.connector, each.card), where
        assert (row.started_at, row.meter_start_wh) == each.start, where
        if end is None:
            assert row.state is TransactionState.OPEN, where
            continue
        assert (row.stopped_at, row.meter_stop_wh, row.stop_estimated) == (*end, is_estimated), where
        intervals = session_intervals(metered(session, row, connector.max_power_w))
        assert {i.start: i.energy_wh for i in intervals} == each.quarters(end), where
    doubts = session.exec(
        select(ReviewItem.reason)
        .join(Charger, col(Charger.id) == col(ReviewItem.charger_id))
        .where(Charger.identity == life.name, col(ReviewItem.resolved_at).is_(None))
    ).all()
    assert sorted(doubts) == ["stop_never_came"] * estimated, life.name
