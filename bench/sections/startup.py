"""How long a start takes, from the command to a charger that is answered."""

import json
import time
from statistics import median

import psutil
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from bench.figures import Conditions, Figure, not_measured
from bench.processes import MeasurementError, cpu_s
from bench.product import STARTS_WITHIN_S, starting

TITLE = "A second start of `python -m onetime run`"
NAME = "until a charger's BootNotification is answered"
RETRY_S = 0.02  # a charger that calls this often finds the port as soon as it is open
BOOT = [2, "boot", "BootNotification", {"chargePointVendor": "Bench", "chargePointModel": "One"}]


def measure(conditions: Conditions) -> list[Figure]:
    """Start once to make the database, then again and again with a charger that waits."""
    times = 2 if conditions.quick else 5
    try:
        _first, *again = [_start(conditions) for _time in range(1 + times)]
    except MeasurementError as error:
        return [not_measured(NAME, str(error))]
    return [
        Figure(NAME, median(seconds for seconds, _cpu in again), "s", "at most 3", f"median of {times} starts"),
        Figure("processor time of it", median(cpu for _seconds, cpu in again), "s"),
    ]


def _start(conditions: Conditions) -> tuple[float, float]:
    """Return how long a start took, and how much of that the processor worked, in seconds."""
    began = time.monotonic()
    with starting(conditions.folder / "startup") as (process, ports):
        while not _is_accepted(ports[0]):
            if process.poll() is not None or time.monotonic() - began > STARTS_WITHIN_S:
                msg = "`python -m onetime run` answered no charger; what it said is above."
                raise MeasurementError(msg)
            time.sleep(RETRY_S)
        return time.monotonic() - began, cpu_s(psutil.Process(process.pid))


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
