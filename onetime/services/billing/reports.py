"""Workbooks on request: made by a process of their own, so that neither chargers nor memory feel it."""

import asyncio
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from onetime.clock import utc_now
from onetime.models import Site, Transaction
from onetime.services.billing.months import Month, MonthError
from onetime.services.complete import complete, naming_row
from onetime.store.database import Database
from onetime.store.private_folder import FILE_MODE, private_folder
from onetime.texts import _

PROGRESS_MARK = "progress"
KEPT_REPORTS = 24  # a report can be made again at any time; the folder must not grow for ten years

Progress = Callable[[int, int, str], None]


class ReportError(Exception):
    """A workbook could not be made; the text says why."""


class ReportService:
    """Makes the monthly workbooks and finds those that were made."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder
        self._turn = asyncio.Lock()

    async def months(self) -> list[str]:
        """Return the months that can be billed, newest first: from the first session to this month."""
        first, zone = await self._database.read(_first_start)
        month = Month.of(utc_now(), zone)
        oldest = Month.of(first, zone) if first else month
        months = [month]
        while month > oldest:
            month = month.before()
            months.append(month)
        return [str(each) for each in months]

    async def build(self, month: str, language: str, progress: Progress) -> Path:
        """Make a month's workbook and return where it lies. One is made at a time. Raises ``ReportError``."""
        try:
            wanted = Month.parse(month)
        except MonthError as error:
            raise ReportError(*error.args) from error
        async with self._turn:
            private_folder(self._folder)
            path = self._folder / f"onetime-{wanted}-{language}.xlsx"
            await self._run(wanted, language, path, progress)
            self._tidy()
        return path

    def find(self, name: str) -> Path | None:
        """Return the workbook of this file name, or None."""
        path = self._folder / name
        return path if path.parent == self._folder and path.suffix == ".xlsx" and path.is_file() else None

    async def _run(self, month: Month, language: str, path: Path, progress: Progress) -> None:
        arguments = ("report", "--month", str(month), "--out", str(path), "--language", language, "--progress")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "onetime", *arguments),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            umask=0o777 - FILE_MODE,
        )
        try:
            _done, errors = await asyncio.gather(_follow(process, progress), _read_all(process.stderr))
            status = await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
        if status != 0:
            lines = errors.decode(errors="replace").strip().splitlines()
            raise ReportError(_("The report could not be made: {reason}", reason=lines[-1] if lines else status))

    def _tidy(self) -> None:
        reports = sorted(self._folder.glob("*.xlsx"), key=lambda path: path.stat().st_mtime, reverse=True)
        for old in reports[KEPT_REPORTS:]:
            old.unlink(missing_ok=True)


async def _follow(process: asyncio.subprocess.Process, progress: Progress) -> None:
    """Pass on what the report's process says of its progress: ``progress DONE TOTAL WHAT``, one a line."""
    if process.stdout is None:
        return
    async for line in process.stdout:
        mark, _space, rest = line.decode(errors="replace").strip().partition(" ")
        parts = rest.split(" ", 2)
        if mark == PROGRESS_MARK and len(parts) == 3:
            progress(int(parts[0]), int(parts[1]), parts[2])


async def _read_all(stream: asyncio.StreamReader | None) -> bytes:
    return await stream.read() if stream else b""


def _first_start(session: Session) -> tuple[datetime | None, ZoneInfo]:
    with naming_row(session, Site, 1):
        site = session.get(Site, 1)
        zone = ZoneInfo(site.time_zone if site else "Europe/Zurich")
    first = complete(
        session, select(Transaction.started_at).order_by(col(Transaction.started_at)).limit(1), Transaction
    )
    return next(iter(first), None), zone
