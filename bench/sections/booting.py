"""Many chargers at once: how long until all are accepted, and what a connected charger costs in memory."""

import time
from pathlib import Path
from statistics import median

from bench.figures import Conditions, Figure, not_measured
from bench.houses.folder import gateway
from bench.load.control import Load, loading
from bench.processes import MeasurementError, Server, allow_sockets

TITLE = "Many chargers at once"
TOGETHER = 200
CONNECTED = 2_000
AT_ONCE = 100
SETTLING_S = 28.0  # the gateway asks each charger for its settings 25 s after its boot
MIB = 2**20


def measure(conditions: Conditions) -> list[Figure]:
    """Boot 200 chargers in the same instant, new ones and known ones, and connect 2,000 to another house."""
    return [*_boots(conditions), _memory(conditions.folder / "connected")]


def _boots(conditions: Conditions) -> list[Figure]:
    repetitions = 3 if conditions.quick else 7
    with gateway(conditions.folder / "booting") as server, loading() as load:
        first, *again = [_boot(load, server) for _time in range(1 + repetitions)]
    note = "from the first connection to the last Accepted"
    return [
        Figure(f"{TOGETHER} new chargers accepted", first, "s", note=f"{note}; each is added to the database"),
        Figure(f"{TOGETHER} known chargers accepted", median(again), "s", "at most 2", f"{note}; median"),
    ]


def _boot(load: Load, server: Server) -> float:
    seconds = load.arrive("booting", server.port, TOGETHER, at_once=TOGETHER)
    load.leave("booting")
    time.sleep(1.0)  # until the server has noticed that all are gone
    return seconds


def _memory(folder: Path) -> Figure:
    name = f"memory of {CONNECTED:,} connected chargers"
    try:
        allow_sockets(CONNECTED)
        with gateway(folder) as server, loading() as load:
            load.arrive("first", server.port, 1)  # what is loaded at the first charger is not a charger's cost
            load.leave("first")
            empty = server.rss
            load.arrive("many", server.port, CONNECTED, at_once=AT_ONCE)
            time.sleep(SETTLING_S)
            full = server.rss
            load.leave("many")
    except MeasurementError as error:
        return not_measured(name, str(error))
    each = (full - empty) / CONNECTED / 1024
    note = f"above the {empty / MIB:.0f} MiB of the empty server; {each:.0f} KiB each"
    return Figure(name, (full - empty) / MIB, "MiB", "less than 200", note)
