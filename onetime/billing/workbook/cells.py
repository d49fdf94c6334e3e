"""Cells of the workbook: what may be written, and safely."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula and the value it computes to, which phones and mail previews show without computing."""

    text: str
    value: float | str


Cell = str | int | float | datetime | timedelta | Formula | None


def put(sheet: Worksheet, row: int, column: int, cell: Cell, style: Format) -> None:
    """Write one cell by its type; text is never taken for a formula, a link or a number."""
    match cell:
        case None:
            sheet.write_blank(row, column, None, style)
        case str():
            sheet.write_string(row, column, _plain(cell), style)
        case Formula():
            sheet.write_formula(row, column, cell.text, style, cell.value)
        case datetime():
            sheet.write_datetime(row, column, cell, style)
        case timedelta():
            sheet.write_number(row, column, cell / timedelta(days=1), style)
        case _:
            sheet.write_number(row, column, cell, style)


def put_row(sheet: Worksheet, row: int, cells: list[Cell], style: Format) -> None:
    """Write cells side by side in one style, from the first column."""
    for column, cell in enumerate(cells):
        put(sheet, row, column, cell, style)


def kwh(energy_wh: int) -> float:
    """Return Wh as the kWh of a cell: the nearest number, so that a column sums up to the Wh."""
    return energy_wh / 1000


def clock(instant: datetime, zone: tzinfo) -> datetime:
    """Return what a clock of the zone showed, without a zone: Excel knows none."""
    return instant.astimezone(zone).replace(tzinfo=None)


def utc_offset(instant: datetime, zone: tzinfo) -> str:
    """Return how far a clock of the zone was ahead of UTC, as "+02:00"."""
    return instant.astimezone(zone).isoformat()[-6:]


def _plain(text: str) -> str:
    """Keep XlsxWriter from passing a text on unescaped, as it does in constant_memory with what looks like XML."""
    return f"{text} " if text.endswith("</r>") else text
