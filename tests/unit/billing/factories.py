"""Sessions and reports for the tests of billing; every one starts from the same morning."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from onetime.billing.intervals import Interval, connector_intervals
from onetime.billing.month_report import build_month_report
from onetime.billing.periods import Period
from onetime.billing.registers.readings import MeteredSession, Reading
from onetime.billing.report import ChargingSession, Connector, MonthReport, Tenant

ZURICH = ZoneInfo("Europe/Zurich")
MORNING = datetime(2026, 10, 14, 6, 0, tzinfo=UTC)


def local_day(day: date, zone: ZoneInfo) -> Period:
    """A calendar day, midnight to midnight on the site's clock."""
    begin, end = (datetime.combine(each, time(), zone) for each in (day, day + timedelta(days=1)))
    return Period(begin.astimezone(UTC), end.astimezone(UTC), zone)


DAY = local_day(date(2026, 10, 14), ZURICH)

ANNA = Tenant(1, "Anna Müller")
BEAT = Tenant(2, "Beat Keller")


def reading(minute: float, register_wh: int) -> Reading:
    """Return a reading so many minutes after the morning's start."""
    return Reading(MORNING + timedelta(minutes=minute), register_wh)


def session(
    start: tuple[float, int],
    stop: tuple[float, int] | None,
    samples: Iterable[tuple[float, int]] = (),
    max_power_w: int | None = None,
) -> MeteredSession:
    """Return a session from (minute, Wh) pairs."""
    return MeteredSession(
        reading(*start),
        None if stop is None else reading(*stop),
        [reading(*sample) for sample in samples],
        max_power_w,
    )


def charging(
    transaction_id: int,
    metered: MeteredSession,
    tenant: Tenant | None = ANNA,
    id_tag: str | None = "04A2B3C4D5",
    stop_reason: str | None = "Local",
) -> ChargingSession:
    """Return a session as it is stored."""
    return ChargingSession(transaction_id, metered, id_tag, tenant, stop_reason)


def report(
    *connectors: Sequence[ChargingSession],
    period: Period = DAY,
    tenants: Iterable[Tenant] = (),
    site_name: str = "Sonnenhof",
) -> MonthReport:
    """Return the report of a garage with a charger CP-1, CP-2, ... for each list of sessions."""
    garage = [(Connector(f"CP-{number}", 1, f"A{number}"), each) for number, each in enumerate(connectors, 1)]
    return build_month_report(site_name, period, garage, made_at=MORNING, tenants=tenants)


def garage() -> MonthReport:
    """Return a day of two connectors, two tenants, an unknown card and some energy between sessions."""
    return report(
        [
            charging(7, session((0, 1_234_567), (47, 1_239_999), [(15, 1_236_000), (30, 1_238_001)]), BEAT),
            charging(8, session((60, 1_240_011), (95, 1_241_418)), None),
        ],
        [charging(9, session((3, 0), (200, 17_777)), ANNA)],
    )


def session_intervals(
    session: MeteredSession, start: datetime | None = None, end: datetime | None = None
) -> list[Interval]:
    """The quarter-hours of one session, or what of them lies in a period."""
    return connector_intervals([session], start, end)
