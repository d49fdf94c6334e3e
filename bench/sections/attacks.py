"""What strangers can do to a house where 50 cars charge: each attack for a while, and what is left a minute later."""

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.attacks.__main__ import ATTACKS
from bench.figures import Conditions, Figure
from bench.houses.folder import environment, free_port, open_store
from bench.houses.product import await_listening, require_pages
from bench.load.control import Load, loading
from bench.processes import ROOT, MeasurementError, clean_environment, stop
from onetime.services.commissioning.enrolment import decide
from onetime.settings import Settings

TITLE = "Attacks while 50 cars charge"
CHARGERS = 50
VICTIM = "BENCH-VICTIM"  # an accepted charger that attacks pose as
GREETING_S = 30.0  # until the gateway has asked each charger what it asks
INTERVAL_S = 1.0


@dataclass(slots=True)
class Watched:
    """The house under attack, and its ports."""

    process: subprocess.Popen[str]
    http: int
    ocpp: int
    tls: int

    def facts(self) -> dict[str, Any]:
        """Ask what it holds: ``rss`` and ``log`` in bytes, ``descriptors``, ``tasks``."""
        assert self.process.stdin is not None
        assert self.process.stderr is not None
        print("?", file=self.process.stdin, flush=True)
        while line := self.process.stderr.readline():
            if line.startswith('{"rss"'):
                facts: dict[str, Any] = json.loads(line)
                return facts
        raise MeasurementError("The house under attack ended.")


def measure(conditions: Conditions) -> list[Figure]:
    """Attack, and ask the neighbours how it was."""
    require_pages()
    seconds, rest = (10.0, 15.0) if conditions.quick else (30.0, 60.0)
    folder = conditions.folder / "attacks"
    _accept_all(folder)
    with watched(folder) as house, loading() as load:
        load.arrive("charging", house.ocpp, CHARGERS)
        load.charge("charging")
        answers = load.sample("charging", INTERVAL_S, GREETING_S)["answers"]
        figures = []
        for name, attack in ATTACKS.items():
            about = (attack.__doc__ or name).rstrip(".")
            found, answered = _under(house, load, name, about, seconds, rest)
            figures += found
            answers += answered
        load.leave("charging")
    return [*figures, _stored(folder, answers)]


def _under(house: Watched, load: Load, name: str, about: str, seconds: float, rest: float) -> tuple[list[Figure], int]:
    before = house.facts()
    load.begin_sampling("charging", INTERVAL_S, seconds)
    ports = [str(port) for port in (house.http, house.ocpp, house.tls)]
    attacker = subprocess.Popen([sys.executable, "-m", "bench.attacks", name, str(seconds), *ports], cwd=ROOT)
    most = before
    while attacker.poll() is None:
        time.sleep(0.5)
        now = house.facts()
        most = {key: max(most[key], now[key]) for key in now}
    result = load.end_sampling()
    calm = load.sample("charging", INTERVAL_S, rest)
    after = house.facts()
    grown = (after["rss"] / before["rss"] - 1) * 100
    held = f"descriptors {_way(before, most, after, 'descriptors')}, tasks {_way(before, most, after, 'tasks')}"
    memory = f"{before['rss'] / 2**20:.0f} → {most['rss'] / 2**20:.0f} → {after['rss'] / 2**20:.0f} MiB; {held}"
    log = f"log {(after['log'] - before['log']) / 1000:.0f} kB"
    return [
        Figure(f"{name}: neighbours' answer time, p99", result["p99_ms"], "ms", "less than 100", about),
        Figure(f"{name}: memory a while later", grown, "% more", "less than 10", f"{memory}; {log}"),
    ], result["answers"] + calm["answers"]


def _way(before: dict[str, Any], most: dict[str, Any], after: dict[str, Any], key: str) -> str:
    return f"{before[key]} → {most[key]} → {after[key]}"


def _accept_all(folder: Path) -> None:
    with open_store(folder) as session:
        for identity in (*(f"BENCH-{number:04d}" for number in range(1, CHARGERS + 1)), VICTIM):
            decide(session, identity, "bench", admit=True)


@contextmanager
def watched(folder: Path) -> Iterator[Watched]:
    """Run the product where it can be asked what it holds, with strangers let in to wait and no further."""
    ports = free_port(), free_port(), free_port()
    settings = environment(folder, ports[1], ports[0]) | {
        "ONETIME_ACCEPT_NEW_CHARGERS": "false",
        "ONETIME_OCPP_TLS_PORT": str(ports[2]),
        "ONETIME_LOG_FILE": str(folder / "onetime.log"),
        "ONETIME_LOG_LEVEL": "INFO",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.servers.watched"],
        cwd=ROOT,
        env={**clean_environment(), **settings},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        for port in ports:
            await_listening(process, port)
        yield Watched(process, *ports)
    finally:
        stop(process)


def _stored(folder: Path, answers: int) -> Figure:
    path = Settings(data_dir=folder, database_url=None).sqlite_path
    with closing(sqlite3.connect(path)) as database:
        stored = database.execute("SELECT count(*) FROM meter_reading").fetchone()[0]
    note = f"{stored:,} readings for {answers:,} answers"
    return Figure("stored readings per answer", stored / answers, "", "1", note)
