"""Build the month's report. It imports pandas: import this module only in the process that makes a report."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from onetime.billing.grid import Grid, QuarterSeries
from onetime.billing.ledger import ConnectorLedger
from onetime.billing.periods import Period
from onetime.billing.report import (
    ChargingSession,
    Connector,
    ConnectorMonth,
    Correction,
    MonthReport,
    ReviewLine,
    SessionLine,
    Tenant,
)
from onetime.billing.totals import daily_energy, tenant_totals


def build_month_report(
    site_name: str,
    period: Period,
    connectors: Iterable[tuple[Connector, Iterable[ChargingSession]]],
    *,
    made_at: datetime,
    tenants: Iterable[Tenant] = (),
    corrections: Sequence[Correction] = (),
    closed_at: datetime | None = None,
    doubt_names: Mapping[str, str] | None = None,
) -> MonthReport:
    """Return the report of a period; connectors are taken one at a time, so they can stream from a database.

    Give with each connector every session that overlaps the period, with all its samples, and the last one before
    and the first one after it, from which the house's energy at the period's ends is known. `tenants` are shown even
    if they did not charge, and so is whoever has a correction. A session that crosses the period's end is cut there:
    the parts of both months add up to the session.
    """
    grid = Grid(period)
    house = QuarterSeries(grid)
    months: list[ConnectorMonth] = []
    lines: list[SessionLine] = []
    reviews: list[ReviewLine] = []
    daily: Counter[tuple[Tenant | None, int]] = Counter()
    for connector, sessions in connectors:
        ledger = ConnectorLedger(connector, grid, house)
        for session in sorted(sessions, key=lambda session: session.metered.start.at):
            ledger.add(session)
        months.append(ledger.close())
        lines += ledger.lines
        reviews += ledger.reviews
        daily.update(ledger.daily)
    owed = {line.tenant for line in corrections if not line.is_house}
    house_daily = grid.daily(house.energy_wh)
    return MonthReport(
        site_name=site_name,
        period=period,
        made_at=made_at,
        connectors=months,
        sessions=sorted(lines, key=lambda line: (line.started, line.transaction_id)),
        reviews=sorted(reviews, key=lambda review: (review.started, review.transaction_id)),
        tenants=tenant_totals(lines, {*tenants, *owed}),
        daily=daily_energy(grid.days, daily, [house_daily[day] for day in range(len(grid.days))]),
        house_wh=house.energy_wh,
        corrections=corrections,
        closed_at=closed_at,
        doubt_names=doubt_names or {},
    )
