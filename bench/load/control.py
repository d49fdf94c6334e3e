"""The load as the measuring process sees it: a process of its own that obeys one command at a time."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench.processes import MeasurementError, started

Result = dict[str, Any]


class Load:
    """Chargers in another process, in named groups."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def arrive(self, group: str, port: int, count: int, *, boot: bool = True, at_once: int = 100) -> float:
        """Connect (and boot) a group, ``at_once`` at a time; return the seconds until the last one was accepted."""
        result = self._do("arrive", group=group, port=port, count=count, boot=boot, at_once=at_once)
        return float(result["seconds"])

    def charge(self, group: str) -> None:
        """Start a session on each charger of a group."""
        self._do("charge", group=group)

    def flood(self, group: str, warm_up: float, seconds: float) -> Result:
        """Send readings as fast as they are answered: ``answers``, ``per_second``, ``p50_ms``, ``p99_ms``, ``cpu``."""
        return self._do("flood", group=group, warm_up=warm_up, seconds=seconds)

    def sample(self, group: str, interval: float, seconds: float, *, together: bool = False) -> Result:
        """Send a reading of each charger every ``interval`` seconds: ``answers``, ``p50_ms``, ``p99_ms``."""
        self.begin_sampling(group, interval, seconds, together=together)
        return self.end_sampling()

    def begin_sampling(self, group: str, interval: float, seconds: float, *, together: bool = False) -> None:
        """Start what ``sample`` does and do not wait for its end."""
        self._tell("sample", group=group, interval=interval, seconds=seconds, together=together)

    def end_sampling(self) -> Result:
        """Wait for the end of what ``begin_sampling`` started."""
        return self._hear()

    def leave(self, group: str) -> None:
        """Close a group's sockets."""
        self._do("leave", group=group)

    def _do(self, command: str, **arguments: Any) -> Result:
        self._tell(command, **arguments)
        return self._hear()

    def _tell(self, command: str, **arguments: Any) -> None:
        assert self._process.stdin is not None
        print(json.dumps({"do": command, **arguments}), file=self._process.stdin, flush=True)

    def _hear(self) -> Result:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            msg = "The load's process ended; what it said is above."
            raise MeasurementError(msg)
        result: Result = json.loads(line)
        if "error" in result:
            raise MeasurementError(result["error"])
        return result


@contextmanager
def loading() -> Iterator[Load]:
    """Run the load's process until the block ends."""
    with started(["-m", "bench.load"]) as process:
        yield Load(process)
