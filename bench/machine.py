"""The machine a benchmark ran on, as far as it matters for the figures."""

import os
import platform
from pathlib import Path

import psutil


def describe(folder: Path) -> dict[str, str]:
    """Return cores, memory, system, Python and the file system of ``folder``, as texts."""
    return {
        "processor": f"{os.cpu_count()} cores, {_model()}",
        "memory": f"{psutil.virtual_memory().total / 2**30:.1f} GiB",
        "system": f"{platform.system()} {platform.release()}, {platform.machine()}",
        "python": platform.python_version(),
        "file system": f"{file_system(folder)} ({folder})",
        "load before": f"{os.getloadavg()[0]:.1f} processes in the last minute",
    }


def file_system(folder: Path) -> str:
    """Return the type of the file system that holds ``folder``, such as ext4."""
    path = folder.resolve()
    mounts = {Path(part.mountpoint): part.fstype for part in psutil.disk_partitions(all=True)}
    return next((mounts[parent] for parent in (path, *path.parents) if parent in mounts), "unknown")


def _model() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith(("model name", "Model", "Hardware")):
            return line.partition(":")[2].strip()
    return platform.machine()
