"""An ordinary day: 200 chargers that each send a reading a minute, and all of them at once on the quarter-hour."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psutil

from bench.figures import Conditions, Figure, not_measured
from bench.houses.folder import gateway
from bench.houses.product import product, require_pages
from bench.load.control import Load, loading
from bench.load.readings import MESSAGE_BYTES
from bench.machine import file_system
from bench.processes import MeasurementError, Server
from onetime.models.message_log import LoggedMessage, unpacked
from onetime.services.chargers.messages.log import BLOCK_AGE_S, LOOK_EVERY_S
from onetime.settings import Settings

TITLE = "200 charging connectors, a reading of each every 60 s"
CHARGERS = 200
INTERVAL_S = 60.0
DAY_S = 86_400
GREETING_S = 7.0  # 5 s after its boot the gateway asks a charger for its settings, which is not to be measured
BURST_PAUSE_S = 2.0
MIB = 2**20

# What a reading's contents come to: texts as they are, 8 bytes for each number and time.
_READINGS = """
SELECT coalesce(sum(length(context) + 8 * (4 + (transaction_id != 0) + (register_wh IS NOT NULL)
         + (power_w IS NOT NULL) + (current_a IS NOT NULL) + (soc_percent IS NOT NULL))), 0) FROM meter_reading
"""
_NUMBERS_OF_A_FRAME = 24  # its id, its charger and its time


def measure(conditions: Conditions) -> list[Figure]:
    """Let the chargers send for some minutes, then all in the same instant, again and again."""
    folder = conditions.folder / "sampling"
    with _server(folder) as (server, what), loading() as load:
        load.arrive("day", server.port, CHARGERS)
        load.charge("day")
        load.sample("day", 1.0, GREETING_S)
        figures = _day(conditions, load, server, folder)
        memory = Figure("memory", server.rss / MIB, "MiB", note=what)
        burst = _burst(conditions, load)
        load.leave("day")
    return [memory, *figures, *burst]


@contextmanager
def _server(folder: Path) -> Iterator[tuple[Server, str]]:
    """Run the whole product, or where its pages are not built, the part that chargers talk to."""
    try:
        require_pages()
    except MeasurementError:
        with gateway(folder) as server:
            yield server, "of the server without its pages, which are not built"
    else:
        with product(folder) as server:
            yield server, "of the whole product, nobody looking"


def _day(conditions: Conditions, load: Load, server: Server, folder: Path) -> list[Figure]:
    """Measure long enough for messages to reach the disk, and add what copying SQLite's log back would write.

    The server does that itself only every few thousand commits, so it is made to happen before and after, here.
    """
    load.sample("day", INTERVAL_S, BLOCK_AGE_S + 2 * LOOK_EVERY_S)  # what they said on arrival is on the disk by then
    block_s = BLOCK_AGE_S + INTERVAL_S / 2 + LOOK_EVERY_S  # from one block of a charger to its next
    seconds = block_s * (1 if conditions.quick else 3) + INTERVAL_S / 2
    time.sleep(2.0)
    _copy_log_back(folder)
    readings, written, cpu, started = _readings_payload(folder), server.written, server.cpu_s, time.monotonic()
    times = load.sample("day", INTERVAL_S, seconds)
    time.sleep(2.0)
    elapsed = time.monotonic() - started
    written, cpu = server.written - written, server.cpu_s - cpu
    payload = _readings_payload(folder) - readings + times["answers"] * _exchange_payload(folder)
    written += _copy_log_back(folder)
    return [
        Figure("processor", cpu / elapsed * 100, "% of a core"),
        Figure("answer time, median", times["p50_ms"], "ms", note="one charger at a time: mostly the disk's fsync"),
        Figure("answer time, p99", times["p99_ms"], "ms"),
        *_disk(folder, written / elapsed, payload / elapsed),
    ]


def _disk(folder: Path, written_per_s: float, payload_per_s: float) -> list[Figure]:
    stored = Figure(
        "stored payload in a day",
        payload_per_s * DAY_S / MIB,
        "MiB",
        note=f"readings and frames ({MESSAGE_BYTES:,} bytes each), all chargers charging all day",
    )
    if not written_per_s:
        return [stored, not_measured("written in a day", f"The kernel counts no writes on {file_system(folder)}.")]
    return [
        stored,
        Figure("written in a day", written_per_s * DAY_S / MIB, "MiB", note="write_bytes, SQLite's copying included"),
        Figure("written / stored payload", written_per_s / payload_per_s, "×", "at most 4"),
    ]


def _burst(conditions: Conditions, load: Load) -> list[Figure]:
    bursts = 5 if conditions.quick else 20
    times = load.sample("day", BURST_PAUSE_S, BURST_PAUSE_S * bursts, together=True)
    note = f"{bursts} bursts, each of {CHARGERS} readings in one instant"
    return [
        Figure("clock-aligned burst: answer time, median", times["p50_ms"], "ms", note=note),
        Figure("clock-aligned burst: answer time, p99", times["p99_ms"], "ms", "at most 250"),
    ]


def _readings_payload(folder: Path) -> int:
    with _opened(folder) as database:
        size: int = database.execute(_READINGS).fetchone()[0]
    return size


def _exchange_payload(folder: Path) -> float:
    """Return the size of a MeterValues and its answer: the mean of those that are in the log by now."""
    with _opened(folder) as database:
        blocks = [unpacked(stored) for (stored,) in database.execute("SELECT messages FROM message_block")]
    sizes = [_size(message) for block in blocks for message in block if message.action == "MeterValues"]
    return 2 * sum(sizes) / len(sizes)


def _opened(folder: Path) -> closing[sqlite3.Connection]:
    path = Settings(data_dir=folder, database_url=None).sqlite_path
    return closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True))


def _size(message: LoggedMessage) -> int:
    texts = (message.frame, message.direction, message.action, message.problem)
    return _NUMBERS_OF_A_FRAME + sum(len(text.encode()) for text in texts if text)


def _copy_log_back(folder: Path) -> int:
    """Copy SQLite's log into the database's file; return how many bytes that wrote."""
    this = Server(0, psutil.Process())
    before = this.written
    with closing(sqlite3.connect(Settings(data_dir=folder, database_url=None).sqlite_path)) as database:
        database.execute("PRAGMA wal_checkpoint(PASSIVE)")
    return this.written - before
