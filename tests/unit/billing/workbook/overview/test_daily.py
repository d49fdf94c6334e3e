"""The energy by day and tenant: a table and its chart."""

import re
from pathlib import Path
from zipfile import ZipFile

from onetime.billing.report import Tenant
from tests.unit.billing.factories import charging, garage, report, session
from tests.unit.billing.workbook.written import write


def test_the_overview_has_a_stacked_chart_of_each_tenant(tmp_path: Path) -> None:
    write(garage(), tmp_path)

    with ZipFile(tmp_path / "report.xlsx") as archive:
        chart = archive.read("xl/charts/chart1.xml").decode()

    assert '<c:grouping val="stacked"/>' in chart
    for name in ("Anna Müller", "Beat Keller", "Not assigned", "General"):
        assert f"<c:v>{name}</c:v>" in chart
    assert "<c:v>17.777</c:v>" in chart


def test_a_tenants_name_is_no_formula_in_the_chart_either(tmp_path: Path) -> None:
    write(report([charging(7, session((0, 0), (30, 500)), Tenant(3, "=cmd|' /C calc'!A0"))]), tmp_path)

    with ZipFile(tmp_path / "report.xlsx") as archive:
        chart = archive.read("xl/charts/chart1.xml").decode()
    assert all(formula.startswith("Overview!") for formula in re.findall("<c:f>(.*?)</c:f>", chart))


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
