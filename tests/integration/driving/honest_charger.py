"""Chargers that are honest, each in its own way: what they charge is known, and nobody has to look at anything."""

import random
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.integration.conftest import House
from tests.integration.driving.raw_charger import RawCharger

MINUTE = timedelta(minutes=1)
QUARTER = timedelta(minutes=15)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
POWERS_W = (3_700, 7_400, 11_000, 22_000, 50_000)
REGISTERS = ("lifetime", "lifetime", "kWh", "relative readings", "relative", "silent")
EVENTS = ("none", "none", "twice", "reboot", "power cut", "offline", "offline before", "new socket")


@dataclass
class HonestCharger:
    """One plug, drawn by chance: its power, how its register counts, how often it reads, how it says it."""

    house: House
    name: str
    chance: random.Random
    now: datetime
    charged_wh: int = 0
    sessions: int = 0
    sent: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Draw its habits."""
        chance = self.chance
        self.power_w = chance.choice(POWERS_W)
        self.register = chance.choice(REGISTERS)
        self.interval = chance.choice((MINUTE, MINUTE, 5 * MINUTE, QUARTER))
        self.names_sessions = chance.random() < 0.7
        self.fills_stops = chance.random() < 0.4
        self.standby_w = chance.choice((0, 5, 20))
        self._meter = float(chance.randint(200_000, 9_000_000))
        self._stack = AsyncExitStack()
        self._socket: RawCharger | None = None
        self._offline = False
        self._waiting: list[tuple[str, dict[str, Any]]] = []
        self._number = 0

    async def live(self, sessions: int) -> None:
        """Charge so many cars, one after the other."""
        async with self._stack:
            await self._connect()
            await self._boot()
            await self._status("Available")
            for number in range(sessions):
                await self._charge(f"CARD-{number % 4}")
                self._rest(self.chance.randint(5, 600))
            await self._back_online()

    async def _charge(self, card: str) -> None:
        event = self.chance.choice(EVENTS)
        length = self.chance.randint(3, 200)
        if event == "offline before":
            self._offline = True
        await self._status("Preparing")
        begin = self._shown()
        start = {"connectorId": 1, "idTag": card, "meterStart": self._end(begin, begin), "timestamp": self._stamp()}
        self._number = await self._start(start)
        if event == "twice" and not self._offline:
            assert await self._start(start) == self._number
        await self._status("Charging")
        brought = await self._readings(begin, length, event)
        stop: dict[str, Any] = {
            "transactionId": self._number, "meterStop": self._end(self._shown(), begin), "timestamp": self._stamp(),
            "idTag": card, "reason": "PowerLoss" if event == "power cut" else "Local",
        }  # fmt: skip
        if brought and self.fills_stops:
            stop["transactionData"] = brought
        if event == "power cut":
            await self._connect()
            await self._boot()
        for _time in range(2 if event == "twice" else 1):
            await self._tell("StopTransaction", stop)
        await self._status("Finishing")
        await self._status("Available")
        if event.startswith("offline"):
            self._rest(self.chance.randint(1, 300))
            await self._back_online()
        self.charged_wh += self._shown() - begin if not event.startswith("offline") else self._last - begin
        self.sessions += 1

    async def _readings(self, begin: int, length: int, event: str) -> list[dict[str, Any]]:
        brought, eventful = [], self.chance.randint(1, length)
        pause = self.chance.random() < 0.3  # the car waits for its time
        for minute in range(1, length + 1):
            before = self.now
            self.now += MINUTE
            if not (pause and minute < length / 2):
                self._meter += self.power_w / 60 * self.chance.uniform(0.4, 1.0)
            if minute == eventful:
                await self._happen(event)
            if (before - EPOCH) // self.interval == (self.now - EPOCH) // self.interval or self.register == "silent":
                continue
            value = self._reading(begin)
            brought.append(value)
            if not self.fills_stops or self.chance.random() < 0.5:
                said = {"connectorId": 1, "meterValue": [value]}
                await self._tell("MeterValues", said | ({"transactionId": self._number} if self.names_sessions else {}))
        self._last = self._shown()
        return brought

    async def _happen(self, event: str) -> None:
        if event == "reboot":  # and the session goes on (MicroOcpp #227)
            await self._connect()
            await self._boot()
            await self._status("Charging")
        elif event == "new socket":
            await self._connect()
        elif event == "offline":
            self._offline = True

    def _reading(self, begin: int) -> dict[str, Any]:
        register = self._shown() - (begin if self.register.startswith("relative") else 0)
        context = "Sample.Clock" if self.interval == QUARTER else "Sample.Periodic"
        value: dict[str, Any] = {"value": str(register), "unit": "Wh", "context": context}
        if self.register == "kWh":
            value |= {"value": f"{register / 1000:.1f}", "unit": "kWh"}
        power = {"value": "11000", "measurand": "Power.Active.Import", "unit": "W", "context": context}
        return {"timestamp": self._stamp(), "sampledValue": [value, power]}

    def _end(self, register: int, begin: int) -> int:
        return register - begin if self.register == "relative" else register

    def _shown(self) -> int:
        return int(self._meter)

    def _stamp(self) -> str:
        return self.now.strftime("%Y-%m-%dT%H:%M:%SZ")

    def _rest(self, minutes: int) -> None:
        self.now += minutes * MINUTE + timedelta(seconds=self.chance.randrange(60))
        self._meter += self.standby_w * minutes / 60

    async def _start(self, start: dict[str, Any]) -> int:
        if self._offline:
            self._waiting.append(("StartTransaction", start))
            return -1
        return int((await self._call("StartTransaction", start))["transactionId"])

    async def _tell(self, action: str, payload: dict[str, Any]) -> None:
        if self._offline:
            self._waiting.append((action, payload))
        else:
            await self._call(action, payload)

    async def _status(self, status: str) -> None:
        if not self._offline:  # of many only the last counts, and that is told when the connection is back
            await self._call("StatusNotification", {"connectorId": 1, "status": status, "errorCode": "NoError"})

    async def _back_online(self) -> None:
        if not self._offline:
            return
        self._offline = False
        await self._connect()
        for action, payload in self._waiting:
            if payload.get("transactionId") == -1:
                payload = payload | {"transactionId": self._number}
            answer = await self._call(action, payload)
            self._number = answer.get("transactionId", self._number)
        self._waiting = []
        await self._status("Available")

    async def _boot(self) -> None:
        await self._call("BootNotification", {"chargePointVendor": "Honest", "chargePointModel": "P30"})

    async def _connect(self) -> None:
        url = f"{self.house.url}/{self.name}"
        self._socket = await self._stack.enter_async_context(RawCharger.connected(url))

    async def _call(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        assert self._socket is not None
        return await self._socket.call(action, payload)
