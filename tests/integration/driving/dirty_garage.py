"""Chargers with several plugs that live an honest life and tell it badly, and what must be understood all the same.

What really happened is drawn first. What is told of it is distorted: twice, late, out of order, without ids, by a
wrong clock. The oracle knows both, uses nothing of the product, and says each session and each quarter-hour to the Wh.
"""

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from math import floor

MINUTE = timedelta(minutes=1)
QUARTER = timedelta(minutes=15)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
UNUSABLE = (None, 0, 2**63 - 1)

Point = tuple[datetime, int]


@dataclass(eq=False)
class Charging:
    """One session as it really was, and what of it was told. Registers in Wh at true instants."""

    connector: int
    card: str
    start: Point
    samples: list[Point]
    stop: Point
    told: set[Point] = field(default_factory=set)
    stop_is_lost: bool = False
    meter_was_exchanged: bool = False
    told_stop: int | None = None
    has_spike: bool = False
    number: int | None = None

    @property
    def stop_lies(self) -> bool:
        """Say whether the charger tells a meterStop that its own readings contradict."""
        return self.told_stop is not None

    @property
    def said_stop(self) -> int:
        """Return the meterStop the charger tells."""
        return self.stop[1] if self.told_stop is None else self.told_stop

    def end(self, is_last: bool) -> tuple[Point | None, bool]:
        """Return where it must end, and whether that is an estimate; None for a session that stays open."""
        if not self.stop_is_lost:
            return (self.stop[0], self.said_stop), False
        return (None, False) if is_last else (max(self.told, default=self.start), True)

    def quarters(self, end: Point) -> dict[datetime, int]:
        """Return what flowed in each quarter-hour, by exact arithmetic on what was told."""
        inside = sorted(point for point in self.told if self.start[0] < point[0] < end[0])
        points = [self.start, *inside, end]
        cuts = [self.start[0]]
        cut = self.start[0] - (self.start[0] - EPOCH) % QUARTER + QUARTER
        while cut < end[0]:
            cuts.append(cut)
            cut += QUARTER
        cuts.append(end[0])
        registers = [_register_at(points, each) for each in cuts]
        found: Counter[datetime] = Counter()
        for number in range(len(cuts) - 1):
            found[cuts[number] - (cuts[number] - EPOCH) % QUARTER] += registers[number + 1] - registers[number]
        return dict(found)


@dataclass(frozen=True)
class Message:
    """Something a charger tells: ``at`` is when it happened, ``sent_at`` when it is sent."""

    kind: str
    charging: Charging
    at: datetime
    sent_at: datetime
    points: tuple[Point, ...] = ()
    is_mixed: bool = False  # its readings are of two sessions, so it can name neither


