"""The workbook in odd months, with hostile names, in any language, and when writing it fails."""

import re
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

from onetime.billing.report import MonthReport, Tenant
from onetime.billing.workbook import write_workbook
from tests.unit.billing.factories import ANNA, charging, garage, report, session
from tests.unit.billing.sheets import english, wh, write


@pytest.mark.parametrize("made", [report(), report([])], ids=["no connectors", "no sessions"])
def test_an_empty_month_says_so(made: MonthReport, tmp_path: Path) -> None:
    written = write(made, tmp_path)

    assert written.sheet("Sessions")["A5"].value == "No charging sessions in this period."
    assert written.sheet("Overview")["A22"].value == "No energy flowed in this period."
    assert {row["Result"] for row in written.table("Checks", 4)} == {"OK"}


def test_a_session_under_review_is_shown_and_in_no_sum(tmp_path: Path) -> None:
    written = write(report([charging(7, session((0, 5_000), (30, 12)))]), tmp_path)

    row = written.table("Checks", 28)[0]
    assert (row["Session"], wh(row["Register at end, kWh"])) == (7, 12)
    assert row["Reason"] == "The meter showed less at the end than at the start."
    assert wh(written.sheet("Sessions")["N3"].value) == 0


def test_notes_say_what_is_unusual_about_a_session(tmp_path: Path) -> None:
    still_open = charging(7, session((-600, 0), None, [(10, 100)]))
    too_fast = charging(8, session((60, 0), (61, 5_000), max_power_w=11_000))

    rows = write(report([still_open], [too_fast]), tmp_path).table("Sessions", 4)

    assert rows[0]["Note"] == "still charging, started before this period"
    assert rows[0]["Ended"] is None
    assert rows[1]["Note"] == "more power than the connector delivers"


@pytest.mark.parametrize(
    "name",
    [
        "=cmd|' /C calc'!A0",
        "+41 79 000",
        "@SUM(A1)",
        "https://example.org",
        "00123",
        "<r>Röstli & Co</r>",
        "A*",
        "?",
        ">0",
    ],
)
def test_a_tenants_name_stays_text_and_is_summed(name: str, tmp_path: Path) -> None:
    hostile = Tenant(3, name)
    made = report([charging(7, session((0, 0), (30, 500)), hostile), charging(8, session((60, 500), (90, 900)), ANNA)])

    written = write(made, tmp_path)

    rows = {str(row["Tenant"]).rstrip(): wh(row["Energy, kWh"]) for row in written.table("Tenants", 4)}
    assert rows == {name: 500, "Anna Müller": 400}
    cells = [cell for sheet in ("Tenants", "Sessions") for row in written.formulas[sheet].iter_rows() for cell in row]
    assert [cell.data_type for cell in cells if str(cell.value).rstrip() == name] == ["s", "s"]


def test_a_tenants_name_is_no_formula_in_the_chart_either(tmp_path: Path) -> None:
    write(report([charging(7, session((0, 0), (30, 500)), Tenant(3, "=cmd|' /C calc'!A0"))]), tmp_path)

    with ZipFile(tmp_path / "report.xlsx") as archive:
        chart = archive.read("xl/charts/chart1.xml").decode()
    assert all(formula.startswith("Overview!") for formula in re.findall("<c:f>(.*?)</c:f>", chart))


def test_two_tenants_of_one_name_are_summed_apart(tmp_path: Path) -> None:
    first, second = Tenant(1, "Müller"), Tenant(2, "Müller")
    made = report([charging(7, session((0, 0), (30, 500)), first), charging(8, session((60, 500), (90, 900)), second)])

    rows = write(made, tmp_path).table("Tenants", 4)

    assert [(row["No."], wh(row["Energy, kWh"])) for row in rows] == [(1, 500), (2, 400)]


def test_many_tenants_share_a_colour_in_the_chart(tmp_path: Path) -> None:
    sessions = [
        charging(
            number, session((number * 20, 0), (number * 20 + 10, 100 + number)), Tenant(number, f"Tenant {number}")
        )
        for number in range(12)
    ]

    headings = next(
        write(report(sessions), tmp_path).sheet("Overview").iter_rows(min_row=23, max_row=23, values_only=True)
    )

    assert headings == ("Day", "Total, kWh", *(f"Tenant {number}" for number in range(4, 12)), "Other tenants")


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
