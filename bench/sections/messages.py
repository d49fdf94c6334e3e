"""How many MeterValues a second are answered, and how fast, beside two bare servers in the same run."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench.figures import Conditions, Figure
from bench.houses.folder import gateway
from bench.load.control import Load, Result, loading
from bench.load.readings import MESSAGE_BYTES
from bench.processes import Server, serving
from onetime.settings import Settings

TITLE = f"200 chargers send {MESSAGE_BYTES:,}-byte MeterValues as fast as they are answered"
CHARGERS = 200
GREETING_S = 7.0  # 5 s after its boot the gateway asks a charger for its settings, which is not to be measured
OURS, OCPP, DECODING = "onetime", "bare ocpp", "bare websockets"


@dataclass(slots=True)
class Contender:
    """One server and what its rounds gave."""

    server: Server
    rounds: list[Result] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)

    def median(self, key: str) -> float:
        """Return the middle of what the rounds gave."""
        return median(float(each[key]) for each in self.rounds)


def measure(conditions: Conditions) -> list[Figure]:
    """Alternate short rounds over the three servers and compare them round by round."""
    rounds, seconds, warm_up = (3, 2.0, 1.0) if conditions.quick else (9, 3.0, 1.0)
    folder = conditions.folder / "messages"
    with _contenders(folder) as contenders, loading() as load:
        for name, contender in contenders.items():
            load.arrive(name, contender.server.port, CHARGERS, boot=name == OURS)
        load.charge(OURS)
        greeting = load.sample(OURS, 1.0, GREETING_S)
        for _round in range(rounds):
            for name, contender in contenders.items():
                _run_round(load, name, contender, warm_up, seconds)
        for name in contenders:
            load.leave(name)
    confirmed = greeting["answers"] + sum(each["answers"] for each in contenders[OURS].rounds)
    return [*_side_by_side(contenders), *_compared(contenders), _stored(folder, confirmed)]


@contextmanager
def _contenders(folder: Path) -> Iterator[dict[str, Contender]]:
    with ExitStack() as stack:
        yield {
            OCPP: Contender(stack.enter_context(serving("bench.servers.ocpp_echo"))),
            DECODING: Contender(stack.enter_context(serving("bench.servers.decode_only"))),
            OURS: Contender(stack.enter_context(gateway(folder))),
        }


def _run_round(load: Load, name: str, contender: Contender, warm_up: float, seconds: float) -> None:
    before = contender.server.cpu_s
    result = load.flood(name, warm_up, seconds)
    contender.cpu_ms.append((contender.server.cpu_s - before) / result["answers"] * 1000)
    contender.rounds.append(result)


def _side_by_side(contenders: dict[str, Contender]) -> Iterator[Figure]:
    for name, contender in contenders.items():
        load_cpu = f"the load took {contender.median('cpu'):.0%} of a core"
        yield Figure(f"{name}: throughput", contender.median("per_second"), "messages/s", note=load_cpu)
        yield Figure(f"{name}: answer time, median", contender.median("p50_ms"), "ms")
        yield Figure(f"{name}: answer time, p99", contender.median("p99_ms"), "ms")
        yield Figure(f"{name}: processor time", median(contender.cpu_ms), "ms/message")


def _compared(contenders: dict[str, Contender]) -> Iterator[Figure]:
    ours = contenders[OURS]
    for other, aim in ((OCPP, "at least 8"), (DECODING, "at least 0.5")):
        theirs = contenders[other]
        rounds = zip(ours.rounds, theirs.rounds, strict=True)
        ratios = [mine["per_second"] / other_round["per_second"] for mine, other_round in rounds]
        spread = f"median of the rounds, which lie between {min(ratios):.2f} and {max(ratios):.2f}"
        yield Figure(f"{OURS} / {other}: throughput", median(ratios), "×", aim, spread)
        work = median(theirs.cpu_ms) / median(ours.cpu_ms)
        yield Figure(f"{OURS} / {other}: messages per processor second", work, "×", note="all threads of the server")


def _stored(folder: Path, confirmed: int) -> Figure:
    """Count what the database holds: an answer that was not stored first would be no answer."""
    path = Settings(data_dir=folder, database_url=None).sqlite_path
    with closing(sqlite3.connect(path)) as database:
        stored = database.execute("SELECT count(*) FROM meter_reading").fetchone()[0]
        frames = database.execute("SELECT coalesce(sum(count), 0) FROM message_block").fetchone()[0]
    note = f"{stored:,} readings for {confirmed:,} answers, and {frames:,} frames logged so far"
    return Figure("stored readings per answer", stored / confirmed, "", "1", note)
