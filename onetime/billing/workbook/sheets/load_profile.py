"""The sheet of quarter-hours: a row each, a column for each connector, streamed row by row.

The energy of sessions stands in the connectors' columns, the house's energy between sessions in a column of its own,
so that a column adds up to its sessions and the whole sheet to the physical meters.
"""

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

from onetime.billing.intervals import Quality
from onetime.billing.periods import quarter_hours
from onetime.billing.report import Connector
from onetime.billing.workbook.book import Book, Page
from onetime.billing.workbook.cells import Formula, clock, kwh, put, utc_offset
from onetime.billing.workbook.number_rows import NumberRowsWorksheet
from onetime.billing.workbook.table import put_title
from onetime.billing.workbook.words import quality_names

LEGEND_ROW = 2
HEADER_ROW = 3
SUM_ROW = 4
FIRST_ROW = 5
MOMENT, OFFSET, TOTAL, HOUSE, FIRST_CONNECTOR = range(5)
CONNECTORS_ON_A_PAGE = 12


def write_load_profile(book: Book) -> None:
    """Write the sheet of quarter-hours."""
    _ = book.translate
    sheet = book.add_sheet(Page.LOAD_PROFILE)
    put_title(sheet, book, _("Load profile in kWh by quarter-hour"), f"{book.report.site_name}, {book.period_text()}")
    _put_legend(sheet, book)
    _put_header(sheet, book)
    _put_sums(sheet, book)
    _put_quarter_hours(sheet, book)
    sheet.freeze_panes(FIRST_ROW, FIRST_CONNECTOR)
    sheet.repeat_rows(HEADER_ROW, SUM_ROW)
    sheet.repeat_columns(MOMENT, OFFSET)
    # As wide as it needs to be readable: a page for every dozen connectors.
    sheet.fit_to_pages(-(-len(book.report.connectors) // CONNECTORS_ON_A_PAGE) or 1, 0)


def sum_cell(book: Book, column: int) -> str:
    """Return the address of a column's total."""
    return book.reference(Page.LOAD_PROFILE, SUM_ROW, column, SUM_ROW, column)


def moment_range(book: Book) -> str:
    """Return the address of the quarter-hours' starts."""
    return book.reference(Page.LOAD_PROFILE, FIRST_ROW, MOMENT, _last_row(book), MOMENT)


def _put_legend(sheet: Worksheet, book: Book) -> None:
    """Say above the table what the colours mean."""
    names = quality_names(book.translate)
    for rank, quality in enumerate(Quality):
        put(sheet, LEGEND_ROW, FIRST_CONNECTOR + rank, names[quality], _formats(book)[rank + 1])


def _put_header(sheet: Worksheet, book: Book) -> None:
    _ = book.translate
    headings = [_("Quarter-hour from"), _("UTC offset"), _("Total"), _("General (between sessions)")]
    headings += [_heading(month.connector) for month in book.report.connectors]
    sheet.set_row(HEADER_ROW, 48)
    sheet.set_column(MOMENT, MOMENT, 17)
    sheet.set_column(OFFSET, OFFSET, 8)
    sheet.set_column(TOTAL, len(headings) - 1, 13)
    for column, heading in enumerate(headings):
        style = "header" if column < TOTAL else "header_right"
        put(sheet, HEADER_ROW, column, heading, book.formats[style])


def _heading(connector: Connector) -> str:
    technical = f"{connector.charger_id} · {connector.number}"
    return f"{connector.spot}\n{technical}" if connector.spot else technical


def _put_sums(sheet: Worksheet, book: Book) -> None:
    _ = book.translate
    report = book.report
    put(sheet, SUM_ROW, MOMENT, _("Sum"), book.formats["sum"])
    put(sheet, SUM_ROW, OFFSET, None, book.formats["sum"])
    energies = [report.total_wh, sum(report.house_wh), *(sum(month.energy_wh) for month in report.connectors)]
    for column, energy_wh in enumerate(energies, TOTAL):
        cells = xl_range(FIRST_ROW, column, _last_row(book), column)
        put(sheet, SUM_ROW, column, Formula(f"=SUM({cells})", kwh(energy_wh)), book.formats["sum_kwh"])


def _put_quarter_hours(sheet: NumberRowsWorksheet, book: Book) -> None:
    """Write a row for each quarter-hour; a colour says how well a value is known."""
    _ = book.translate
    report, styles, by_rank = book.report, book.formats, _formats(book)
    zone, what = report.period.zone, _("Load profile")
    for number, start in enumerate(quarter_hours(report.period)):
        row, house_wh = FIRST_ROW + number, report.house_wh[number]
        energies = [month.energy_wh[number] for month in report.connectors]
        ranks = [month.quality[number] for month in report.connectors]
        put(sheet, row, MOMENT, clock(start, zone), styles["grid_moment"])
        put(sheet, row, OFFSET, utc_offset(start, zone), styles["grid_offset"])
        put(sheet, row, TOTAL, kwh(sum(energies) + house_wh), styles["grid_bold"])
        put(sheet, row, HOUSE, kwh(house_wh), styles["grid_kwh" if house_wh else "grid_none"])
        sheet.write_numbers(row, FIRST_CONNECTOR, [kwh(energy_wh) for energy_wh in energies], ranks, by_rank)
        book.advance(1, what)


def _formats(book: Book) -> list[Format]:
    """Return the format for each quality rank plus one; 0 stands for no session."""
    qualities = ["grid_kwh" if quality is Quality.MEASURED else f"grid_{quality}" for quality in Quality]
    return [book.formats[name] for name in ["grid_none", *qualities]]


def _last_row(book: Book) -> int:
    return FIRST_ROW + len(book.report.house_wh) - 1
