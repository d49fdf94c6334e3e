"""From the filter in a page's address to the filter of the service."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from onetime.models import TransactionState
from onetime.services.chargers.live import LiveBoard
from onetime.services.people.permissions import Permission
from onetime.services.sessions.history import SessionFilter
from onetime.web.frame.session import Visitor
from onetime.web.frame.times import Clockwork

FILTER_NAMES = ("month", "from", "until", "charger", "tenant", "state", "q")
NOBODY = -1  # a charger or tenant that does not exist: nothing fits
UNASSIGNED = "none"  # stands for sessions that belong to no tenant


def session_filter(chosen: Mapping[str, str], visitor: Visitor, live: LiveBoard) -> SessionFilter:
    """Return what an address asks for, of what the visitor may see. A part that makes no sense does not restrict."""
    clockwork = visitor.clockwork
    started_from, started_before = _span(chosen, clockwork)
    charger = live.find(chosen.get("charger", "")) if chosen.get("charger") else None
    state = chosen.get("state", "")
    sees_all = visitor.may(Permission.SEE_SESSIONS)
    return SessionFilter(
        charger_id=charger.id if charger else NOBODY if chosen.get("charger") else None,
        tenant_id=_tenant(chosen.get("tenant", "")) if sees_all else own_tenant(visitor),
        is_unassigned=sees_all and chosen.get("tenant") == UNASSIGNED,
        state=TransactionState(state) if state in list(TransactionState) else None,
        started_from=started_from,
        started_before=started_before,
        search=chosen.get("q") or None,
    )


def _tenant(chosen: str) -> int | None:
    """Return the tenant an address names by number; None where it names none."""
    if chosen in ("", UNASSIGNED):
        return None
    return int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 10 else NOBODY


def own_tenant(visitor: Visitor) -> int:
    """Return whose sessions a visitor sees who does not see all; ``NOBODY`` for somebody who is no tenant."""
    tenant_id = visitor.person.tenant_id if visitor.person else None
    return NOBODY if tenant_id is None else tenant_id


def _span(chosen: Mapping[str, str], clockwork: Clockwork) -> tuple[datetime | None, datetime | None]:
    """Return the begin and the end, the latter not included; exact days win over the month."""
    begin = clockwork.day_start(chosen.get("from", ""))
    last_day = clockwork.day_start(chosen.get("until", ""))
    if begin or last_day:
        # A day and six hours on is within the next day, however long a night with a clock change was.
        end = (
            clockwork.day_start(clockwork.local(last_day + timedelta(hours=30)).date().isoformat())
            if last_day
            else None
        )
        return begin, end
    month = chosen.get("month", "")
    return clockwork.day_start(f"{month}-01"), clockwork.day_start(f"{_month_after(month)}-01")


def _month_after(month: str) -> str:
    year, _dash, number = month.partition("-")
    if not (year.isdecimal() and number.isdecimal() and len(month) < 10):
        return ""
    return f"{int(year) + int(number) // 12:04d}-{int(number) % 12 + 1:02d}"
