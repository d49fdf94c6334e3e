"""The workbook as a whole, in any language, in odd months, and when writing it fails."""

from collections.abc import Callable
from pathlib import Path

import pytest

from onetime.billing.report import MonthReport
from onetime.billing.workbook import write_workbook
from tests.unit.billing.factories import garage, report
from tests.unit.billing.workbook.written import Written, english, write

SHEETS = ["Overview", "Tenants", "Sessions", "Load profile", "Checks", "Explanation"]


def test_the_sheets_are_there_in_order(written: Written) -> None:
    assert written.values.sheetnames == SHEETS


def test_every_formula_carries_its_value(written: Written) -> None:
    cells = list(written.formula_cells())

    assert len(cells) > 50
    assert [cell for cell in cells if cell[2] is None] == []


def test_energy_is_formatted_in_kwh_to_the_wh(written: Written) -> None:
    assert written.formulas["Sessions"]["N5"].number_format == "#,##0.000"
    assert written.formulas["Load profile"]["E6"].number_format == "#,##0.000"


def test_every_sheet_is_set_up_for_printing(written: Written) -> None:
    for sheet in written.formulas.worksheets:
        assert sheet.page_setup.paperSize == 9
        assert sheet.sheet_properties.pageSetUpPr is not None
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert "Sonnenhof" in str(sheet.oddFooter)


@pytest.mark.parametrize("made", [report(), report([])], ids=["no connectors", "no sessions"])
def test_an_empty_month_says_so(made: MonthReport, tmp_path: Path) -> None:
    written = write(made, tmp_path)

    assert written.sheet("Sessions")["A5"].value == "No charging sessions in this period."
    assert written.sheet("Overview")["A22"].value == "No energy flowed in this period."
    assert {row["Result"] for row in written.table("Checks", 4)} == {"OK"}


def bracketed(text: str) -> str:
    return f"«{text}»"


def wordy(text: str) -> str:
    """Translate into something with all that a sheet's name or a formula could trip over."""
    return f'L\'«{text}» [à/ê:*?] "Übersicht" {text}'


@pytest.mark.parametrize("translate", [english, bracketed, wordy])
def test_the_workbook_speaks_the_language_it_is_given(translate: Callable[[str], str], tmp_path: Path) -> None:
    written = write(garage(), tmp_path, translate)

    assert written.values.worksheets[1]["B4"].value == translate("Tenant")
    assert written.values.worksheets[5]["A4"].value == translate("Energy of a session")
    assert written.values.worksheets[4]["B5"].value == translate("OK")
    quoted = translate("OK").replace('"', '""')
    assert f'"{quoted}"' in str(written.formulas.worksheets[4]["B5"].value)
    assert len({name.casefold() for name in written.values.sheetnames}) == 6


def test_progress_goes_on_to_the_end(tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []

    write_workbook(garage(), tmp_path / "report.xlsx", english, lambda *step: told.append(step))

    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)
    assert told[-1][0] == told[-1][1]
    assert {what for _, _, what in told} == {"Sessions", "Load profile", "Saving", "Done"}


def test_an_older_workbook_stays_until_the_new_one_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "report.xlsx"
    path.write_text("older")

    def fail(done: int, total: int, what: str) -> None:
        raise RuntimeError(what)

    with pytest.raises(RuntimeError):
        write_workbook(garage(), path, english, fail)

    assert path.read_text() == "older"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_does_not_exist_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing"):
        write_workbook(garage(), tmp_path / "missing" / "report.xlsx", english, lambda *step: None)


def test_nothing_but_the_workbook_is_left_behind(tmp_path: Path) -> None:
    write(garage(), tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["report.xlsx"]
