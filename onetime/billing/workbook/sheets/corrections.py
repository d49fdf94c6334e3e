"""The sheet of corrections: what months that were closed before lacked or had too much of, one line each."""

from onetime.billing.report import Correction
from onetime.billing.workbook.book import Book, Page
from onetime.billing.workbook.cells import Formula, kwh, put
from onetime.billing.workbook.table import Column, put_header, put_record, put_title
from onetime.billing.workbook.words import tenant_name

SUM_ROW = 2
HEADER_ROW = 3
FIRST_ROW = 4


def write_corrections(book: Book) -> None:
    """Write the sheet of corrections; there is none where nothing has to be corrected."""
    lines = book.report.corrections
    if not lines:
        return
    _ = book.translate
    sheet = book.add_sheet(Page.CORRECTIONS)
    columns = _columns(book)
    put_title(sheet, book, _("Corrections of closed months"), f"{book.report.site_name}, {book.period_text()}")
    for number in range(len(columns)):
        put(sheet, SUM_ROW, number, None, book.formats["sum"])
    put(sheet, SUM_ROW, 0, _("Sum of the rows shown"), book.formats["sum"])
    total = Formula(f"=SUBTOTAL(109,{energy_range(book)})", kwh(total_wh(book)))
    put(sheet, SUM_ROW, list(columns).index("energy"), total, book.formats["sum_kwh"])
    put_header(sheet, book, HEADER_ROW, list(columns.values()))
    for row, line in enumerate(lines, FIRST_ROW):
        put_record(sheet, book, row, list(columns.values()), line)
    sheet.autofilter(HEADER_ROW, 0, FIRST_ROW + len(lines) - 1, len(columns) - 1)
    sheet.freeze_panes(FIRST_ROW, 2)
    sheet.repeat_rows(HEADER_ROW)


def total_wh(book: Book) -> int:
    """Return what all corrections add up to, the house's included, in Wh."""
    return sum(line.energy_wh for line in book.report.corrections)


def energy_range(book: Book) -> str:
    """Return the address of the corrections' energy."""
    return _range(book, "energy")


def tenant_range(book: Book) -> str:
    """Return the address of the corrections' tenants by number: 0 for nobody, empty for the house."""
    return _range(book, "tenant_number")


def _range(book: Book, key: str) -> str:
    column = list(_columns(book)).index(key)
    return book.reference(
        Page.CORRECTIONS, FIRST_ROW, column, FIRST_ROW + max(len(book.report.corrections), 1) - 1, column
    )


def _columns(book: Book) -> dict[str, Column[Correction]]:
    _ = book.translate

    def who(line: Correction) -> str:
        return _("General (between sessions)") if line.is_house else tenant_name(line.tenant, _)

    def number(line: Correction) -> int | None:
        return None if line.is_house else book.tenant_number[line.tenant]

    return {
        "month": Column(_("Closed month"), 12, "text", lambda line: line.month),
        "id": Column(_("Session"), 10, "integer", lambda line: line.transaction_id),
        "spot": Column(_("Spot"), 12, "text", lambda line: line.connector.spot),
        "charger": Column(_("Charger"), 18, "text", lambda line: line.connector.charger_id),
        "connector": Column(_("Connector"), 10, "integer", lambda line: line.connector.number),
        "tenant_number": Column(_("Tenant no."), 8, "integer", number),
        "tenant": Column(_("Tenant"), 28, "wrapped", who),
        "energy": Column(_("Difference, kWh"), 15, "kwh", lambda line: kwh(line.energy_wh)),
        "note": Column(_("Note"), 48, "wrapped", lambda line: line.note),
    }
