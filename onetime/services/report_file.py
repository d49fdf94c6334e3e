"""Make one month's workbook from the database. It imports pandas: only the process that makes it imports this."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from onetime.billing.month_report import build_month_report
from onetime.billing.periods import local_month
from onetime.billing.report import Tenant as BilledTenant
from onetime.billing.workbook import write_workbook
from onetime.clock import utc_now
from onetime.models import Site, Tenant
from onetime.services.metered import billed_connectors, stream_connectors
from onetime.services.months import Month
from onetime.texts import _, say, translated

Progress = Callable[[int, int, str], None]
T = TypeVar("T")

READING_SHARE = 60  # percent of the work that is reading the database, measured with minute readings


def write_report(session: Session, month: Month, path: Path, language: str | None, progress: Progress) -> None:
    """Write the workbook of a month to ``path``, in the house's language unless told otherwise.

    Raises ``OSError`` when the folder cannot be written to.
    """
    site = session.get(Site, 1)
    spoken = language or (site.language if site else "en")
    period = local_month(month.year, month.number, ZoneInfo(site.time_zone if site else "Europe/Zurich"))
    report = build_month_report(
        site.name if site else "Onetime",
        period,
        _counted(session, stream_connectors(session, period.start, period.end), spoken, progress),
        made_at=utc_now(),
        tenants=[BilledTenant(row.id or 0, row.name) for row in session.exec(select(Tenant))],
    )

    def writing(done: int, total: int, what: str) -> None:
        progress(READING_SHARE + (100 - READING_SHARE) * done // max(total, 1), 100, what)

    write_workbook(report, path, partial(translated, language=spoken), writing)


def _counted(session: Session, connectors: Iterable[T], language: str, progress: Progress) -> Iterator[T]:
    """Pass the connectors on and say how many of them have been read."""
    total = len(billed_connectors(session)) or 1
    for number, connector in enumerate(connectors):
        reading = _("Reading connector {number} of {total}", number=number + 1, total=total)
        progress(READING_SHARE * number // total, 100, say(reading, language))
        yield connector
