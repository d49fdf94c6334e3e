"""How long a start takes, from the command to a charger that is answered, and to a page that opens."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from statistics import median

import httpx
import psutil
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from bench.figures import Conditions, Figure, not_measured
from bench.houses.product import STARTS_WITHIN_S, starting
from bench.processes import MeasurementError, cpu_s

TITLE = "A second start of `python -m onetime run`"
NAME = "until a charger's BootNotification is answered"
RETRY_S = 0.02  # a charger that calls this often finds the port as soon as it is open
BOOT = [2, "boot", "BootNotification", {"chargePointVendor": "Bench", "chargePointModel": "One"}]


@dataclass(frozen=True, slots=True)
class Start:
    """One start: when a charger and a browser were answered, and what the processor did until the first, in s."""

    charger_s: float
    page_s: float
    cpu_s: float


def measure(conditions: Conditions) -> list[Figure]:
    """Start once to make the database, then again and again with a charger that waits."""
    times = 2 if conditions.quick else 5
    try:
        _first, *again = [_start(conditions) for _time in range(1 + times)]
    except MeasurementError as error:
        return [not_measured(NAME, str(error))]
    return [
        Figure(NAME, median(each.charger_s for each in again), "s", "at most 1", f"median of {times} starts"),
        Figure("processor time of it", median(each.cpu_s for each in again), "s"),
        Figure("until the first page opens", median(each.page_s for each in again), "s", "at most 4"),
    ]


def _start(conditions: Conditions) -> Start:
    began = time.monotonic()
    with starting(conditions.folder / "startup") as (process, (ocpp, http)):

        def wait(ready: Callable[[int], bool], port: int) -> float:
            while not ready(port):
                if process.poll() is not None or time.monotonic() - began > STARTS_WITHIN_S:
                    msg = "`python -m onetime run` answered nobody; what it said is above."
                    raise MeasurementError(msg)
                time.sleep(RETRY_S)
            return time.monotonic() - began

        charger_s = wait(_is_accepted, ocpp)
        worked_s = cpu_s(psutil.Process(process.pid))
        return Start(charger_s, wait(_opens, http), worked_s)


def _is_accepted(port: int) -> bool:
    try:
        with connect(
            f"ws://127.0.0.1:{port}/BENCH-1", subprotocols=[Subprotocol("ocpp1.6")], compression=None
        ) as socket:
            socket.send(json.dumps(BOOT))
            answer = json.loads(socket.recv())
    except OSError:
        return False
    return bool(answer[2]["status"] == "Accepted")


def _opens(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/").status_code == HTTPStatus.OK
    except httpx.TransportError:
        return False
