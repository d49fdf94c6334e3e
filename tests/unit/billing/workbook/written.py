"""Workbooks written for a test and read back with openpyxl."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from onetime.billing.report import MonthReport
from onetime.billing.workbook import write_workbook


def english(text: str) -> str:
    """Leave a text as it is in the code."""
    return text


class Written:
    """A workbook on disk: its cells as formulas and as the values stored with them."""

    def __init__(self, path: Path) -> None:
        self.formulas: Workbook = load_workbook(path)
        self.values: Workbook = load_workbook(path, data_only=True)

    def sheet(self, name: str) -> Worksheet:
        """Return a sheet with the values of its formulas."""
        sheet = self.values[name]
        assert isinstance(sheet, Worksheet)
        return sheet

    def table(self, name: str, header_row: int) -> list[dict[str, object]]:
        """Return the rows below a header as dictionaries by heading, down to the first row without a first cell."""
        rows = self.sheet(name).iter_rows(min_row=header_row, values_only=True)
        headings = [str(heading) for heading in next(rows)]
        found: list[dict[str, object]] = []
        for row in rows:
            if row[0] is None:
                break
            found.append(dict(zip(headings, row, strict=True)))
        return found

    def formula_cells(self) -> Iterator[tuple[str, str, object]]:
        """Yield sheet and address of each formula with the value stored beside it."""
        for sheet in self.formulas.worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type == "f":
                        yield sheet.title, cell.coordinate, self.values[sheet.title][cell.coordinate].value


def write(report: MonthReport, folder: Path, translate: Callable[[str], str] = english) -> Written:
    """Write a report into a folder and read it back."""
    path = folder / "report.xlsx"
    write_workbook(report, path, translate, lambda done, total, what: None)
    return Written(path)


def local(text: str) -> datetime:
    """Return a time of the site's clock as a sheet holds it, without a zone."""
    return datetime.fromisoformat(text)


def wh(value: object) -> int:
    """Return the kWh of a cell as Wh, which must be whole."""
    assert isinstance(value, int | float)
    whole = round(value * 1000)
    assert abs(value * 1000 - whole) < 1e-6
    return whole
