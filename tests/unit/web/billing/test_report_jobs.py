"""Reports in the making belong to the process, not to a page."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from onetime.background import Background
from onetime.services.billing.reports import ReportError
from onetime.texts import _
from onetime.web.billing import report_jobs
from onetime.web.billing.report_jobs import ReportJobs


class Maker:
    """Makes reports when told to, and counts them."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()
        self.made = 0
        self.fails_with: Exception | None = None
        self.told = 0

    async def build(self, month: str, language: str, progress: Callable[[int, int, str], None]) -> Path:
        self.made += 1
        progress(3, 12, "Reading")
        await self.go_on.wait()
        if self.fails_with:
            raise self.fails_with
        return Path(f"/reports/{month}-{language}.xlsx")

    async def tell(self) -> None:
        self.told += 1


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_jobs, "TELL_EVERY_S", 0.005)


async def test_progress_is_told_and_the_file_named(quick: None) -> None:
    maker = Maker()
    jobs = ReportJobs(maker.build, maker.tell, Background().once)
    job = jobs.start("2026-10", "de")
    await asyncio.sleep(0.03)
    assert (job.running, job.done, job.total, job.what) == (True, 3, 12, "Reading")
    assert maker.told == 1
    maker.go_on.set()
    await asyncio.sleep(0.03)
    assert (job.running, job.file_name) == (False, "2026-10-de.xlsx")
    assert jobs.job("2026-10", "de") is job
    assert maker.told == 2


async def test_a_second_click_joins_in(quick: None) -> None:
    maker = Maker()
    jobs = ReportJobs(maker.build, maker.tell, Background().once)
    assert jobs.start("2026-10", "de") is jobs.start("2026-10", "de")
    await asyncio.sleep(0.01)
    assert maker.made == 1
    await jobs.stop()


async def test_a_reports_own_sentence_is_kept(quick: None) -> None:
    maker = Maker()
    maker.fails_with = ReportError(_("No charging sessions in this period."))
    jobs = ReportJobs(maker.build, maker.tell, Background().once)
    job = jobs.start("2026-10", "de")
    maker.go_on.set()
    await asyncio.sleep(0.03)
    assert (job.running, job.problem) == (False, "No charging sessions in this period.")


async def test_an_unforeseen_failure_is_told_too(quick: None) -> None:
    maker = Maker()
    maker.fails_with = RuntimeError("boom")
    job = ReportJobs(maker.build, maker.tell, Background().once).start("2026-10", "de")
    maker.go_on.set()
    await asyncio.sleep(0.03)
    assert job.problem == "The report could not be made. The log says why."


async def test_only_so_many_finished_reports_are_remembered(quick: None) -> None:
    maker = Maker()
    maker.go_on.set()
    jobs = ReportJobs(maker.build, maker.tell, Background().once)
    for number in range(report_jobs.KEPT + 3):
        jobs.start(f"{2000 + number}-01", "en")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    await asyncio.sleep(0.01)
    newest = jobs.start("2026-10", "en")
    assert jobs.job("2000-01", "en") is None
    assert jobs.job("2026-10", "en") is newest


async def test_a_page_that_cannot_be_told_costs_no_report_and_is_counted(quick: None) -> None:
    maker, background = Maker(), Background()

    async def tell() -> None:
        raise ConnectionError

    job = ReportJobs(maker.build, tell, background.once).start("2026-10", "en")
    maker.go_on.set()
    await asyncio.sleep(0.03)
    assert job.file_name == "2026-10-en.xlsx"
    assert background.failures == 1
