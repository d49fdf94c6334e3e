"""The command line of the simulator: `python -m onetime simulate`."""

import argparse
import asyncio
import logging
import math
import signal
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from onetime.simulator.charger import SimulatedCharger
from onetime.simulator.clock import Clock, clock_since, parse_age, wall_time
from onetime.simulator.garage.daily_life import Garage
from onetime.simulator.garage.scenarios import SCENARIOS, Scenario, Stage, describe_times

logger = logging.getLogger("onetime.simulator")

_RAMP_PER_CHARGER = 0.02  # seconds between two chargers' first connections, if nothing else is wanted
_RESULT = logging.INFO + 5  # what a run was made for; said even when it is to be quiet
_REPEATED_AFTER = 30.0  # seconds after which a warning is worth saying again


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the simulator."""
    add = parser.add_argument
    add(
        "--url", default="ws://localhost:9000", help="where chargers connect, without their name (default: %(default)s)"
    )
    add("--chargers", type=_count, default=12, metavar="N", help="how many (default: %(default)s)")
    add("--connectors", type=_count, default=1, metavar="N", help="connectors per charger (default: %(default)s)")
    add("--prefix", default="SIM-", help="chargers are named PREFIX01, PREFIX02, … (default: %(default)s)")
    add("--scenario", choices=SCENARIOS, default="garage", help=_scenario_help())
    add("--cards", type=_cards, default=[], metavar="TAG,TAG", help="cards to tap (default: one for each connector)")
    add("--seed", type=int, default=1, help="another number makes other drivers (default: %(default)s)")
    add("--since", type=_age, default=timedelta(), metavar="AGE", help="begin so long ago: 60d, 8h, 90m (default: now)")
    add("--speed", type=_speed, default=1.0, metavar="X", help="how fast the time since then passes, or max; "
        "once it has caught up, time is real (default: %(default)s)")  # fmt: skip
    add("--minutes", type=float, default=3.0, help="how long cars charge in a scripted scenario (default: %(default)s)")
    add("--sample-interval", type=int, default=60, metavar="S", help="seconds between readings (default: %(default)s)")
    add("--duration", type=_duration, default=None, metavar="S", help="end after so many seconds, or none (default)")
    add("--ramp", type=float, default=None, metavar="S", help="spread the first connections over so many seconds; "
        f"0 opens all at once (default: {_RAMP_PER_CHARGER} per charger)")  # fmt: skip
    add("--password", default=None, help="the password of every charger (default: none)")
    add("--state", type=Path, default=None, metavar="DIR", help="keep registers and queues here, to go on next time")
    add("--quiet", action="store_true", help="say only the result and what goes wrong")


def run(args: argparse.Namespace) -> int:
    """Run the simulator until its scenario is over, its time is up or Ctrl-C; return the exit status."""
    _set_up_log(quiet=args.quiet)
    address = urlsplit(args.url)
    if address.scheme not in ("ws", "wss") or not address.hostname:
        logger.error("%s is no address for chargers; it should be like ws://192.168.1.20:9000.", args.url)
        return 2
    try:
        asyncio.run(_simulate(args))
    except (KeyboardInterrupt, asyncio.CancelledError):
        logger.info("The simulator ends.")
    except (OSError, ValueError) as error:
        logger.error("%s", error)  # noqa: TRY400 - a sentence for the person, no trace
        return 1
    return 0


async def _simulate(args: argparse.Namespace) -> None:
    scenario = SCENARIOS[args.scenario]
    chargers = [_make_charger(args, number) for number in range(1, args.chargers + 1)]
    spots = args.chargers * args.connectors
    cards = args.cards or [f"CARD{number:04d}" for number in range(1, spots + 1)]
    replay_since = wall_time() - args.since if _replays(args) and args.since else None
    garage = Garage(chargers, cards, args.seed, replay_since)
    stage = Stage(chargers, cards, args.minutes, garage)
    ramp = _RAMP_PER_CHARGER * args.chargers if args.ramp is None else args.ramp
    _end_on_signals()
    begin = time.perf_counter()
    try:
        async with asyncio.timeout(args.duration):
            await _play(scenario, stage, ramp)
    except TimeoutError:
        logger.info("The time is up.")
    finally:
        await asyncio.gather(*(charger.close() for charger in chargers), return_exceptions=True)
    if stage.times:
        rate = len(stage.times) / (time.perf_counter() - begin)
        logger.log(_RESULT, "%s That is %.0f a second over the whole run.", describe_times(stage.times), rate)


async def _play(scenario: Scenario, stage: Stage, ramp: float) -> None:
    async with asyncio.TaskGroup() as tasks:
        for index, charger in enumerate(stage.chargers):
            delay = ramp * index / len(stage.chargers)
            tasks.create_task(_play_one(scenario, stage, index, charger, delay))
    if scenario.stays:
        logger.info("The chargers stay connected until Ctrl-C.")
        await asyncio.Event().wait()


async def _play_one(scenario: Scenario, stage: Stage, index: int, charger: SimulatedCharger, delay: float) -> None:
    await asyncio.sleep(delay)
    await charger.connect()
    await charger.boot()
    await scenario.play(stage, index, charger)


def _make_charger(args: argparse.Namespace, number: int) -> SimulatedCharger:
    width = max(2, len(str(args.chargers)))
    clock = Clock() if _replays(args) else clock_since(args.since, args.speed)
    return SimulatedCharger(
        args.url,
        f"{args.prefix}{number:0{width}d}",
        connectors=args.connectors,
        clock=clock,
        password=args.password,
        sample_interval=args.sample_interval,
        state_dir=args.state,
    )


def _replays(args: argparse.Namespace) -> bool:
    """Tell whether the past is sent in one piece: in the garage, when nothing is to be waited for."""
    return args.scenario == "garage" and math.isinf(args.speed)


def _end_on_signals() -> None:
    """Let Ctrl-C and SIGTERM end the run, in the background of a shell too, where Ctrl-C begins ignored."""
    task = asyncio.current_task()
    if task is not None:
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)


class _NoEcho(logging.Filter):
    """Drop a warning that was just given; two hundred chargers miss the same server."""

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING:
            return True
        text, now = record.getMessage(), time.monotonic()
        said = self._last.get(text)
        if said is not None and now - said < _REPEATED_AFTER:
            return False
        self._last[text] = now
        return True


def _set_up_log(*, quiet: bool) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    handler.addFilter(_NoEcho())
    logger.handlers = [handler]
    logger.propagate = False
    logger.setLevel(_RESULT if quiet else logging.INFO)


def _scenario_help() -> str:
    stories = "; ".join(f"{name}: {scenario.about}" for name, scenario in SCENARIOS.items())
    return f"what happens (default: %(default)s). {stories}"


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _cards(text: str) -> list[str]:
    cards = [card.strip() for card in text.split(",") if card.strip()]
    if any(len(card) > 20 for card in cards):
        raise argparse.ArgumentTypeError("a card has at most 20 characters")
    return cards


def _age(text: str) -> timedelta:
    try:
        return parse_age(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _speed(text: str) -> float:
    speed = math.inf if text == "max" else float(text)
    if not speed > 0:
        raise argparse.ArgumentTypeError("must be more than 0, or max")
    return speed


def _duration(text: str) -> float | None:
    return None if text == "none" else float(text)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the simulator on its own."""
    parser = argparse.ArgumentParser(prog="python -m onetime.simulator", description=__doc__)
    add_arguments(parser)
    return run(parser.parse_args(arguments))
