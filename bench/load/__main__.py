"""The load's process: reads one command a line as JSON, answers each with one line. See ``bench.load.control``."""

import json
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from bench.figures import percentile
from bench.load.activities import Arrive, Flood, Sample, StartCharging
from bench.load.charger import Charger, ChargerError
from bench.load.swarm import Swarm

Answer = dict[str, Any]


def main() -> None:
    swarm = Swarm()
    while True:
        swarm.idle_until_spoken_to()
        line = sys.stdin.readline()
        if not line:
            return
        command = json.loads(line)
        try:
            answer = _COMMANDS[command.pop("do")](swarm, **command)
        except ChargerError as error:
            answer = {"error": str(error)}
        print(json.dumps(answer), flush=True)


def _arrive(swarm: Swarm, group: str, port: int, count: int, boot: bool, at_once: int) -> Answer:
    chargers = [Charger(port, f"BENCH-{number:04d}", number) for number in range(1, count + 1)]
    swarm.groups[group] = chargers
    started = time.perf_counter()
    swarm.run(Arrive(swarm, chargers, boot=boot, at_once=at_once))
    return {"seconds": time.perf_counter() - started}


def _charge(swarm: Swarm, group: str) -> Answer:
    swarm.run(StartCharging(swarm.groups[group]))
    return {}


def _flood(swarm: Swarm, group: str, warm_up: float, seconds: float) -> Answer:
    flood = Flood(swarm.groups[group], warm_up, seconds)
    busy, started = time.process_time(), time.perf_counter()
    swarm.run(flood)
    cpu = (time.process_time() - busy) / (time.perf_counter() - started)
    return {"answers": flood.answers, "per_second": len(flood.times) / seconds, "cpu": cpu, **_summary(flood.times)}


def _sample(swarm: Swarm, group: str, interval: float, seconds: float, together: bool) -> Answer:
    sample = Sample(swarm.groups[group], interval, seconds, together=together)
    swarm.run(sample)
    return {"answers": len(sample.times), **_summary(sample.times)}


def _leave(swarm: Swarm, group: str) -> Answer:
    swarm.leave(group)
    return {}


def _summary(times: list[float]) -> Answer:
    return {"p50_ms": percentile(times, 0.5) * 1000, "p99_ms": percentile(times, 0.99) * 1000}


_COMMANDS: dict[str, Callable[..., Answer]] = {
    "arrive": _arrive,
    "charge": _charge,
    "flood": _flood,
    "sample": _sample,
    "leave": _leave,
}

if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
