"""Tables of the workbook: columns described once, with a heading, a width, a style and a value for each row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Generic, TypeVar

from xlsxwriter.utility import xl_pixel_width
from xlsxwriter.worksheet import Worksheet

from onetime.billing.workbook.book import LINE_HEIGHT, Book
from onetime.billing.workbook.cells import Cell, put

RowT = TypeVar("RowT")

HEADER_STYLES = {
    "kwh": "header_right",
    "count": "header_right",
    "share": "header_right",
    "duration": "header_right",
    "result": "header_center",
}
PIXELS_PER_WIDTH = 7


@dataclass(frozen=True, slots=True)
class Column(Generic[RowT]):
    """A column of a table: `style` names a cell format, `value` makes the cell of a row."""

    title: str
    width: float
    style: str
    value: Callable[[RowT], Cell]


def put_title(sheet: Worksheet, book: Book, title: str, subtitle: str) -> None:
    """Write the sheet's title and what it is about in the first two rows."""
    sheet.set_row(0, 28)
    put(sheet, 0, 0, title, book.formats["title"])
    put(sheet, 1, 0, subtitle, book.formats["subtitle"])


def put_header(sheet: Worksheet, book: Book, row: int, columns: Sequence[Column[RowT]], height: float = 34) -> None:
    """Write the headings of a table and set the width of its columns."""
    sheet.set_row(row, height)
    for number, column in enumerate(columns):
        sheet.set_column(number, number, column.width)
        put(sheet, row, number, column.title, book.formats[HEADER_STYLES.get(column.style, "header")])


def put_record(sheet: Worksheet, book: Book, row: int, columns: Sequence[Column[RowT]], record: RowT) -> None:
    """Write one row of a table, as high as its longest wrapped text."""
    lines = 1
    for number, column in enumerate(columns):
        cell = column.value(record)
        put(sheet, row, number, cell, book.formats[column.style])
        if column.style == "wrapped" and isinstance(cell, str):
            lines = max(lines, line_count(cell, column.width))
    if lines > 1:
        sheet.set_row(row, lines * LINE_HEIGHT)


def line_count(text: str, width: float) -> int:
    """Return how many lines a text needs in a column; not every program finds a row's height by itself."""
    pixels: int = xl_pixel_width(text)
    return max(1, ceil(pixels / (width * PIXELS_PER_WIDTH)))
