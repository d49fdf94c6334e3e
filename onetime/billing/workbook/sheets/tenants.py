"""The sheet of tenants: one row each, summed by formula from the sheet of sessions."""

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from onetime.billing.report import Tenant, TenantTotal
from onetime.billing.workbook.book import Book, Page
from onetime.billing.workbook.cells import Formula, kwh, put
from onetime.billing.workbook.sheets import corrections, sessions
from onetime.billing.workbook.table import Column, put_header, put_record, put_title
from onetime.billing.workbook.words import tenant_name

HEADER_ROW = 3
FIRST_ROW = 4
NUMBER, COUNT, ENERGY, MEASURED, CORRECTIONS, CORRECTED = 0, 3, 4, 5, 7, 8


def write_tenants(book: Book) -> None:
    """Write the sheet of tenants."""
    _ = book.translate
    totals = book.report.tenants
    sheet = book.add_sheet(Page.TENANTS)
    put_title(sheet, book, _("Energy by tenant"), f"{book.report.site_name}, {book.period_text()}")
    columns = _columns(book)
    put_header(sheet, book, HEADER_ROW, columns)
    for row, total in enumerate(totals, FIRST_ROW):
        put_record(sheet, book, row, columns, _Row(row, total))
    if not totals:
        put(sheet, FIRST_ROW, 0, _("No charging sessions in this period."), book.formats["note"])
    for column in range(len(columns)):
        put(sheet, sum_row(book), column, None, book.formats["sum"])
    put(sheet, sum_row(book), 1, _("Total"), book.formats["sum"])
    for column, style, value in _sums(book):
        cells = xl_range(FIRST_ROW, column, sum_row(book) - 1, column)
        put(sheet, sum_row(book), column, Formula(f"=SUBTOTAL(109,{cells})", value), book.formats[style])
    sheet.freeze_panes(FIRST_ROW, 2)
    sheet.repeat_rows(HEADER_ROW)


def sum_row(book: Book) -> int:
    """Return the row of the totals, counted from 0."""
    return FIRST_ROW + max(len(book.report.tenants), 1)


def energy_range(book: Book) -> str:
    """Return the address of the tenants' energy."""
    return book.reference(Page.TENANTS, FIRST_ROW, ENERGY, sum_row(book) - 1, ENERGY)


def corrections_range(book: Book) -> str:
    """Return the address of the tenants' corrections."""
    return book.reference(Page.TENANTS, FIRST_ROW, CORRECTIONS, sum_row(book) - 1, CORRECTIONS)


def corrections_wh(book: Book) -> Mapping[Tenant | None, int]:
    """Return the sum of each tenant's corrections in Wh; None stands for sessions nobody is assigned to."""
    found: Counter[Tenant | None] = Counter()
    for line in book.report.corrections:
        if not line.is_house:
            found[line.tenant] += line.energy_wh
    return found


def _sums(book: Book) -> list[tuple[int, str, float]]:
    """Return the column, style and value of each sum."""
    totals = book.report.tenants
    energy_wh, corrected_wh = sum(total.energy_wh for total in totals), sum(corrections_wh(book).values())
    sums: list[tuple[int, str, float]] = [
        (COUNT, "sum_count", sum(total.session_count for total in totals)),
        (ENERGY, "sum_kwh", kwh(energy_wh)),
        (MEASURED, "sum_kwh", kwh(sum(total.measured_wh for total in totals))),
    ]
    if book.report.corrections:
        sums += [
            (CORRECTIONS, "sum_kwh", kwh(corrected_wh)),
            (CORRECTED, "sum_kwh", kwh(energy_wh + corrected_wh)),
        ]
    return sums


class _Row(NamedTuple):
    """A tenant's total and the row of the sheet it stands in, counted from 0."""

    number: int
    total: TenantTotal


def _columns(book: Book) -> list[Column[_Row]]:
    _ = book.translate
    whole_wh = book.report.session_wh
    whole_cell = xl_rowcol_to_cell(sum_row(book), ENERGY, row_abs=True, col_abs=True)
    number_range = sessions.column_range(book, "tenant_number")

    def count(row: _Row) -> Formula:
        number = xl_rowcol_to_cell(row.number, NUMBER, col_abs=True)
        return Formula(f"=COUNTIFS({number_range},{number})", row.total.session_count)

    def energy(row: _Row, key: str, energy_wh: int) -> Formula:
        number = xl_rowcol_to_cell(row.number, NUMBER, col_abs=True)
        text = f"=SUMIFS({sessions.column_range(book, key)},{number_range},{number})"
        return Formula(text, kwh(energy_wh))

    def share(row: _Row) -> Formula:
        text = f"=IF({whole_cell}=0,0,{xl_rowcol_to_cell(row.number, ENERGY)}/{whole_cell})"
        return Formula(text, row.total.energy_wh / whole_wh if whole_wh else 0)

    return [
        Column(_("No."), 6, "integer", lambda row: book.tenant_number[row.total.tenant]),
        Column(_("Tenant"), 34, "wrapped", lambda row: tenant_name(row.total.tenant, _)),
        Column(_("Spots"), 24, "wrapped", lambda row: ", ".join(row.total.spots)),
        Column(_("Sessions"), 11, "count", count),
        Column(_("Energy, kWh"), 18, "kwh", lambda row: energy(row, "energy", row.total.energy_wh)),
        Column(_("of which measured, kWh"), 20, "kwh", lambda row: energy(row, "measured", row.total.measured_wh)),
        Column(_("Share of the energy"), 14, "share", share),
        *(_correction_columns(book) if book.report.corrections else ()),
    ]


def _correction_columns(book: Book) -> list[Column[_Row]]:
    """Return the columns of a month that carries corrections of closed ones."""
    _ = book.translate
    owed = corrections_wh(book)

    def correction(row: _Row) -> Formula:
        number = xl_rowcol_to_cell(row.number, NUMBER, col_abs=True)
        text = f"=SUMIFS({corrections.energy_range(book)},{corrections.tenant_range(book)},{number})"
        return Formula(text, kwh(owed.get(row.total.tenant, 0)))

    def corrected(row: _Row) -> Formula:
        cells = (xl_rowcol_to_cell(row.number, column) for column in (ENERGY, CORRECTIONS))
        return Formula(f"={'+'.join(cells)}", kwh(row.total.energy_wh + owed.get(row.total.tenant, 0)))

    return [
        Column(_("Corrections of closed months, kWh"), 20, "kwh", correction),
        Column(_("Energy with corrections, kWh"), 20, "kwh", corrected),
    ]
