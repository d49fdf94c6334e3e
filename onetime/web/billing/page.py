"""The month's Excel sheet: choose a month, press download, watch it being made, get it."""

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx

from onetime.services.people.permissions import Permission
from onetime.services.runtime import current
from onetime.texts import _, say, translated
from onetime.web.billing.report_jobs import ReportJobs, watch_reports
from onetime.web.frame import routes
from onetime.web.frame.access import loads, needs, tell, visitor
from onetime.web.frame.parts.dialog import choices, closes, dialog, opens
from onetime.web.frame.parts.forms import button, field, loading
from onetime.web.frame.parts.layout import frame, permitted
from onetime.web.frame.parts.link import served_link
from onetime.web.frame.registry import page
from onetime.web.frame.running import part
from onetime.web.frame.texts.i18n import t

CLOSE = "close-month"


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
        months = await current().reports.months()
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
            await current().closed_months.close(self.month, visitor().actor)
        finally:
            self.closing = False
            await self._show_closing()
        part(ReportJobs).forget(self.month)
        self._show()
        yield [closes(CLOSE), tell(_("{month} is closed.", month=visitor().clockwork.month(self.month)), good=True)]

    async def _show_closing(self) -> None:
        clockwork = visitor().clockwork
        state = await current().closed_months.state(self.month)
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


@page(routes.BILLING, _("Billing"), Billing.open)
def billing() -> rx.Component:
    """Offer the month's sheet."""
    return frame(
        routes.BILLING,
        t("Billing"),
        rx.cond(Billing.loaded, rx.fragment(_sheet(), permitted(Permission.CLOSE_MONTH, _closing())), loading()),
    )


def _sheet() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("The month’s Excel sheet")),
        rx.el.p(
            t(
                "Every session, the quarter-hours of every connector, and the sums of every tenant. The quarter-hours "
                "add up to the meter registers exactly."
            ),
            class_name="lead",
        ),
        field(
            t("Month"),
            rx.el.select(
                rx.foreach(Billing.months, lambda month: rx.el.option(month[1], value=month[0])),
                value=Billing.month,
                on_change=Billing.choose,
                id="month",
                name="month",
                class_name="input",
            ),
            name="month",
        ),
        rx.cond(Billing.running, _progress(), rx.cond(Billing.file_name != "", _ready(), _make())),
        rx.cond(Billing.problem != "", rx.el.p(Billing.problem, class_name="problem", role="alert")),
        class_name="card sheet",
    )


def _closing() -> rx.Component:
    """Offer to close the chosen month, say that it is, or why it cannot be."""
    return rx.el.section(
        rx.el.h2(t("Close the month")),
        rx.cond(
            Billing.closed != "",
            rx.fragment(
                rx.el.p(rx.icon("lock", size=18, aria_hidden=True), Billing.closed, class_name="notice"),
                rx.el.p(
                    t("Its sheet stays as it is. What changes later is a correction in the next month."),
                    class_name="hint",
                ),
            ),
            rx.fragment(
                rx.el.p(
                    t(
                        "When the sheet is right and the bills are written, close the month: its figures do not "
                        "change any more, and what becomes known later is a correction in the next month."
                    ),
                    class_name="hint",
                ),
                rx.cond(
                    Billing.cannot_close != "",
                    rx.el.p(Billing.cannot_close),
                    rx.el.div(button(t("Close the month …"), kind="secondary", on_click=opens(CLOSE))),
                ),
            ),
        ),
        dialog(
            CLOSE,
            t("Close the month?"),
            rx.el.p(t("This cannot be taken back. From then on its sheet shows the same figures for ever.")),
            rx.cond(
                Billing.unsettled != "",
                rx.el.p(Billing.unsettled, " ", t("They come into the next month as corrections."), class_name="warn"),
            ),
            choices(CLOSE, button(t("Close the month"), busy=Billing.closing, on_click=Billing.close)),
        ),
        class_name="card sheet",
    )


def _make() -> rx.Component:
    return button(t("Download Excel sheet"), on_click=Billing.make)


def _progress() -> rx.Component:
    return rx.el.div(
        rx.el.progress(value=Billing.percent, max=100, aria_label=t("Progress")),
        rx.el.p(
            rx.cond(Billing.what != "", f"{Billing.percent}\u202f% · {Billing.what}", t("Beginning …")),
            class_name="number",
            role="status",
        ),
        rx.el.p(t("You can leave this page; the sheet will be here when you come back."), class_name="hint"),
        class_name="progress",
    )


def _ready() -> rx.Component:
    return rx.el.div(
        served_link(
            rx.icon("download", size=18, aria_hidden=True),
            t("Save {name}", name=Billing.file_name),
            to=Billing.address,
            custom_attrs={"download": Billing.file_name},
            class_name="button button--primary",
        ),
        button(t("Make it again"), kind="secondary", on_click=Billing.make),
        class_name="dialog-actions",
    )
