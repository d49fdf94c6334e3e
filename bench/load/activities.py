"""What chargers can be told to do: arrive, start sessions, and send readings at full speed or at a pace."""

import json
import time
from collections import deque
from typing import Any

from bench.load.charger import Charger, ChargerError
from bench.load.readings import CONNECTOR, START_WH, timestamp
from bench.load.swarm import Swarm


class _Prompt:
    """What no clock drives: each answer leads to the next message, until nothing is missing."""

    _missing: int

    def due(self) -> None:
        return None

    def wake(self) -> None:
        return

    @property
    def is_over(self) -> bool:
        return self._missing == 0


class Arrive(_Prompt):
    """Connect chargers and, unless the server is a bare one, boot them until they are accepted."""

    def __init__(self, swarm: Swarm, chargers: list[Charger], *, boot: bool, at_once: int) -> None:
        self._swarm = swarm
        self._waiting = list(reversed(chargers))
        self._missing = len(chargers)
        self._boot = boot
        self._at_once = at_once

    def begin(self) -> None:
        for _place in range(min(self._at_once, len(self._waiting))):
            self._swarm.connect(self._waiting.pop())

    def answered(self, charger: Charger, text: bytes, at: float) -> None:
        if not text and self._boot:
            charger.send_call("BootNotification", {"chargePointVendor": "Bench", "chargePointModel": "One"})
            return
        if text and json.loads(text)[2]["status"] != "Accepted":
            msg = f"{charger.identity} was not accepted: {text.decode()}"
            raise ChargerError(msg)
        self._missing -= 1
        if self._waiting:
            self._swarm.connect(self._waiting.pop())


class StartCharging(_Prompt):
    """Say Charging, and start a session on each charger."""

    def __init__(self, chargers: list[Charger]) -> None:
        self._chargers = chargers
        self._missing = len(chargers)

    def begin(self) -> None:
        for charger in self._chargers:
            status = {"connectorId": CONNECTOR, "status": "Charging", "errorCode": "NoError"}
            charger.send_call("StatusNotification", status)

    def answered(self, charger: Charger, text: bytes, at: float) -> None:
        answer: dict[str, Any] = json.loads(text)[2]
        if "transactionId" in answer:
            charger.charge(answer["transactionId"])
            self._missing -= 1
            return
        start = {
            "connectorId": CONNECTOR,
            "idTag": charger.identity,
            "meterStart": START_WH,
            "timestamp": timestamp(time.time()),
        }
        charger.send_call("StartTransaction", start)


class Flood(_Prompt):
    """Send the next reading as soon as the last is answered. What is answered in the warm-up is not counted."""

    def __init__(self, chargers: list[Charger], warm_up: float, seconds: float) -> None:
        self._chargers = set(chargers)
        self._counts_from = time.perf_counter() + warm_up
        self._ends_at = self._counts_from + seconds
        self._missing = 0
        self.seconds = seconds
        self.times: list[float] = []
        self.answers = 0

    def begin(self) -> None:
        self._missing = len(self._chargers)
        for charger in self._chargers:
            charger.send_reading()

    def answered(self, charger: Charger, _text: bytes, at: float) -> None:
        self.answers += 1
        if self._counts_from <= at < self._ends_at:
            self.times.append(at - charger.sent_at)
        if at < self._ends_at:
            charger.send_reading()
        else:
            self._missing -= 1


class Sample:
    """Send a reading of each charger every ``interval`` seconds, one after the other or all in the same instant.

    A charger whose last reading is not answered yet sends the next one late; that wait counts as answer time.
    """

    def __init__(self, chargers: list[Charger], interval: float, seconds: float, *, together: bool) -> None:
        self._chargers = chargers
        self._at_once = len(chargers) if together else 1
        self._pause = interval if together else interval / len(chargers)
        self._next_at = time.perf_counter()
        self._left = max(1, round(seconds / self._pause)) * self._at_once
        self._next = 0
        self._due: dict[Charger, deque[float]] = {charger: deque() for charger in chargers}
        self._unanswered = self._left
        self.times: list[float] = []

    def begin(self) -> None:
        return

    def answered(self, charger: Charger, _text: bytes, at: float) -> None:
        waiting = self._due[charger]
        self.times.append(at - waiting.popleft())
        self._unanswered -= 1
        if waiting:
            charger.send_reading()

    def due(self) -> float | None:
        return self._next_at if self._left else None

    def wake(self) -> None:
        for _place in range(self._at_once):
            charger = self._chargers[self._next % len(self._chargers)]
            waiting = self._due[charger]
            waiting.append(time.perf_counter())
            if len(waiting) == 1:
                charger.send_reading()
            self._next += 1
        self._left -= self._at_once
        self._next_at += self._pause

    @property
    def is_over(self) -> bool:
        return not self._unanswered