class DirtyCharger:
    """Draws a life and how it is told."""

    def __init__(self, chance: random.Random, name: str, begin: datetime, sessions: int) -> None:
        self.name = name
        self.begin = begin
        self._chance = chance
        plugs = chance.randint(1, 3)
        counts_anew = chance.random() < 0.3
        # Under a lifetime register at the ends, the readings count each session anew (Grizzl-E, lbbrhzn #2093).
        self.is_relative = not counts_anew and chance.random() < 0.3
        self.sessions: list[Charging] = []
        for connector in range(1, plugs + 1):
            self.sessions += self._live(connector, begin, sessions // plugs or 1, counts_anew=counts_anew)
        self.messages = self._tell()

    def last(self, connector: int) -> Charging:
        """Return the last session of a connector."""
        return [each for each in self.sessions if each.connector == connector][-1]

    def charged_nothing(self, each: Charging) -> bool:
        """Say whether the next start proves that a session whose stop was lost charged nothing."""
        own = [other for other in self.sessions if other.connector == each.connector]
        following = own[own.index(each) + 1 :]
        if not following or each.start[1] <= 10:
            return False
        registers = {register for _at, register in each.told} | {following[0].start[1]}
        return all(abs(register - each.start[1]) <= 10 for register in registers)

    def _live(self, connector: int, begin: datetime, count: int, *, counts_anew: bool) -> list[Charging]:
        chance, now, register = self._chance, begin, self._chance.randrange(10_000_000)
        register += 100_000 if self.is_relative else 0
        lived = []
        for _ in range(count):
            now += chance.randint(2, 400) * MINUTE + timedelta(seconds=chance.randrange(60))
            register = 0 if counts_anew else register + chance.randint(0, 3)
            start, samples = (now, register), []
            for _ in range(chance.randint(0, 40)):
                now += chance.choice((1, 1, 1, 5)) * MINUTE
                register += chance.choice((0, chance.randint(0, 350)))
                samples.append((now, register))
            now += MINUTE
            register += chance.randint(0, 350)
            each = Charging(connector, f"CARD-{chance.randrange(5)}", start, samples, (now, register))
            each.stop_is_lost = chance.random() < 0.08
            if not each.stop_is_lost and start[1] > 1_000 and chance.random() < 0.03:
                register = chance.randrange(start[1])
                each.stop, each.meter_was_exchanged = (now, register), True
            lived.append(each)
        return lived

    def _tell(self) -> list[Message]:
        """Return the messages in the order they are sent: as they happened, but from an offline time all at once."""
        told: list[Message] = []
        for each in self.sessions:
            told += self._tell_session(each)
        told.sort(key=lambda message: message.at)
        return self._in_batches(self._with_stragglers(self._replayed(told)))

    def _tell_session(self, each: Charging) -> list[Message]:
        chance = self._chance
        told = [Message("start", each, each.start[0], each.start[0])]
        brought = []
        for sample in each.samples:
            way = chance.random()
            if way < 0.75:
                told.append(Message("meter", each, sample[0], sample[0], (sample,)))
            if 0.6 < way < 0.9:
                brought.append(sample)
            if way < 0.75 or (way < 0.9 and not each.stop_is_lost):
                each.told.add(sample)
            if not each.stop_is_lost and not self.is_relative and chance.random() < 0.02:
                told.append(self._spike(each, sample[0] + timedelta(seconds=chance.randint(1, 50))))
        if not each.stop_is_lost:
            self._lie(each)
            told.append(Message("stop", each, each.stop[0], each.stop[0], tuple(brought)))
        if self.is_relative:
            told = [
                replace(message, points=tuple((at, wh - each.start[1]) for at, wh in message.points))
                for message in told
            ]
        return told

    def _lie(self, each: Charging) -> None:
        """Let a charger now and then tell a meterStop that cannot be: the start's (SteVe #1264), or far too much."""
        risen = max((register for _at, register in each.told), default=0) - each.start[1]
        if risen > 200 and not each.meter_was_exchanged and self._chance.random() < 0.05:
            each.told_stop = each.start[1] + self._chance.choice((0, 300_000))

    def _spike(self, each: Charging, at: datetime) -> Message:
        """A reading the meter of this session cannot have shown: above its end or below its start."""
        high, low = max(each.start[1], each.stop[1]), min(each.start[1], each.stop[1])
        register = self._chance.choice((high + 11, high + 10**9, low - 11, -1_000, 10**15))
        each.has_spike = True
        return Message("meter", each, at, at, ((at, register),))

    def _with_stragglers(self, told: list[Message]) -> list[Message]:
        """Hold some readings back until their session's stop is sent, or until the next session's readings."""
        result = list(told)
        for message in told:
            is_kept = message.kind != "meter" or message.charging.stop_is_lost or message not in result
            often = 0.2 if message.charging.stop[0] - message.at < 5 * MINUTE else 0.02
            if is_kept or self._chance.random() > often:
                continue
            result.remove(message)
            stop = next(n for n, each in enumerate(result) if (each.kind, each.charging) == ("stop", message.charging))
            place = min(len(result), stop + self._chance.choice((1, 1, 2, 5, 20)))
            following = result[place] if place < len(result) else None
            if following and following.kind == "meter" and following.charging.connector == message.charging.connector:
                points = (*following.points, *message.points)
                result[place] = replace(following, points=points, is_mixed=True)
            else:
                result.insert(place, replace(message, sent_at=result[place - 1].sent_at))
        return result

    def _replayed(self, told: list[Message]) -> list[Message]:
        """Hold back what happens while the charger is offline."""
        chance, result, until = self._chance, [], datetime.min.replace(tzinfo=UTC)
        for message in told:
            if message.at > until and chance.random() < 0.02:
                until = message.at + chance.randint(5, 1_500) * MINUTE
            sent_at = max(message.at, until) if message.at <= until else message.at
            result.append(replace(message, sent_at=sent_at))
        return result

    def _in_batches(self, told: list[Message]) -> list[Message]:
        """Repeat some messages, and shuffle readings that directly follow each other."""
        result: list[Message] = []
        for message in told:
            result += [message] * self._chance.choice((1, 1, 1, 1, 2, 3))
        place = 0
        while place < len(result):
            end = place
            while end < len(result) and result[end].kind == "meter" and result[end].sent_at == result[place].sent_at:
                end += 1
            batch = result[place:end]
            self._chance.shuffle(batch)
            result[place:end] = batch
            place = max(end, place + 1)
        return result


def only_open(charging: Charging, begun: Iterable[Charging], ended: set[Charging]) -> bool:
    """Say whether a stop without a usable id can mean no other session: none besides it is open."""
    return all(each is charging or each in ended for each in begun)


def _register_at(points: list[Point], instant: datetime) -> int:
    for before, after in pairwise(points):
        if before[0] <= instant <= after[0] and before[0] < after[0]:
            share = Fraction((instant - before[0]) // timedelta(microseconds=1)) / (
                (after[0] - before[0]) // timedelta(microseconds=1)
            )
            return before[1] + floor((after[1] - before[1]) * share)
    return points[-1][1]
