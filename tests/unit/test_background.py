"""Work in the background: named, started again, counted, shown."""

import asyncio
import logging
from collections.abc import Callable

import pytest

from onetime.background import Background, ClosedError, pass_finished
from onetime.texts import _, say

NAME = _("deleting old files")


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.001)


class Work:
    """Dies as often as it is told to, then runs."""

    def __init__(self, deaths: int) -> None:
        self.deaths = deaths
        self.starts = 0

    async def run(self) -> None:
        self.starts += 1
        if self.starts <= self.deaths:
            msg = f"row {self.starts} is not valid"
            raise ValueError(msg)
        await asyncio.Event().wait()


async def test_what_dies_is_started_again_counted_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    background, work = Background(first_pause_s=0.001), Work(deaths=3)
    background.keep(NAME, work.run)
    await until(lambda: work.starts == 4)
    [task] = background.tasks()
    assert (task.deaths, task.error, task.has_ended) == (3, "ValueError: row 3 is not valid", False)
    assert [record.levelno for record in caplog.records] == [logging.ERROR] * 3
    assert "deleting old files" in caplog.text
    await background.close()


async def test_each_pause_is_longer_than_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    sleep = asyncio.sleep

    async def note(seconds: float) -> None:
        pauses.append(seconds)
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", note)
    background, work = Background(first_pause_s=1.0), Work(deaths=9)
    background.keep(NAME, work.run)
    while work.starts < 10:
        await sleep(0)
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    await background.close()


async def test_trouble_is_shown_until_a_pass_is_finished_however_long_that_takes() -> None:
    background, may_finish, starts = Background(first_pause_s=0.001, sound_after_s=0.01), asyncio.Event(), 0

    async def work() -> None:
        nonlocal starts
        starts += 1
        if starts == 1:
            raise ValueError
        await may_finish.wait()
        pass_finished()
        await asyncio.Event().wait()

    background.keep(NAME, work)
    await until(lambda: starts == 2)
    await asyncio.sleep(0.05)
    assert background.trouble() is not None
    may_finish.set()
    await until(lambda: background.trouble() is None)
    assert background.tasks()[0].passes == 1
    await background.close()


async def test_a_pass_of_one_task_says_nothing_of_another() -> None:
    background = Background(first_pause_s=0.001)

    async def passes() -> None:
        while True:
            pass_finished()
            await asyncio.sleep(0)

    dies = Work(deaths=1)
    background.keep(NAME, dies.run)
    background.keep(_("deleting old messages"), passes)
    await until(lambda: dies.starts == 2 and background.tasks()[1].passes > 3)
    assert background.trouble() is not None
    pass_finished()  # of no task at all
    assert background.trouble() is not None
    await background.close()


@pytest.mark.parametrize("error", [asyncio.CancelledError, SystemExit, BaseExceptionGroup("all", [SystemExit()])])
async def test_whatever_kept_work_dies_of_is_seen(error: BaseException, caplog: pytest.LogCaptureFixture) -> None:
    """A future of a library that was cancelled raises inside work that nobody ended."""
    background, starts = Background(first_pause_s=0.001), 0

    async def work() -> None:
        nonlocal starts
        starts += 1
        if starts == 1:
            raise error
        await asyncio.Event().wait()

    background.keep(NAME, work)
    await until(lambda: starts == 2)
    assert background.tasks()[0].deaths == 1
    assert background.trouble() is not None
    assert "deleting old files" in caplog.text
    await background.close()


@pytest.mark.parametrize("error", [asyncio.CancelledError, SystemExit])
async def test_whatever_short_work_fails_of_is_seen(
    error: type[BaseException], caplog: pytest.LogCaptureFixture
) -> None:
    background = Background()

    async def work() -> None:
        raise error

    await background.once("welcome of KEBA-07", work())
    assert background.failures == 1
    assert "welcome of KEBA-07" in caplog.text


async def test_nothing_is_begun_after_the_end() -> None:
    background, began = Background(), []
    await background.close()

    async def work() -> None:
        began.append(True)

    with pytest.raises(ClosedError, match="closing"):
        background.keep(NAME, work)
    with pytest.raises(ClosedError, match="closing"):
        background.once("welcome of KEBA-07", work())
    await asyncio.sleep(0.01)
    assert (began, background.tasks(), background.trouble()) == ([], [], None)


async def test_trouble_of_what_waits_for_events_is_shown_until_it_has_waited_well_for_a_while() -> None:
    background, work = Background(first_pause_s=0.001, sound_after_s=0.05), Work(deaths=1)
    assert background.trouble() is None
    background.keep(NAME, work.run, waits_for_events=True)
    await until(lambda: work.starts == 2)
    trouble = background.trouble()
    assert trouble is not None
    assert "alte Dateien löschen" in say(trouble, "de")
    await until(lambda: background.trouble() is None)
    assert background.tasks()[0].deaths == 1
    await background.close()


async def test_what_has_run_well_starts_again_as_soon_as_the_first_time(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    sleep = asyncio.sleep

    async def note(seconds: float) -> None:
        pauses.append(seconds)
        await sleep(0)

    async def work() -> None:
        await sleep(0.01 if len(pauses) == 3 else 0)
        raise OSError

    monkeypatch.setattr(asyncio, "sleep", note)
    background = Background(first_pause_s=1.0, sound_after_s=0.01)
    background.keep(NAME, work)
    while len(pauses) < 5:
        await sleep(0)
    assert pauses[:5] == [1, 2, 4, 1, 2]
    await background.close()


async def test_what_returns_has_ended_and_is_no_trouble() -> None:
    background = Background()

    async def work() -> None:
        return

    background.keep(NAME, work)
    await until(lambda: background.tasks()[0].has_ended)
    assert background.trouble() is None
    await background.close()


async def test_a_name_is_kept_once_until_it_is_stopped() -> None:
    background, work = Background(), Work(deaths=0)
    background.keep(NAME, work.run)
    with pytest.raises(ValueError, match="runs already"):
        background.keep(NAME, work.run)
    await background.stop(NAME, _("nothing of this name"))
    assert background.tasks() == []
    background.keep(NAME, work.run)
    await background.close()


async def test_short_work_that_fails_is_logged_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    background = Background()

    async def work() -> None:
        raise KeyError

    await background.once("welcome of KEBA-07", work())
    assert background.failures == 1
    assert "welcome of KEBA-07" in caplog.text


async def test_closing_ends_short_work_too_even_before_it_began() -> None:
    background = Background()
    ended = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    began = background.once("one", work())
    await asyncio.sleep(0)
    never = background.once("two", work())
    await background.close()
    assert (began.cancelled(), never.cancelled(), ended) == (True, True, [True])


async def test_what_fails_while_it_is_ended_ends_all_the_same(caplog: pytest.LogCaptureFixture) -> None:
    background = Background(first_pause_s=0.001)

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise KeyError

    background.keep(NAME, work)
    await asyncio.sleep(0)
    async with asyncio.timeout(2):
        await background.close()
    assert "failed while it was ended" in caplog.text


async def test_what_does_not_heed_its_end_holds_nobody_up(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("onetime.background.ENDS_WITHIN_S", 0.05)
    background, free = Background(), asyncio.Event()

    async def work() -> None:
        while not free.is_set():
            try:
                await free.wait()
            except asyncio.CancelledError:
                continue

    background.keep(NAME, work)
    await asyncio.sleep(0)
    await background.close()
    assert "does not end" in caplog.text
    free.set()
    await asyncio.sleep(0.01)
