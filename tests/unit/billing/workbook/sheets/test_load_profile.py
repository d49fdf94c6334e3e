"""The sheet of quarter-hours, and what its columns add up to."""

from datetime import date
from pathlib import Path

from tests.unit.billing.factories import ZURICH, garage, local_day, report
from tests.unit.billing.workbook.written import Written, local, wh, write

# Headings of the load profile that are no connectors.
TIME_AND_SUMS = 4


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


def test_a_day_of_100_quarter_hours_has_100_rows(tmp_path: Path) -> None:
    sheet = write(report([], period=local_day(date(2026, 10, 25), ZURICH)), tmp_path).sheet("Load profile")

    rows = [(row[0], row[1]) for row in sheet.iter_rows(min_row=6, values_only=True)]
    assert len(rows) == 100
    assert (local("2026-10-25 02:15"), "+02:00") in rows
    assert (local("2026-10-25 02:15"), "+01:00") in rows
