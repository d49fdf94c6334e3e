"""The first sheet: the property, the exact period, the key figures, and who used how much on which day."""

from collections.abc import Sequence

from onetime.billing.periods import quarter_hour_count
from onetime.billing.workbook.book import Book, Page
from onetime.billing.workbook.cells import Cell, Formula, clock, kwh, put, utc_offset
from onetime.billing.workbook.checks.sheet import failure_count
from onetime.billing.workbook.overview.daily import insert_chart, put_days
from onetime.billing.workbook.sheets import corrections, load_profile, sessions
from onetime.billing.workbook.table import put_title

WIDTHS = (34, 18, *[14] * 12)
PERIOD_ROW = 3
KEY_FIGURES_ROW = 9
DAYS_ROW = 22
CHART_COLUMN = 3

# A label, a cell style, a value, and what is to be said right of it.
Line = tuple[str, str, Cell, str | None]


def write_overview(book: Book) -> None:
    """Write the first sheet."""
    _ = book.translate
    sheet = book.add_sheet(Page.OVERVIEW)
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    put_title(sheet, book, book.report.site_name, _("Charging report {period}").format(period=book.period_text()))
    for first_row, heading, lines in (
        (PERIOD_ROW, _("Period"), _period(book)),
        (KEY_FIGURES_ROW, _("Key figures"), _key_figures(book)),
    ):
        put(sheet, first_row, 0, heading, book.formats["heading"])
        for row, (label, style, value, remark) in enumerate(lines, first_row + 1):
            put(sheet, row, 0, label, book.formats["label"])
            put(sheet, row, 1, value, book.formats[style])
            put(sheet, row, 2, remark, book.formats["remark"])
    sheet.fit_to_pages(1, 1)
    failures_row = KEY_FIGURES_ROW + len(_key_figures(book))
    rule = {"type": "cell", "criteria": ">", "value": 0, "format": book.formats["bad"]}
    sheet.conditional_format(failures_row, 1, failures_row, 1, rule)
    if any(book.report.daily.house_wh) or any(map(any, book.report.daily.by_tenant.values())):
        put(sheet, DAYS_ROW - 1, 0, _("Energy by day"), book.formats["heading"])
        put_days(sheet, book, DAYS_ROW)
        insert_chart(sheet, book, PERIOD_ROW, CHART_COLUMN, DAYS_ROW)
    else:
        put(sheet, DAYS_ROW - 1, 0, _("No energy flowed in this period."), book.formats["note"])


def _period(book: Book) -> Sequence[Line]:
    _ = book.translate
    report = book.report
    period = report.period
    closed_at = report.closed_at
    closed: list[Line] = (
        [(_("Closed at"), "moment_right", clock(closed_at, period.zone), utc_offset(closed_at, period.zone))]
        if closed_at
        else []
    )
    return [
        (_("From"), "moment_right", clock(period.start, period.zone), utc_offset(period.start, period.zone)),
        (_("Up to"), "moment_right", clock(period.end, period.zone), utc_offset(period.end, period.zone)),
        (_("Quarter-hours"), "count", quarter_hour_count(period), None),
        (_("Made at"), "moment_right", clock(report.made_at, period.zone), utc_offset(report.made_at, period.zone)),
        *closed,
    ]


def _key_figures(book: Book) -> Sequence[Line]:
    _ = book.translate
    report = book.report
    session_wh, house_wh = report.session_wh, sum(report.house_wh)
    measured_wh = sum(line.measured_wh for line in report.sessions)
    energy, measured, tenant = (sessions.column_range(book, key) for key in ("energy", "measured", "tenant_number"))
    total, house = (load_profile.sum_cell(book, column) for column in (load_profile.TOTAL, load_profile.HOUSE))
    share_text = f"=IF(SUM({energy})=0,0,SUM({measured})/SUM({energy}))"
    share = Formula(share_text, measured_wh / session_wh if session_wh else 0)
    charging = sum(tenant_total.session_count > 0 for tenant_total in report.tenants if tenant_total.tenant)
    corrected = Formula(f"=SUM({corrections.energy_range(book)})", kwh(corrections.total_wh(book)))
    correction: list[Line] = [(_("Corrections of closed months"), "kwh", corrected, "kWh")]
    return [
        (_("Charging sessions"), "kwh", Formula(f"=SUM({energy})", kwh(session_wh)), "kWh"),
        (_("General (between sessions)"), "kwh", Formula(f"={house}", kwh(house_wh)), "kWh"),
        (_("Total of all meters"), "kwh", Formula(f"={total}", kwh(report.total_wh)), "kWh"),
        *(correction if report.corrections else []),
        (_("Measured share of the sessions"), "share", share, None),
        (_("Number of sessions"), "count", Formula(f"=COUNT({tenant})", len(report.sessions)), None),
        (_("Tenants who charged"), "count", charging, None),
        (_("Connectors"), "count", len(report.connectors), None),
        (_("Checks to look at"), "count", failure_count(book), book.names[Page.CHECKS]),
    ]
