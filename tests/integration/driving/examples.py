"""One house for all examples of a property, which each have a charger of their own."""

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from onetime.services.runtime import Services, running
from onetime.settings import Settings

HouseOfExamples = tuple[asyncio.Runner, Services, Iterator[int]]


def house_of_examples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HouseOfExamples]:
    """Run a house, and give a number to each example. To be made a fixture of a module."""
    folder: Path = tmp_path_factory.mktemp("house")
    wanted = Settings(data_dir=folder, accept_new_chargers=True, accept_unknown_cards=True)
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        services = runner.run(stack.enter_async_context(running(wanted)))
        yield runner, services, itertools.count(1)
        runner.run(stack.aclose())
