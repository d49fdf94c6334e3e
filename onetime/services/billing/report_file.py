"""Make one month's workbook from the database. It imports pandas: only the process that makes it imports this."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from onetime.billing.month_report import build_month_report
from onetime.billing.periods import Period, local_month
from onetime.billing.registers.readings import Reading
from onetime.billing.report import Connector, MonthReport
from onetime.billing.workbook import write_workbook
from onetime.clock import utc_now
from onetime.models import ClosedMonth, Site
from onetime.models import Connector as ConnectorRow
from onetime.services.billing.closed_store import (
    booked_corrections,
    connector_id_of,
    frozen_between,
    frozen_connectors,
    frozen_main_meters,
    last_closed,
    open_corrections,
    period_of,
    tenants_of,
)
from onetime.services.billing.months import Month
from onetime.services.complete import complete, naming_row
from onetime.services.sessions.doubts.words import DOUBT_TEXTS
from onetime.services.sessions.readings.between import main_meter_connectors, readings_between
from onetime.services.sessions.readings.metered import billed_connectors, billed_tenants, stream_connectors
from onetime.texts import _, say, translated

Progress = Callable[[int, int, str], None]
T = TypeVar("T")

READING_SHARE = 60  # percent of the work that is reading the database, measured with minute readings

_DOUBT_NAMES = {str(doubt): text.name.msgid for doubt, text in DOUBT_TEXTS.items()}


def write_report(session: Session, month: Month, path: Path, language: str | None, progress: Progress) -> None:
    """Write the workbook of a month to ``path``, in the house's language unless told otherwise.

    Raises ``OSError`` when the folder cannot be written to.
    """
    with naming_row(session, Site, 1):
        site = session.get(Site, 1)
    spoken = language or (site.language if site else "en")
    report = report_of(session, month, spoken, progress)

    def writing(done: int, total: int, what: str) -> None:
        progress(READING_SHARE + (100 - READING_SHARE) * done // max(total, 1), 100, what)

    write_workbook(report, path, partial(translated, language=spoken), writing)


def report_of(session: Session, month: Month, language: str, progress: Progress) -> MonthReport:
    """Return a month's report: as it was closed, or as it is known now. ``language`` is that of the progress."""
    months = complete(session, select(ClosedMonth).where(ClosedMonth.month == str(month)), ClosedMonth)
    closed = next(iter(months), None)
    if closed is not None and closed.closed_at is not None:
        return _closed_report(session, closed, language, progress)
    return _open_report(session, month, language, progress)


def _closed_report(session: Session, closed: ClosedMonth, language: str, progress: Progress) -> MonthReport:
    """Return the report of a closed month, out of what was frozen then."""
    return build_month_report(
        closed.site_name,
        period_of(session, closed),
        _counted(session, frozen_connectors(session, closed), language, progress),
        made_at=utc_now(),
        tenants=tenants_of(session, closed),
        corrections=booked_corrections(session, closed),
        between=lambda connector: frozen_between(session, closed, connector),
        main_meters=frozen_main_meters(session, closed),
        closed_at=closed.closed_at,
        doubt_names=_DOUBT_NAMES,
    )


def _open_report(session: Session, month: Month, language: str, progress: Progress) -> MonthReport:
    """Return the report of an open month as it is known now; the first after the closed ones has their corrections."""
    with naming_row(session, Site, 1):
        site = session.get(Site, 1)
        period = local_month(month.year, month.number, ZoneInfo(site.time_zone if site else "Europe/Zurich"))
    newest = last_closed(session)
    carries = newest is not None and newest.after() == month
    corrections = list(open_corrections(session)) if carries else []
    return build_month_report(
        site.name if site else "Onetime",
        period,
        _counted(session, stream_connectors(session, period.start, period.end), language, progress),
        made_at=utc_now(),
        tenants=list(billed_tenants(session).values()),
        corrections=corrections,
        between=lambda connector: _between(session, connector, period),
        main_meters={
            identity: _of_connector(session, connector_id, period)
            for connector_id, identity in main_meter_connectors(session)
        },
        doubt_names=_DOUBT_NAMES,
    )


def _between(session: Session, connector: Connector, period: Period) -> Sequence[Reading]:
    """Return what a connector, as billing names it, read between its sessions."""
    connector_id = connector_id_of(session, connector)
    return _of_connector(session, connector_id, period) if connector_id is not None else ()


def _of_connector(session: Session, connector_id: int, period: Period) -> Sequence[Reading]:
    with naming_row(session, ConnectorRow, connector_id):
        return readings_between(session, connector_id, period.start, period.end)


def _counted(session: Session, connectors: Iterable[T], language: str, progress: Progress) -> Iterator[T]:
    """Pass the connectors on and say how many of them have been read."""
    total = len(billed_connectors(session)) or 1
    for number, connector in enumerate(connectors):
        reading = _("Reading connector {number} of {total}", number=number + 1, total=total)
        progress(READING_SHARE * number // total, 100, say(reading, language))
        yield connector
