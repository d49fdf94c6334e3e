"""Reports in the making. They belong to the process, not to a page: it can be left and come back to."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from onetime.background import Once
from onetime.services.billing.reports import ReportError
from onetime.texts import Text, _
from onetime.web.frame.live.audience import SocketAudience
from onetime.web.frame.running import part

logger = logging.getLogger(__name__)

REPORTS = "reports"
TELL_EVERY_S = 0.25  # progress moves at most four times a second
KEPT = 48  # finished ones that are remembered: four languages of a year

Progress = Callable[[int, int, str], None]
Build = Callable[[str, str, Progress], Awaitable[Path]]
Tell = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class Job:
    """One report: how far it is, and what became of it."""

    month: str
    language: str
    done: int = 0
    total: int = 0
    what: str = ""
    file_name: str = ""
    problem: Text | None = None
    task: asyncio.Task[None] | None = None

    @property
    def running(self) -> bool:
        """Say whether it is still being made."""
        return not self.file_name and self.problem is None


class ReportJobs:
    """Makes reports beside the pages, and tells those who watch how far they are."""

    def __init__(self, build: Build, tell: Tell, once: Once) -> None:
        self._build = build
        self._tell = tell
        self._once = once
        self._jobs: dict[tuple[str, str], Job] = {}

    def job(self, month: str, language: str) -> Job | None:
        """Return what is known of a month's report in a language, or None when nobody has asked for it."""
        return self._jobs.get((month, language))

    def start(self, month: str, language: str) -> Job:
        """Make a report, unless it is being made already."""
        known = self.job(month, language)
        if known is not None and known.running:
            return known
        self._jobs.pop((month, language), None)
        job = self._jobs[month, language] = Job(month, language)
        job.task = self._once(f"the report of {month}", self._make(job))
        self._forget_oldest()
        return job

    def forget(self, month: str) -> None:
        """Forget a month's finished reports: what they rest on has changed."""
        for known in [key for key, job in self._jobs.items() if key[0] == month and not job.running]:
            del self._jobs[known]

    def _forget_oldest(self) -> None:
        finished = [key for key, job in self._jobs.items() if not job.running]
        for key in finished[: max(0, len(finished) - KEPT)]:
            del self._jobs[key]

    async def stop(self) -> None:
        """Give up what is still being made."""
        tasks = [job.task for job in self._jobs.values() if job.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _make(self, job: Job) -> None:
        teller = self._once(f"progress of the report of {job.month}", self._tell_progress(job))
        try:
            path = await self._build(job.month, job.language, lambda *progress: _note(job, *progress))
            job.file_name = path.name
        except ReportError as error:
            job.problem = error.args[0] if error.args and isinstance(error.args[0], Text) else _UNKNOWN
        except Exception:
            logger.exception("The report of %s could not be made.", job.month)
            job.problem = _UNKNOWN
        finally:
            teller.cancel()
        await self._tell()

    async def _tell_progress(self, job: Job) -> None:
        told, at = None, time.monotonic()
        while job.running:
            await asyncio.sleep(max(0.0, at + TELL_EVERY_S - time.monotonic()))
            at = time.monotonic()
            if (job.done, job.what) != told:
                told = (job.done, job.what)
                await self._tell()


async def watch_reports(socket: str) -> None:
    """Tell this browser how far reports are."""
    await part(SocketAudience).enter(socket, REPORTS)


_UNKNOWN = _("The report could not be made. The log says why.")


def _note(job: Job, done: int, total: int, what: str) -> None:
    job.done, job.total, job.what = done, total, what
