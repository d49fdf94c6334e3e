"""Checks of each connector: what its sessions and the house used is what its register counted."""

from collections.abc import Callable
from typing import NamedTuple

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from onetime.billing.registers.readings import Reading
from onetime.billing.report import ConnectorMonth
from onetime.billing.workbook.book import Book, Page
from onetime.billing.workbook.cells import Cell, Formula, clock, kwh, put
from onetime.billing.workbook.checks.verdicts import WIDTHS, verdict
from onetime.billing.workbook.sheets import load_profile, sessions
from onetime.billing.workbook.table import Column, put_header, put_record

# Below the table of the checks over the whole report.
FIRST_ROW = 24
CHARGER, NUMBER, SESSIONS, PROFILE, HOUSE = 2, 3, 4, 5, 6
FIRST, LAST, JUMPS, DIFFERENCE = 7, 9, 11, 12


class _Row(NamedTuple):
    """A connector's month, its row on this sheet and its column in the load profile, counted from 0."""

    number: int
    profile_column: int
    month: ConnectorMonth

    def cell(self, column: int) -> str:
        """Return the address of a cell of this row."""
        return str(xl_rowcol_to_cell(self.number, column))


def put_connectors(sheet: Worksheet, book: Book) -> None:
    """Write the table of connectors with its headings above it."""
    _ = book.translate
    put(sheet, FIRST_ROW - 2, 0, _("Connectors: sessions + general = register"), book.formats["heading"])
    columns = _columns(book)
    put_header(sheet, book, FIRST_ROW - 1, columns)
    for position, month in enumerate(book.report.connectors):
        row = _Row(FIRST_ROW + position, load_profile.FIRST_CONNECTOR + position, month)
        put_record(sheet, book, row.number, columns, row)


def last_row(book: Book) -> int:
    """Return the last row of the table, counted from 0."""
    return FIRST_ROW + max(len(book.report.connectors), 1) - 1


def difference_range(book: Book) -> str:
    """Return the address of what the registers counted, in kWh."""
    return book.reference(Page.CHECKS, FIRST_ROW, DIFFERENCE, last_row(book), DIFFERENCE)


def register_difference_wh(month: ConnectorMonth) -> int:
    """Return what the register counted in the period, in Wh: only jumps to zero, which are no riddle, are left out."""
    if month.first is None or month.last is None:
        return 0
    return month.last.register_wh - month.first.register_wh + month.explained_jumps_wh


def is_balanced(month: ConnectorMonth) -> bool:
    """Say whether the connector's sessions, its load profile and its register agree to the Wh."""
    counted_wh = month.session_wh + month.house_wh
    return month.session_wh == sum(month.energy_wh) and counted_wh == register_difference_wh(month)


def _columns(book: Book) -> list[Column[_Row]]:
    """Return the table's columns, which share their widths with the other tables of the sheet."""
    _ = book.translate
    zone = book.report.period.zone

    def moment(reading: Reading | None) -> Cell:
        return None if reading is None else clock(reading.at, zone)

    def register(reading: Reading | None) -> Cell:
        return None if reading is None else kwh(reading.register_wh)

    cells: list[tuple[str, str, Callable[[_Row], Cell]]] = [
        (_("Connector"), "text", lambda row: row.month.connector.label),
        (_("Result"), "result", lambda row: _verdict(book, row)),
        (_("Charger"), "text", lambda row: row.month.connector.charger_id),
        (_("Connector no."), "integer", lambda row: row.month.connector.number),
        (_("Sessions, kWh"), "kwh", lambda row: _sessions(book, row)),
        (_("Load profile, kWh"), "kwh", lambda row: _profile(book, row)),
        (_("General, kWh"), "kwh", lambda row: kwh(row.month.house_wh)),
        (_("Register at start, kWh"), "kwh", lambda row: register(row.month.first)),
        (_("read for"), "moment", lambda row: moment(row.month.first)),
        (_("Register at end, kWh"), "kwh", lambda row: register(row.month.last)),
        (_("read for"), "moment", lambda row: moment(row.month.last)),
        (_("Register jumps to zero, kWh"), "kwh", lambda row: kwh(row.month.explained_jumps_wh)),
        (_("Register difference, kWh"), "kwh", _difference),
    ]
    return [Column(title, width, style, value) for width, (title, style, value) in zip(WIDTHS, cells, strict=True)]


def _verdict(book: Book, row: _Row) -> Formula:
    used, profile, house, counted = (row.cell(column) for column in (SESSIONS, PROFILE, HOUSE, DIFFERENCE))
    condition = f"AND(ROUND({used}-{profile},3)=0,ROUND({used}+{house}-{counted},3)=0)"
    return verdict(book, condition, is_balanced(row.month))


def _sessions(book: Book, row: _Row) -> Formula:
    """Sum the connector's sessions; not with SUMIFS, which reads * and ? in a charger's name as wildcards."""
    charger, number, energy = (sessions.column_range(book, key) for key in ("charger", "connector", "energy"))
    text = f"=SUMPRODUCT(({charger}={row.cell(CHARGER)})*({number}={row.cell(NUMBER)}),{energy})"
    return Formula(text, kwh(row.month.session_wh))


def _profile(book: Book, row: _Row) -> Formula:
    return Formula(f"={load_profile.sum_cell(book, row.profile_column)}", kwh(sum(row.month.energy_wh)))


def _difference(row: _Row) -> Formula:
    first, last, jumps = (row.cell(column) for column in (FIRST, LAST, JUMPS))
    return Formula(f"={last}-{first}+{jumps}", kwh(register_difference_wh(row.month)))
