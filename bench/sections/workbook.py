"""What the month's workbook of a big garage costs: time and memory of ``python -m onetime report``."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from bench.figures import Conditions, Figure
from bench.houses.folder import environment, open_store
from bench.houses.month import MONTH, fill
from bench.processes import ROOT, MeasurementError, clean_environment

TITLE = "The workbook of a month, one session a night on each connector with minute readings"
LOOK_EVERY_S = 0.02
MIB = 2**20


@dataclass(frozen=True, slots=True)
class Usage:
    """What a finished process used: seconds on the clock and of the processor, and its highest memory in bytes."""

    seconds: float
    cpu_s: float
    peak: int


def measure(conditions: Conditions) -> list[Figure]:
    """Write a month into a database, then make its workbook."""
    connectors = 20 if conditions.quick else 200
    folder = conditions.folder / "workbook"
    with open_store(folder) as session:
        readings = fill(session, connectors)
    out = folder / "month.xlsx"
    usage = _watch([sys.executable, "-m", "onetime", "report", "--month", MONTH, "--out", str(out)], folder)
    note = f"{connectors} connectors, {readings:,} readings"
    return [
        Figure("time", usage.seconds, "s", note=note),
        Figure("processor time", usage.cpu_s, "s"),
        Figure("peak memory", usage.peak / MIB, "MiB"),
        Figure("workbook", out.stat().st_size / MIB, "MiB"),
    ]


def _watch(command: list[str], folder: Path) -> Usage:
    """Run a command to its end and look at its memory all the while. Raises ``MeasurementError`` when it fails."""
    peak, began = 0, time.monotonic()
    with subprocess.Popen(
        command, cwd=ROOT, env={**clean_environment(), **environment(folder)}, stdout=subprocess.DEVNULL
    ) as process:
        while True:
            ended, status, used = os.wait4(process.pid, os.WNOHANG)
            if ended:
                break
            peak = max(peak, _high_water(process.pid))
            time.sleep(LOOK_EVERY_S)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        msg = "The report failed; what it said is above."
        raise MeasurementError(msg)
    return Usage(time.monotonic() - began, used.ru_utime + used.ru_stime, peak)


def _high_water(process_id: int) -> int:
    """Return the highest memory a process has had so far, as the kernel noted it (proc(5), VmHWM)."""
    status = Path(f"/proc/{process_id}/status").read_text(encoding="ascii", errors="replace")
    line = next((line for line in status.splitlines() if line.startswith("VmHWM:")), "VmHWM: 0 kB")
    return int(line.split()[1]) * 1024
