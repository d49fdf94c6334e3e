"""The state of the month's sheet: which month, and how far its report is."""

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx

from onetime.services.people.permissions import Permission
from onetime.services.runtime import current
from onetime.texts import _, say, translated
from onetime.web.billing.report_jobs import ReportJobs, watch_reports
from onetime.web.frame import routes
from onetime.web.frame.access import loads, needs, tell, visitor
from onetime.web.frame.parts.dialog import closes
from onetime.web.frame.running import part

CLOSE = "close-month"  # the dialog


class Billing(rx.State):
    """The choice of the month, and the report in the making."""

    loaded: bool = False
    months: list[list[str]] = []
    month: str = ""
    running: bool = False
    percent: int = 0
    what: str = ""
    file_name: str = ""
    address: str = ""
    problem: str = ""
    wanted_here: bool = False
    closed: str = ""
    cannot_close: str = ""
    unsettled: str = ""
    closing: bool = False

    @loads(Permission.DOWNLOAD_REPORT)
    async def open(self) -> None:
        """Offer the months, newest complete one first, and show a report that is being made."""
        clockwork = visitor().clockwork
        months = await current().billing.reports.months()
        self.months = [[month, clockwork.month(month)] for month in months]
        if self.month not in months:
            self.month = months[1] if len(months) > 1 else months[0]
        self.wanted_here = False
        self._show()
        await self._show_closing()
        await watch_reports(self.router.session.session_id)
        self.loaded = True

    @needs(Permission.DOWNLOAD_REPORT)
    async def choose(self, month: str) -> None:
        """Choose another month."""
        self.month = month
        self.wanted_here = False
        self._show()
        await self._show_closing()

    @needs(Permission.DOWNLOAD_REPORT)
    async def make(self) -> None:
        """Start making the sheet, or join in when somebody else has."""
        part(ReportJobs).start(self.month, visitor().language)
        self.wanted_here = True
        self._show()

    @needs(Permission.DOWNLOAD_REPORT)
    async def refresh(self) -> object:
        """Show how far the sheet is; when it is done, hand it to the browser that asked. The feed asks for it."""
        self._show()
        if self.running or not self.wanted_here:
            return None
        self.wanted_here = False
        if self.problem:
            return tell(self.problem)
        return rx.download(url=self.address, filename=self.file_name)

    @needs(Permission.CLOSE_MONTH)
    async def close(self) -> AsyncIterator[Any]:
        """Close the chosen month; its sheet is then made anew out of what was frozen."""
        self.closing = True
        yield None
        try:
            await current().billing.closed_months.close(self.month, visitor().actor)
        finally:
            self.closing = False
            await self._show_closing()
        part(ReportJobs).forget(self.month)
        self._show()
        yield [closes(CLOSE), tell(_("{month} is closed.", month=visitor().clockwork.month(self.month)), good=True)]

    async def _show_closing(self) -> None:
        clockwork = visitor().clockwork
        state = await current().billing.closed_months.state(self.month)
        said = _("Closed on {time} by {name}.", time=clockwork.moment(state.closed_at), name=state.closed_by or "")
        self.closed = say(said, clockwork.language) if state.closed_at else ""
        self.cannot_close = say(state.problem, clockwork.language) if state.problem else ""
        waiting = _(
            "{running} sessions still charge, and {waiting} wait for a decision.",
            running=state.running,
            waiting=state.in_doubt,
        )
        self.unsettled = say(waiting, clockwork.language) if state.running + state.in_doubt else ""

    def _show(self) -> None:
        language = visitor().language
        job = part(ReportJobs).job(self.month, language)
        self.running = job is not None and job.running
        self.percent = job.done * 100 // job.total if job and job.total else 0
        self.what = translated(job.what, language) if job else ""
        self.file_name = job.file_name if job else ""
        self.address = routes.report_download(job.file_name) if job and job.file_name else ""
        self.problem = say(job.problem, language) if job and job.problem else ""
