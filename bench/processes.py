"""Servers in processes of their own, and what the kernel knows of them."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
STOPS_WITHIN_S = 30


class MeasurementError(Exception):
    """Something could not be measured; the text says why."""


@dataclass(slots=True)
class Server:
    """A running server process and the port it serves chargers on."""

    port: int
    process: psutil.Process

    @property
    def cpu_s(self) -> float:
        """Processor time since its start, of all its threads, in seconds."""
        return cpu_s(self.process)

    @property
    def rss(self) -> int:
        """Memory in bytes."""
        return self.process.memory_info().rss

    @property
    def written(self) -> int:
        """Bytes it caused to be written to a disk; 0 on file systems in memory, which do not count."""
        counters = dict(
            line.split(": ") for line in Path(f"/proc/{self.process.pid}/io").read_text(encoding="ascii").splitlines()
        )
        return int(counters["write_bytes"]) - int(counters["cancelled_write_bytes"])


def cpu_s(process: psutil.Process) -> float:
    """Return the processor time of a process since its start, of all its threads, in seconds."""
    times = process.cpu_times()
    return times.user + times.system


@contextmanager
def serving(module: str, environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Run a server module that prints its port, until the block ends."""
    with started(["-m", module], environment) as process:
        line = process.stdout.readline() if process.stdout else ""
        if not line.strip().isdigit():
            msg = f"{module} did not start."
            raise MeasurementError(msg)
        yield Server(int(line), psutil.Process(process.pid))


@contextmanager
def started(arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
    """Run Python with ``arguments`` in the project's folder, and interrupt it at the end as Ctrl-C does."""
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**clean_environment(), **(environment or {})},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        stop(process)


def stop(process: subprocess.Popen[str]) -> None:
    """Interrupt a process and wait for its end."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    try:
        process.communicate(timeout=STOPS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


def clean_environment() -> dict[str, str]:
    """Return this process's environment without settings of an installation.

    Python may keep compiled modules, as it does for a user: without them a start takes twice as long.
    """
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("ONETIME_") and name != "PYTHONDONTWRITEBYTECODE"
    }


def allow_sockets(count: int) -> None:
    """Let this process and its children open ``count`` sockets. Raises ``MeasurementError`` when the system refuses."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = count + 200
    if soft >= needed:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, max(needed, hard)))
    except (ValueError, OSError) as error:
        msg = f"This system allows a process {hard} open files, and {count} sockets need {needed}; see ulimit -Hn."
        raise MeasurementError(msg) from error
