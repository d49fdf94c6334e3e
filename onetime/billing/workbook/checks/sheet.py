"""The sheet of checks: every sum found a second way, each OK or to be looked at, and the sessions under review."""

from collections.abc import Callable

from xlsxwriter.worksheet import Worksheet

from onetime.billing.report import ReviewLine
from onetime.billing.workbook.book import Book, Page
from onetime.billing.workbook.cells import Cell, Formula, clock, kwh, put
from onetime.billing.workbook.checks import connectors as connector_checks
from onetime.billing.workbook.checks.registers import put_register_tables
from onetime.billing.workbook.checks.sums import put_sum_checks, sum_checks
from onetime.billing.workbook.checks.verdicts import WIDTHS, colour_verdicts, failures
from onetime.billing.workbook.table import Column, put_header, put_record, put_title
from onetime.billing.workbook.words import review_reasons

FIRST_ROW = 4


def write_checks(book: Book) -> None:
    """Write the sheet of checks."""
    _ = book.translate
    sheet = book.add_sheet(Page.CHECKS)
    put_title(sheet, book, _("Checks"), f"{book.report.site_name}, {book.period_text()}")
    put_sum_checks(sheet, book, FIRST_ROW)
    connector_checks.put_connectors(sheet, book)
    row = connector_checks.last_row(book) + 4
    if book.report.reviews:
        _put_reviews(sheet, book, row)
        row += len(book.report.reviews) + 3
    put_register_tables(sheet, book, row)
    colour_verdicts(sheet, book, connector_checks.last_row(book))
    sheet.freeze_panes(FIRST_ROW - 1, 1)


def failure_count(book: Book) -> Formula:
    """Return how many checks a person has to look at."""
    count = sum(check.difference != 0 for check in sum_checks(book))
    count += sum(not connector_checks.is_balanced(month) for month in book.report.connectors)
    return Formula(f"={failures(book, connector_checks.last_row(book))}", count)


def _put_reviews(sheet: Worksheet, book: Book, first_row: int) -> None:
    """Write the sessions that are in no sum until a person has looked at them."""
    _ = book.translate
    zone, reasons = book.report.period.zone, review_reasons(_)
    cells: list[tuple[str, str, Callable[[ReviewLine], Cell]]] = [
        (_("Reason"), "text", lambda line: reasons[line.reason]),
        (_("Session"), "integer", lambda line: line.transaction_id),
        (_("Charger"), "text", lambda line: line.connector.charger_id),
        (_("Connector no."), "integer", lambda line: line.connector.number),
        (_("Started"), "moment", lambda line: clock(line.started, zone)),
        (_("Ended"), "moment", lambda line: clock(line.stopped, zone)),
        (_("Register at start, kWh"), "kwh", lambda line: kwh(line.meter_start_wh)),
        (_("Register at end, kWh"), "kwh", lambda line: kwh(line.meter_stop_wh)),
    ]
    columns = [Column(title, width, style, value) for width, (title, style, value) in zip(WIDTHS, cells, strict=False)]
    put(sheet, first_row - 2, 0, _("Sessions under review, in no sum"), book.formats["heading"])
    put_header(sheet, book, first_row - 1, columns)
    for row, line in enumerate(book.report.reviews, first_row):
        put_record(sheet, book, row, columns, line)
