"""A charger whose meter is known to the Wh and that tells of it in every wrong way, over a socket."""

import random
from dataclasses import dataclass, field

from tests.integration.driving.metered import Metered, value

KINDS = (
    "honest", "honest", "lost start", "lost stop", "lost both", "stop at start", "stop too low", "stop too high",
    "start at zero", "start of before", "start told again", "another inside", "another over its end", "stop -1",
    "stop 0 of nobody", "stop of before", "stop twice", "stop of another card", "no start register",
    "no stop register", "spike", "data only in the stop", "kWh without a unit", "reason as card",
)  # fmt: skip


@dataclass
class Lived:
    """What really happened at a plug: registers in Wh at minutes, and how it was told."""

    connector: int
    kind: str
    card: str
    begin: int
    start_wh: int
    end: int = 0
    stop_wh: int = 0
    numbers: list[int] = field(default_factory=list)


class LyingCharger:
    """Draws and tells sessions of one or two plugs; ``moved`` is what each plug's meter has counted, in Wh."""

    def __init__(self, charger: Metered, chance: random.Random) -> None:
        self._charger = charger
        self._chance = chance
        self.plugs = chance.choice((1, 1, 2))
        self.is_relative = chance.random() < 0.3
        self.first = {plug: chance.randint(300_000, 9_000_000) * plug for plug in (1, 2)}
        self.meter = dict(self.first)
        self._before: dict[int, Lived] = {}
        self.lived: list[Lived] = []

    @property
    def moved(self) -> int:
        """What the meters of all plugs have counted, in Wh."""
        return sum(self.meter[plug] - self.first[plug] for plug in self.first)

    async def live(self, sessions: int) -> None:
        """Tell so many sessions, one after the other at each plug, and a last honest one that shows the register."""
        minute = 0
        for number in range(sessions):
            plug = self._chance.randint(1, self.plugs)
            kind = self._chance.choice(KINDS) if plug in self._before else "honest"  # what was before nobody knows
            minute = await self._session(minute + self._chance.randint(15, 300), kind, number, plug)
        for plug in range(1, self.plugs + 1):
            minute = await self._session(minute + 30, "honest", sessions, plug)

    async def _session(self, begin: int, kind: str, number: int, connector: int) -> int:
        charger = self._charger
        each = Lived(connector, kind, f"CARD-{number % 5}", begin, self.meter[connector])
        before = self._before.get(connector)
        if kind not in ("lost start", "lost both"):
            told: int | None = each.start_wh
            if kind == "start at zero":
                told = 0
            elif kind == "start of before" and before is not None and before.numbers:
                told = before.start_wh
            elif kind == "no start register":
                told = None
            each.numbers.append(await charger.start(begin, told, each.card, connector))
        if kind == "start told again":
            each.numbers.append(await charger.start(begin + 1, each.start_wh, each.card, connector))
        readings = await self._charge(each)
        if kind not in ("lost stop", "lost both"):
            await self._stop(each, before, readings)
        self.lived.append(each)
        self._before[connector] = each
        return each.end

    async def _charge(self, each: Lived) -> list[tuple[float, int, str]]:
        chance, kind = self._chance, each.kind
        each.end = each.begin
        told: list[tuple[float, int, str]] = []
        inside: int | None = None
        for step in range(chance.randint(3, 14)):
            each.end += 5
            self.meter[each.connector] += chance.randint(60, 900)
            register = self.meter[each.connector]
            shown = register - (each.start_wh if self.is_relative else 0)
            if kind in ("another inside", "another over its end") and step == 0:
                inside = await self._charger.start(each.end, register, "OTHER", each.connector)
                each.numbers.append(inside)
            if kind == "another inside" and step == 2 and inside is not None:
                await self._charger.stop(inside, each.end, register, card="OTHER")
            told.append((each.end, shown, "Sample.Periodic"))
            if kind != "data only in the stop" and chance.random() < 0.8:
                await self._read(each, shown)
            if kind == "spike" and step == 1:
                await self._read(each, shown + 10**8, at=each.end + 0.5)
        each.end += 1
        self.meter[each.connector] += chance.randint(0, 100)
        each.stop_wh = self.meter[each.connector]
        if kind == "another over its end" and inside is not None:
            self._over = (inside, each.end + 20, each.stop_wh + chance.randint(500, 2_000))
            self.meter[each.connector] = self._over[2]
        return told

    async def _read(self, each: Lived, shown: int, at: float | None = None) -> None:
        number = each.numbers[0] if each.numbers and self._chance.random() < 0.8 else None
        sample = [{"value": f"{shown / 1000:.1f}"}] if each.kind == "kWh without a unit" else [value(shown)]
        await self._charger.read(each.end if at is None else at, sample, number, each.connector)

    async def _stop(self, each: Lived, before: Lived | None, readings: list[tuple[float, int, str]]) -> None:
        kind, charger = each.kind, self._charger
        number, card = self._named_by_stop(each, before)
        register = {
            "stop at start": each.start_wh,
            "stop too low": each.start_wh + (each.stop_wh - each.start_wh) // 2,
            "stop too high": each.stop_wh + 400_000,
            "no stop register": None,
        }.get(kind, each.stop_wh)
        brings = kind in ("data only in the stop", "no stop register") or self._chance.random() < 0.2
        await charger.stop(number, each.end, register, card, readings if brings else [])
        if kind == "stop twice":
            self.meter[each.connector] += 700
            await charger.stop(number, each.end + 10, each.stop_wh + 700, card)
            each.end += 10
        if kind == "another over its end":
            inside, end, register_wh = self._over
            await charger.stop(inside, end, register_wh, "OTHER")
            each.end = end

    def _named_by_stop(self, each: Lived, before: Lived | None) -> tuple[int, str | None]:
        number = each.numbers[0] if each.numbers else -1
        if each.kind == "stop -1":
            return -1, each.card
        if each.kind == "stop 0 of nobody":
            return 0, None
        if each.kind == "stop of before" and before is not None and before.numbers:
            return before.numbers[0], each.card
        return number, {"stop of another card": "STRANGER", "reason as card": "EVDisconnected"}.get(
            each.kind, each.card
        )
