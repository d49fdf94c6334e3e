"""What every sheet of a workbook shares: the report, the language, the styles, the names of the sheets."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import cast

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range_formula

from onetime.billing.report import MonthReport, Tenant
from onetime.billing.workbook.number_rows import NumberRowsWorksheet

Translate = Callable[[str], str]
Progress = Callable[[int, int, str], None]

A4 = 9
# The height of a row, in points.
LINE_HEIGHT = 16
CENTIMETRE = 1 / 2.54


class Page(Enum):
    """The sheets, in their order."""

    OVERVIEW = auto()
    TENANTS = auto()
    SESSIONS = auto()
    CORRECTIONS = auto()
    LOAD_PROFILE = auto()
    CHECKS = auto()
    EXPLANATION = auto()


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook being written, and all its sheets have in common.

    `advance(rows, what)` reports progress. `tenant_number` numbers the tenants in the order of their sheet, from 1;
    sessions that nobody is assigned to have number 0.
    """

    workbook: Workbook
    report: MonthReport
    translate: Translate
    advance: Callable[[int, str], None]
    formats: Mapping[str, Format]
    names: Mapping[Page, str]
    tenant_number: Mapping[Tenant | None, int]

    def add_sheet(self, page: Page) -> NumberRowsWorksheet:
        """Add a sheet with its print set-up: A4 landscape, as wide as the page, named and numbered at the foot."""
        _ = self.translate
        sheet = cast(NumberRowsWorksheet, self.workbook.add_worksheet(self.names[page], NumberRowsWorksheet))
        sheet.hide_gridlines(2)
        sheet.set_default_row(LINE_HEIGHT)
        sheet.set_paper(A4)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        margin = 1.2 * CENTIMETRE
        sheet.set_margins(margin, margin, margin, 1.8 * CENTIMETRE)
        page_number = _("Page {number} of {total}").format(number="&P", total="&N")
        site = self.report.site_name[:80].replace("&", "&&")
        sheet.set_footer(f"&L&8 {site}  {self.period_text()}&C&8 &A&R&8 {page_number}")
        return sheet

    def reference(self, page: Page, first_row: int, first_column: int, last_row: int, last_column: int) -> str:
        """Return the absolute address of a range on a sheet, for a formula; rows and columns count from 0."""
        return str(xl_range_formula(self.names[page], first_row, first_column, last_row, last_column))

    def period_text(self) -> str:
        """Return the period as people write it: first and last day, the last one included."""
        days = self.report.daily.days
        return f"{days[0]:%d.%m.%Y} – {days[-1]:%d.%m.%Y}"
