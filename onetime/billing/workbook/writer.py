"""Write the workbook of a month: all sheets into a temporary folder, then into place in one step."""

from pathlib import Path
from tempfile import TemporaryDirectory

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError

from onetime.billing.report import MonthReport, Tenant
from onetime.billing.workbook.book import Book, Progress, Translate
from onetime.billing.workbook.checks.sheet import write_checks
from onetime.billing.workbook.overview.sheet import write_overview
from onetime.billing.workbook.sheets.corrections import write_corrections
from onetime.billing.workbook.sheets.explanation import write_explanation
from onetime.billing.workbook.sheets.load_profile import write_load_profile
from onetime.billing.workbook.sheets.sessions import write_sessions
from onetime.billing.workbook.sheets.tenants import write_tenants
from onetime.billing.workbook.styles import add_formats
from onetime.billing.workbook.words import sheet_names

SHEETS = (
    write_overview,
    write_tenants,
    write_sessions,
    write_corrections,
    write_load_profile,
    write_checks,
    write_explanation,
)

OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}

# Packing the sheets at the end takes about an eighth of the time.
PACKING_SHARE = 1 / 8


def write_workbook(report: MonthReport, path: Path, translate: Translate, progress: Progress) -> None:
    """Write a month's report as an Excel workbook.

    `translate` turns the English texts into the language of the workbook. `progress(done, total, what)` is called
    now and then; `done` never goes back and reaches `total` when the workbook is in place. An older workbook at
    `path` is replaced only by a complete one.

    Raises:
        OSError: If the folder does not exist, cannot be written to, or is full.
    """
    _ = translate
    steps = _Steps(len(report.sessions) + len(report.house_wh), progress)
    with TemporaryDirectory(dir=path.parent, prefix=".workbook-") as folder:
        unfinished = Path(folder) / path.name
        try:
            with Workbook(str(unfinished), OPTIONS | {"tmpdir": folder}) as workbook:
                book = _open(workbook, report, translate, steps)
                for write_sheet in SHEETS:
                    write_sheet(book)
                steps.advance(0, _("Saving"))
        except FileCreateError as error:
            raise OSError(f"The workbook cannot be written to {path.parent}: {error}") from error
        unfinished.replace(path)
    steps.finish(_("Done"))


def _open(workbook: Workbook, report: MonthReport, translate: Translate, steps: "_Steps") -> Book:
    _ = translate
    workbook.set_properties({"title": _("Charging report"), "subject": report.site_name, "comments": "Onetime"})
    numbers: dict[Tenant | None, int] = {total.tenant: row for row, total in enumerate(report.tenants, 1)}
    return Book(
        workbook=workbook,
        report=report,
        translate=translate,
        advance=steps.advance,
        formats=add_formats(workbook),
        names=sheet_names(translate),
        tenant_number=numbers | {None: 0},
    )


class _Steps:
    """Turns rows into progress, told no more often than every hundredth of the way."""

    def __init__(self, rows: int, progress: Progress) -> None:
        self._total = max(round(rows / (1 - PACKING_SHARE)), 1)
        self._done = 0
        self._told = -1
        self._progress = progress

    def advance(self, rows: int, what: str) -> None:
        """Count rows as written."""
        self._done += rows
        percent = self._done * 100 // self._total
        if percent > self._told or rows == 0:
            self._told = percent
            self._progress(self._done, self._total, what)

    def finish(self, what: str) -> None:
        """Tell that everything is done."""
        self._progress(self._total, self._total, what)
