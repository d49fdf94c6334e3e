"""Build the month's report. It imports pandas: import this module only in the process that makes a report."""

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from onetime.billing.grid import Grid, QuarterSeries
from onetime.billing.ledger import ConnectorLedger
from onetime.billing.main_meter import checked_main_meter
from onetime.billing.periods import Period
from onetime.billing.registers.readings import Reading
from onetime.billing.report import (
    ChargingSession,
    Connector,
    ConnectorMonth,
    Correction,
    LostEnergy,
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
    between: Callable[[Connector], Sequence[Reading]] = lambda _connector: (),
    main_meters: Mapping[str, Sequence[Reading]] | None = None,
) -> MonthReport:
    """Return the report of a period; connectors are taken one at a time, so they can stream from a database.

    Give with each connector every session that overlaps the period, with all its samples, and the last one before
    and the first one after it, from which the house's energy at the period's ends is known. `tenants` are shown even
    if they did not charge, and so is whoever has a correction. A session that crosses the period's end is cut there:
    the parts of both months add up to the session. `between` gives a connector's readings between its sessions,
    `main_meters` those of each charger's main meter.
    """
    grid = Grid(period)
    houses: dict[str, QuarterSeries] = {}
    lost: list[LostEnergy] = []
    months: list[ConnectorMonth] = []
    lines: list[SessionLine] = []
    reviews: list[ReviewLine] = []
    daily: Counter[tuple[Tenant | None, int]] = Counter()
    for connector, sessions in connectors:
        house = houses.setdefault(connector.charger_id, QuarterSeries(grid))
        ledger = ConnectorLedger(connector, grid, house, between(connector))
        for session in sorted(sessions, key=lambda session: session.metered.start.at):
            ledger.add(session)
        months.append(ledger.close())
        lines += ledger.lines
        reviews += ledger.reviews
        lost += ledger.lost
        daily.update(ledger.daily)
    owed = {line.tenant for line in corrections if not line.is_house}
    house_wh = array("q", map(sum, zip(*(each.energy_wh for each in houses.values()), strict=True)))
    house_wh = house_wh or QuarterSeries(grid).energy_wh
    house_daily = grid.daily(house_wh)
    meters = [
        checked_main_meter(
            charger_id,
            readings,
            grid,
            [m.energy_wh for m in months if m.connector.charger_id == charger_id]
            + ([houses[charger_id].energy_wh] if charger_id in houses else []),
        )
        for charger_id, readings in sorted((main_meters or {}).items())
    ]
    return MonthReport(
        site_name=site_name,
        period=period,
        made_at=made_at,
        connectors=months,
        sessions=sorted(lines, key=lambda line: (line.started, line.transaction_id)),
        reviews=sorted(reviews, key=lambda review: (review.started, review.transaction_id)),
        tenants=tenant_totals(lines, {*tenants, *owed}),
        daily=daily_energy(grid.days, daily, [house_daily[day] for day in range(len(grid.days))]),
        house_wh=house_wh,
        corrections=corrections,
        closed_at=closed_at,
        doubt_names=doubt_names or {},
        lost=sorted(lost, key=lambda each: each.begin),
        main_meters=[meter for meter in meters if meter is not None],
    )
