"""Two ways to tell a dirty charger's life: through the services, and over sockets."""

import random
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any

import pytest

from onetime.services.chargers.measurements import Measurement
from onetime.services.runtime import Services
from onetime.services.sessions import metering
from onetime.services.sessions import transactions as transaction_service
from onetime.services.sessions.starts import StartRequest
from onetime.services.sessions.stop_request import StopRequest
from tests.integration.conftest import House
from tests.integration.driving.dirty_garage import UNUSABLE, Charging, DirtyCharger, Message, only_open
from tests.integration.driving.raw_charger import RawCharger

# How far chargers' clocks are ahead. Less than five minutes is too little to move energy and is left as it is.
CLOCKS = (timedelta(0), timedelta(0), timedelta(hours=2), timedelta(hours=-3), timedelta(days=400))
NO_SESSION = (-1, 0, 2**31 - 1, 2**40)


def looks_prompt(life: DirtyCharger, ahead: timedelta) -> bool:
    """Say whether a clock that is ahead makes a queued message look as if it were sent at once.

    Nothing in such a message tells it from one of a clock that was put right; no such life is played.
    """
    return any(
        message.sent_at != message.at and abs(message.sent_at - each - ahead) <= timedelta(seconds=61)
        for message in life.messages
        for each in (message.at, *(point[0] for point in message.points))
    )


class Line:
    """What both ways share: which ids a charger names, right ones and others."""

    def __init__(self, life: DirtyCharger) -> None:
        self._life = life
        self._chance = random.Random(life.name)
        self._begun: list[Charging] = []
        self._ended: set[Charging] = set()

    def _began(self, each: Charging, number: int) -> None:
        assert each.number in (None, number), "a start told again is the same session"
        each.number = number
        self._begun.append(each)

    def _named_by_readings(self, message: Message) -> int | None:
        number = message.charging.number
        return self._chance.choice(UNUSABLE if message.is_mixed else (number, number, *UNUSABLE))

    def _named_by_stop(self, each: Charging) -> int:
        """Return a session's id, or now and then none where the stop can mean no other session."""
        fits = not (each.meter_was_exchanged or each.stop_lies) and only_open(
            each, self._begun, self._ended | self._lost()
        )
        self._ended.add(each)
        return self._chance.choice(NO_SESSION) if fits and self._chance.random() < 0.3 else each.number or 0

    def _lost(self) -> set[Charging]:
        """Sessions whose stop never comes have ended once their connector carries another one."""
        return {
            each
            for place, each in enumerate(self._begun)
            if each.stop_is_lost
            and any(x.connector == each.connector and x is not each for x in self._begun[place + 1 :])
        }


class FunctionLine(Line):
    """Tells a charger's life through the services, with a system clock that stands where the life does."""

    def __init__(self, services: Services, monkeypatch: pytest.MonkeyPatch, life: DirtyCharger) -> None:
        super().__init__(life)
        self._services = services
        self._patch = monkeypatch
        self.ahead = self._chance.choice([each for each in CLOCKS if not looks_prompt(life, each)])
        self._charger_id = 0

    async def play(self) -> None:
        charger = await self._services.chargers.life.contact(self._life.name, subprotocol_missing=False)
        self._charger_id = charger.id
        for number in range(4):  # a clock that is behind shows by messages that keep arriving equally late
            now = self._life.begin - timedelta(minutes=10 - number)
            await self._services.chargers.clocks.heard(charger.id, now + self.ahead, now)
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
            number, _answer = await self._services.sessions.transactions.start(self._charger_id, start)
            self._began(each, number)
        elif message.kind == "meter":
            named, measured = self._named_by_readings(message), self._measurements(message)
            await self._services.sessions.metering.measured(self._charger_id, each.connector, named, measured, "{}")
        else:
            named, brought = self._named_by_stop(each), self._measurements(message)
            stop = StopRequest(named, own, each.said_stop, "Local", None, "{}", brought)
            await self._services.sessions.transactions.stop(self._charger_id, stop)

    def _measurements(self, message: Message) -> list[Measurement]:
        return [Measurement(at + self.ahead, "Sample.Periodic", register_wh=wh) for at, wh in message.points]


class SocketLine(Line):
    """Tells a charger's life over sockets: new ones in the middle of it, old ones half-open, ids used again."""

    def __init__(self, house: House, life: DirtyCharger) -> None:
        super().__init__(life)
        self._house = house
        self._stack = AsyncExitStack()
        self._socket: RawCharger | None = None

    async def play(self) -> None:
        async with self._stack:
            for number, message in enumerate(self._life.messages):
                await self._tell(message, f"{number}")

    async def _tell(self, message: Message, message_id: str) -> None:
        each = message.charging
        values: Any = [self._value(*point) for point in message.points]
        if message.kind == "start":
            payload = {
                "connectorId": each.connector, "idTag": each.card, "meterStart": each.start[1],
                "timestamp": self._stamp(message.at),
            }  # fmt: skip
            self._began(each, (await self._call("StartTransaction", payload, message_id))["transactionId"])
        elif message.kind == "meter":
            if len(values) == 1 and self._chance.random() < 0.1:
                [values] = values  # an object where a list belongs
            payload = {
                "connectorId": each.connector, "transactionId": self._named_by_readings(message), "meterValue": values,
            }  # fmt: skip
            await self._call("MeterValues", payload, message_id)
        else:
            payload = {
                "transactionId": self._named_by_stop(each), "meterStop": each.said_stop,
                "timestamp": self._stamp(message.at), "transactionData": values,
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
        way = self._chance.choice((_in_wh, _in_kwh, _as_number, _in_fractions, _by_phase, _among_others))
        return {"timestamp": self._stamp(at), "sampledValue": way(register)}

    def _stamp(self, at: datetime) -> str:
        """Write one instant in one of the ways chargers do."""
        style = self._chance.choice(("Z", "zoneless", "+02", "fraction"))
        if style == "+02":
            return (at + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S+02:00")
        return at.strftime("%Y-%m-%dT%H:%M:%S") + {"Z": "Z", "zoneless": "", "fraction": ".000Z"}[style]


def _in_wh(register: int) -> Any:
    return [{"value": str(register), "unit": "Wh", "context": "Sample.Clock"}]


def _in_kwh(register: int) -> Any:
    sign, size = "-" * (register < 0), abs(register)
    return [{"value": f"{sign}{size // 1000}.{size % 1000:03d}", "unit": "kWh"}]


def _as_number(register: int) -> Any:
    return {"value": register, "measurand": "Energy.Active.Import.Register"}


def _in_fractions(register: int) -> Any:
    return [{"value": f" {register}.{4 if register >= 0 else 0}\n", "unit": "wh"}]


def _by_phase(register: int) -> Any:
    shares = (register // 3, register // 2, register - register // 3 - register // 2)
    return [{"value": str(wh), "phase": phase} for wh, phase in zip(shares, ("L1", "L2", "L3"), strict=True)]


def _among_others(register: int) -> Any:
    return [
        {"value": "7.2", "measurand": "Power.Active.Import", "unit": "kW"},
        {"value": "99999999", "measurand": "Energy.Active.Import.Register", "location": "EV"},
        {"value": "c2lnbmVk", "format": "SignedData"},
        {"value": str(register), "measurand": "Energy.Active.Import.Register", "unit": "Wh"},
        {"value": str(register // 3), "measurand": "Energy.Active.Import.Register", "phase": "L1"},
    ]
