"""The energy by day and tenant on the first sheet: a table and its stacked chart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import cast

from xlsxwriter.chart_column import ChartColumn
from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

from onetime.billing.report import DailyEnergy
from onetime.billing.workbook.book import Book, Page, Translate
from onetime.billing.workbook.cells import Cell, Formula, kwh, put, put_row
from onetime.billing.workbook.styles import MUTED, RULE, SERIES
from onetime.billing.workbook.words import tenant_name

# More colours than this in one chart cannot be told apart; the smaller tenants then share one.
MOST_TENANTS = 8
DAY, TOTAL, FIRST_SERIES = 0, 1, 2
CHART_SIZE = {"width": 860, "height": 368}
EXCEL_DAY_ZERO = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of the chart and column of the table: its name and its energy in Wh by day."""

    name: str
    energy_wh: Sequence[int]


def put_days(sheet: Worksheet, book: Book, header_row: int) -> None:
    """Write the table, a row for each day and one for the total, its headings in `header_row`."""
    _ = book.translate
    daily, formats = book.report.daily, book.formats
    columns = daily_series(daily, book.translate)
    headings: list[Cell] = [_("Day"), _("Total, kWh"), *(column.name for column in columns)]
    sheet.set_row(header_row, 34)
    put_row(sheet, header_row, headings, formats["header_right"])
    put(sheet, header_row, DAY, _("Day"), formats["header"])
    for number, day in enumerate(daily.days):
        energies = [column.energy_wh[number] for column in columns]
        row = header_row + 1 + number
        put(sheet, row, DAY, datetime.combine(day, time()), formats["day"])
        for column, energy_wh in enumerate([sum(energies), *energies], TOTAL):
            put(sheet, row, column, kwh(energy_wh), formats["kwh" if energy_wh else "kwh_none"])
    first, last = header_row + 1, header_row + len(daily.days)
    put(sheet, last + 1, DAY, _("Total"), formats["sum"])
    sums = [sum(column.energy_wh) for column in columns]
    for position, energy_wh in enumerate([sum(sums), *sums], TOTAL):
        total = Formula(f"=SUM({xl_range(first, position, last, position)})", kwh(energy_wh))
        put(sheet, last + 1, position, total, formats["sum_kwh"])


def insert_chart(sheet: Worksheet, book: Book, row: int, column: int, header_row: int) -> None:
    """Put the stacked chart of the table in `header_row` and below with its corner at a cell."""
    _ = book.translate
    daily = book.report.daily
    first, last = header_row + 1, header_row + len(daily.days)
    chart = cast(ChartColumn, book.workbook.add_chart({"type": "column", "subtype": "stacked"}))
    for number, series in enumerate(daily_series(daily, book.translate)):
        position = FIRST_SERIES + number
        chart.add_series(
            {
                # By address: XlsxWriter takes a name such as =A1 for a formula.
                "name": [book.names[Page.OVERVIEW], header_row, position],
                "name_data": [series.name],
                "categories": "=" + book.reference(Page.OVERVIEW, first, DAY, last, DAY),
                "values": "=" + book.reference(Page.OVERVIEW, first, position, last, position),
                # Viewers that do not compute draw from these copies; constant_memory keeps none by itself.
                "categories_data": [(day - EXCEL_DAY_ZERO).days for day in daily.days],
                "values_data": [kwh(energy_wh) for energy_wh in series.energy_wh],
                "fill": {"color": SERIES[number % len(SERIES)]},
                "gap": 40,
            }
        )
    font = {"color": MUTED, "size": 9}
    chart.set_title({"name": _("Energy by day, kWh"), "name_font": {"size": 12, "bold": False, "color": MUTED}})
    chart.set_x_axis({"num_format": "d.m.", "text_axis": True, "num_font": font, "line": {"color": RULE}})
    chart.set_y_axis({"num_format": "#,##0", "num_font": font, "line": {"none": True}, "major_gridlines": _grid()})
    chart.set_legend({"position": "bottom", "font": font})
    chart.set_chartarea({"border": {"color": RULE}})
    chart.set_size(CHART_SIZE)
    sheet.insert_chart(row, column, chart, {"description": _("Energy by day and tenant"), "object_position": 3})


def daily_series(daily: DailyEnergy, translate: Translate) -> list[Series]:
    """Return the largest tenants by name, the others together, the unassigned, and the house; none of them empty."""
    _ = translate
    named = [tenant for tenant in daily.by_tenant if tenant is not None]
    largest = sorted(named, key=lambda tenant: -sum(daily.by_tenant[tenant]))[:MOST_TENANTS]
    others = [daily.by_tenant[tenant] for tenant in named if tenant not in largest]
    series = [
        *(Series(tenant_name(tenant, _), daily.by_tenant[tenant]) for tenant in named if tenant in largest),
        Series(_("Other tenants"), [sum(day) for day in zip(*others, strict=True)]),
        Series(_("Not assigned"), daily.by_tenant.get(None, [])),
        Series(_("General"), daily.house_wh),
    ]
    return [column for column in series if any(column.energy_wh)]


def _grid() -> dict[str, object]:
    return {"visible": True, "line": {"color": RULE, "width": 0.5}}
