"""The whole product in a process of its own, as a person starts it, on free ports and an empty folder."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent.parent
STARTS_WITHIN_S = 180.0  # the first start builds the pages
STOPS_WITHIN_S = 15.0


class RunningHouse:
    """A started Onetime. ``stop`` ends it as Ctrl-C does."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.http_port, self.ocpp_port = free_port(), free_port()
        self._log = folder / "onetime.log"
        self._environment = os.environ | {
            "ONETIME_DATA_DIR": str(folder / "data"),
            "ONETIME_HOST": "127.0.0.1",
            "ONETIME_HTTP_PORT": str(self.http_port),
            "ONETIME_OCPP_PORT": str(self.ocpp_port),
            **settings,
        }
        self.start()

    def start(self) -> None:
        """Start it, or start it again after ``stop``: same ports, same data."""
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "onetime", "run"], cwd=ROOT, env=self._environment, stdout=log, stderr=log
            )
        self._wait()

    @property
    def url(self) -> str:
        """Where the pages are."""
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def charger_url(self) -> str:
        """Where chargers connect, without their name."""
        return f"ws://127.0.0.1:{self.ocpp_port}"

    @property
    def log(self) -> str:
        """What the process said."""
        return self._log.read_text()

    def command(self, *arguments: str, typed: str = "") -> str:
        """Run a command beside it, as a person types it in a terminal, and return what it printed."""
        command = [sys.executable, "-m", "onetime", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self._environment, input=typed, text=True, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def stop(self) -> int:
        """End it as Ctrl-C does and return its exit code."""
        self._process.send_signal(signal.SIGINT)
        return self._process.wait(STOPS_WITHIN_S)

    def _wait(self) -> None:
        give_up = time.monotonic() + STARTS_WITHIN_S
        while time.monotonic() < give_up:
            assert self._process.poll() is None, f"Onetime ended at its start: {self.log}"
            try:
                if httpx.get(f"{self.url}/ping", timeout=2).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.2)
        self._process.kill()
        raise AssertionError(f"Onetime did not start: {self.log}")


def free_port() -> int:
    """Return a port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
