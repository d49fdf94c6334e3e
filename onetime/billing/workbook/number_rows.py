"""A worksheet that writes a row of numbers in one go.

XlsxWriter spends some ten microseconds on each cell, and a large load profile has 600,000. A row of plain numbers
needs none of its care, so here it is put together as one piece of XML and handed to the row that XlsxWriter writes:
ten times as fast. This leans on XlsxWriter's inner methods: its version is pinned, and the tests read every number
back.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TextIO, cast

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

# XlsxWriter's number of a cell format.
style_number: Callable[[Format], int] = Format._get_xf_index


@lru_cache(maxsize=8)
def _column_names(first: int, last: int) -> Sequence[str]:
    return [xl_col_to_name(number) for number in range(first, last + 1)]


@dataclass(frozen=True, slots=True)
class _Run:
    """The XML of cells side by side; it stands in the place of the first of them."""

    xml: str


class NumberRowsWorksheet(Worksheet):
    """A worksheet of a constant_memory workbook with `write_numbers`."""

    def write_numbers(
        self, row: int, column: int, numbers: Sequence[float], choices: Sequence[int], formats: Sequence[Format]
    ) -> None:
        """Write numbers side by side from a cell on, each in the format its entry in `choices` points to.

        Raises:
            ValueError: If the row is already written or the numbers do not fit on the sheet.
        """
        last_column = column + len(numbers) - 1
        if not numbers:
            return
        if self._check_dimensions(row, column) or self._check_dimensions(row, last_column):
            raise ValueError(f"Row {row + 1} of the sheet cannot take {len(numbers)} numbers any more.")
        if row > self.previous_row:
            self._write_single_row(row)
        styles = [style_number(style) for style in formats]
        cells = [
            f'<c r="{name}{row + 1}" s="{styles[choice]}"><v>{number}</v></c>'
            for name, number, choice in zip(_column_names(column, last_column), numbers, choices, strict=True)
        ]
        self.table[row][column] = _Run("".join(cells))

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        if isinstance(cell, _Run):
            cast(TextIO, self.fh).write(cell.xml)
        else:
            super()._write_cell(row, col, cell)
