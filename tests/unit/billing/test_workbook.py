"""The workbook, opened as a property manager's program would."""

from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest

from onetime.billing.periods import local_day, local_month
from tests.unit.billing.factories import ZURICH, garage, report
from tests.unit.billing.sheets import Written, local, wh, write

SHEETS = ["Overview", "Tenants", "Sessions", "Load profile", "Checks", "Explanation"]
# Headings of the load profile that are no connectors.
TIME_AND_SUMS = 4


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return write(garage(), tmp_path_factory.mktemp("workbook"))


def test_the_sheets_are_there_in_order(written: Written) -> None:
    assert written.values.sheetnames == SHEETS


def test_sessions_show_their_registers(written: Written) -> None:
    first = written.table("Sessions", 4)[0]

    assert first["Session"] == 7
    assert (wh(first["Register at start, kWh"]), wh(first["Register at end, kWh"])) == (1_234_567, 1_239_999)
    assert wh(first["Energy in this period, kWh"]) == 5_432
    assert (first["Tenant"], first["Spot"], first["Card"]) == ("Beat Keller", "A1", "••••C4D5")
    assert (first["Started"], first["UTC offset"]) == (local("2026-10-14 08:00"), "+02:00")


def test_the_column_of_sessions_adds_up_to_the_registers(written: Written) -> None:
    rows = written.table("Sessions", 4)

    column = sum(float(str(row["Energy in this period, kWh"])) for row in rows)
    registers = [wh(row["Register at end, kWh"]) - wh(row["Register at start, kWh"]) for row in rows]
    assert wh(column) == sum(registers) == 5_432 + 1_407 + 17_777


def test_the_load_profile_adds_up_to_the_sessions_of_each_connector(written: Written) -> None:
    sheet = written.sheet("Load profile")
    rows = list(sheet.iter_rows(min_row=6, values_only=True))

    assert len(rows) == 96
    for column, expected in enumerate([5_432 + 1_407, 17_777], TIME_AND_SUMS):
        assert wh(sum(float(str(row[column])) for row in rows)) == expected
        assert wh(sheet.cell(5, column + 1).value) == expected


def test_the_load_profile_adds_up_to_the_meters_with_the_house(written: Written) -> None:
    sheet = written.sheet("Load profile")

    total, house = sheet["C5"].value, sheet["D5"].value

    assert wh(house) == 12
    assert wh(total) == 5_432 + 12 + 1_407 + 17_777


def test_every_quarter_hour_holds_its_energy(written: Written) -> None:
    made = garage()
    rows = written.sheet("Load profile").iter_rows(
        min_row=6, min_col=TIME_AND_SUMS + 1, max_col=TIME_AND_SUMS + 2, values_only=True
    )

    energies = zip(*(month.energy_wh for month in made.connectors), strict=True)
    assert [[wh(value) for value in row] for row in rows] == [list(row) for row in energies]


def test_every_quarter_hour_shows_the_house_and_the_total(written: Written) -> None:
    made = garage()
    rows = list(written.sheet("Load profile").iter_rows(min_row=6, min_col=3, max_col=4, values_only=True))

    assert [wh(house) for _, house in rows] == list(made.house_wh)
    assert [wh(total) for total, _ in rows] == [
        sum(month.energy_wh[number] for month in made.connectors) + house_wh
        for number, house_wh in enumerate(made.house_wh)
    ]


def test_every_formula_carries_its_value(written: Written) -> None:
    cells = list(written.formula_cells())

    assert len(cells) > 50
    assert [cell for cell in cells if cell[2] is None] == []


def test_tenants_are_summed_by_formula(written: Written) -> None:
    rows = written.table("Tenants", 4)

    assert [(row["Tenant"], row["Sessions"], wh(row["Energy, kWh"])) for row in rows] == [
        ("Anna Müller", 1, 17_777),
        ("Beat Keller", 1, 5_432),
        ("Not assigned", 1, 1_407),
    ]
    assert str(written.formulas["Tenants"]["E5"].value).startswith("=SUMIFS(Sessions!")
    assert wh(written.sheet("Tenants")["E8"].value) == 5_432 + 1_407 + 17_777


def test_the_checks_are_ok_where_sums_agree(written: Written) -> None:
    results = {row["Check"]: row["Result"] for row in written.table("Checks", 4)}

    assert results["Sessions = tenants, kWh"] == "OK"
    assert results["Load profile with general = meter registers, kWh"] == "OK"
    assert results["Sessions nobody is assigned to"] == "CHECK"


def test_the_checks_follow_each_connectors_register(written: Written) -> None:
    first, second = written.table("Checks", 24)

    assert (first["Result"], second["Result"]) == ("OK", "OK")
    assert (wh(first["Sessions, kWh"]), wh(first["General, kWh"])) == (6_839, 12)
    assert wh(first["Register difference, kWh"]) == 6_851


def test_the_overview_counts_the_checks_to_look_at(written: Written) -> None:
    overview = {row[0]: row[1] for row in written.sheet("Overview").iter_rows(max_col=2, values_only=True)}

    assert overview["Checks to look at"] == 1
    assert overview["Quarter-hours"] == 96
    assert overview["From"] == local("2026-10-14 00:00")
    assert wh(overview["Total of all meters"]) == 24_628


def test_the_overview_has_a_stacked_chart_of_each_tenant(tmp_path: Path) -> None:
    write(garage(), tmp_path)

    with ZipFile(tmp_path / "report.xlsx") as archive:
        chart = archive.read("xl/charts/chart1.xml").decode()

    assert '<c:grouping val="stacked"/>' in chart
    for name in ("Anna Müller", "Beat Keller", "Not assigned", "General"):
        assert f"<c:v>{name}</c:v>" in chart
    assert "<c:v>17.777</c:v>" in chart


def test_energy_is_formatted_in_kwh_to_the_wh(written: Written) -> None:
    assert written.formulas["Sessions"]["N5"].number_format == "#,##0.000"
    assert written.formulas["Load profile"]["E6"].number_format == "#,##0.000"


def test_every_sheet_is_set_up_for_printing(written: Written) -> None:
    for sheet in written.formulas.worksheets:
        assert sheet.page_setup.paperSize == 9
        assert sheet.sheet_properties.pageSetUpPr is not None
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert "Sonnenhof" in str(sheet.oddFooter)


def test_sessions_can_be_filtered_below_a_fixed_heading(written: Written) -> None:
    sheet = written.formulas["Sessions"]

    assert sheet.auto_filter.ref == "A4:R7"
    assert sheet.freeze_panes == "C5"


def test_a_day_of_100_quarter_hours_has_100_rows(tmp_path: Path) -> None:
    sheet = write(report([], period=local_day(date(2026, 10, 25), ZURICH)), tmp_path).sheet("Load profile")

    rows = [(row[0], row[1]) for row in sheet.iter_rows(min_row=6, values_only=True)]
    assert len(rows) == 100
    assert (local("2026-10-25 02:15"), "+02:00") in rows
    assert (local("2026-10-25 02:15"), "+01:00") in rows


def test_a_month_has_its_2980_quarter_hours(tmp_path: Path) -> None:
    written = write(report([], period=local_month(2026, 10, ZURICH)), tmp_path)

    results = {row["Check"]: (row["Result"], row["Found"]) for row in written.table("Checks", 4)}
    assert results["Quarter-hours in the load profile"] == ("OK", 2980)
