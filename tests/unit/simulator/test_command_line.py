"""The command line and its scenarios."""

import argparse
import asyncio
import logging
import math
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from onetime.simulator.clock import parse_age
from onetime.simulator.command_line import add_arguments, run
from onetime.simulator.garage.scenarios import SCENARIOS, describe_times
from tests.unit.simulator.central import Central, running_central

LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  SIM-0[12]: \S.+")


def parse(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(arguments)


async def simulate(central: Central, *arguments: str) -> int:
    options = ("--url", central.url, "--ramp", "0", *arguments)
    return await asyncio.to_thread(run, parse(*options))


@asynccontextmanager
async def process(*arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run the simulator as a shell starts it in the background, where Ctrl-C begins ignored."""
    started = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "onetime.simulator", *arguments,
        stderr=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONUNBUFFERED": "1"},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )  # fmt: skip
    try:
        yield started
    finally:
        if started.returncode is None:
            started.kill()
        await started.wait()


@pytest.fixture(autouse=True)
def _no_signal_handler_outside_the_main_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onetime.simulator.command_line._end_on_signals", lambda: None)


def test_the_defaults_are_a_garage_of_twelve_starting_now() -> None:
    args = parse()
    assert (args.scenario, args.chargers, args.since, args.speed) == ("garage", 12, timedelta(), 1.0)
    assert args.duration is None


def test_the_options_are_understood() -> None:
    args = parse("--since", "60d", "--speed", "max", "--duration", "none", "--cards", "A, B", "--state", "state")
    assert (args.since, args.speed, args.cards) == (timedelta(days=60), math.inf, ["A", "B"])
    assert args.state == Path("state")


@pytest.mark.parametrize(
    "arguments", [("--since", "soon"), ("--speed", "0"), ("--chargers", "0"), ("--cards", "X" * 21)]
)
def test_a_senseless_option_is_refused(arguments: tuple[str, str]) -> None:
    with pytest.raises(SystemExit):
        parse(*arguments)


@pytest.mark.parametrize(
    ("text", "age"), [("60d", timedelta(days=60)), ("90m", timedelta(minutes=90)), ("1.5h", timedelta(hours=1.5))]
)
def test_an_age_is_a_number_and_a_unit(text: str, age: timedelta) -> None:
    assert parse_age(text) == age


@pytest.mark.parametrize("url", ["http://localhost:9000", "ws://", "localhost:9000"])
def test_an_address_that_is_none_is_named(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(parse("--url", url)) == 2
    assert f"{url} is no address for chargers" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("scenario", "reason"),
    [("session", "Local"), ("offline", "Local"), ("reboot", "Reboot"), ("power-cut", "PowerLoss")],
)
async def test_a_scripted_scenario_is_played_by_every_charger(
    scenario: str, reason: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_central() as central:
        arguments = ["--scenario", scenario, "--chargers", "2", "--since", "2h", "--speed", "max", "--minutes", "6"]
        assert await simulate(central, *arguments) == 0
        stops = central.of("StopTransaction")
        assert {call.identity for call in stops} == {"SIM-01", "SIM-02"}
        assert {call.payload["reason"] for call in stops} == {reason}
        lines = capsys.readouterr().err.splitlines()
        assert len(lines) >= 8
        assert all(LINE.fullmatch(line) for line in lines)


async def test_a_garage_sends_its_past_and_goes_on_live() -> None:
    async with running_central() as central:
        began = datetime.now(UTC).replace(microsecond=0)
        arguments = ["--chargers", "2", "--since", "14d", "--speed", "max", "--duration", "2", "--quiet"]
        assert await simulate(central, *arguments) == 0
        starts = [datetime.fromisoformat(p["timestamp"]) for p in central.payloads("StartTransaction")]
        assert len(starts) >= 4
        assert all(began - timedelta(days=14) <= at <= datetime.now(UTC) for at in starts)


async def test_cars_stay_plugged_in_until_the_time_is_up(capsys: pytest.CaptureFixture[str]) -> None:
    async with running_central() as central:
        arguments = ["--scenario", "plug-in", "--chargers", "1", "--connectors", "2", "--duration", "0.5"]
        assert await simulate(central, *arguments) == 0
        assert central.statuses(1)[-1] == central.statuses(2)[-1] == "Preparing"
        assert "The time is up." in capsys.readouterr().err


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
async def test_ctrl_c_and_a_stop_of_the_service_end_cleanly(sign: signal.Signals) -> None:
    async with running_central() as central:
        async with process("--url", central.url, "--scenario", "plug-in", "--chargers", "3") as running:
            await central.until(lambda: len(central.sockets) == 3)
            running.send_signal(sign)
            _, errors = await running.communicate()
        assert running.returncode == 0
        assert b"Traceback" not in errors


async def test_an_absent_server_is_told_once_for_the_whole_garage() -> None:
    async with process("--url", "ws://127.0.0.1:9", "--chargers", "20", "--duration", "1.5") as running:
        _, errors = await running.communicate()
    assert running.returncode == 0
    lines = errors.decode().splitlines()
    assert [line for line in lines if "Nothing answers at ws://127.0.0.1:9" in line] == lines[:1]


def test_answer_times_are_told_in_a_sentence() -> None:
    times = [0.001 * number for number in range(1, 101)]
    assert describe_times(times).startswith("100 readings answered: half within 51 ms, 99 % within 100 ms")
    assert describe_times([]) == "No reading was answered."


def test_every_scenario_says_what_it_is() -> None:
    assert {"garage", "plug-in", "session", "offline", "reboot", "power-cut", "flood"} <= set(SCENARIOS)
    assert all(scenario.about for scenario in SCENARIOS.values())


@pytest.fixture(autouse=True)
def _restore_the_log() -> object:
    logger = logging.getLogger("onetime.simulator")
    before = (logger.handlers, logger.propagate, logger.level)
    yield
    logger.handlers, logger.propagate, logger.level = before
