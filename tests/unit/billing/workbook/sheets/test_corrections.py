"""The sheet of corrections: a line each, and each tenant's sum."""

from dataclasses import replace
from pathlib import Path

from onetime.billing.report import Connector, Correction
from tests.unit.billing.factories import ANNA, BEAT, charging, garage, report, session
from tests.unit.billing.workbook.written import wh, write

SPOT = Connector("CP-1", 1, "A1")
FIRST = charging(7, session((0, 1_000), (30, 1_500)), ANNA)
LATER = charging(8, session((60, 1_520), (90, 1_900)), BEAT)


def test_the_workbook_shows_each_correction_and_its_tenants_sum(tmp_path: Path) -> None:
    month = replace(
        report([FIRST, LATER], tenants=[ANNA, BEAT]),
        corrections=[
            Correction("2026-09", 3, SPOT, ANNA, -700, "Test run of the electrician."),
            Correction("2026-09", 4, SPOT, BEAT, 250, None),
            Correction("2026-09", None, SPOT, None, 5, None),
        ],
    )
    written = write(month, tmp_path)
    rows = written.table("Corrections", 4)
    assert [(row["Session"], row["Tenant"], wh(row["Difference, kWh"])) for row in rows] == [
        (3, "Anna Müller", -700),
        (4, "Beat Keller", 250),
        (None, "General (between sessions)", 5),
    ]
    assert rows[0]["Note"] == "Test run of the electrician."
    corrected = {row["Tenant"]: wh(row["Energy with corrections, kWh"]) for row in written.table("Tenants", 4)}
    assert {name: corrected[name] for name in ("Anna Müller", "Beat Keller")} == {
        "Anna Müller": -200,
        "Beat Keller": 630,
    }
    checks = {row["Check"]: row["Result"] for row in written.table("Checks", 4)}
    assert checks["Corrections = tenants and general, kWh"] == "OK"


def test_a_month_without_corrections_has_no_sheet_of_them(tmp_path: Path) -> None:
    assert "Corrections" not in write(garage(), tmp_path).values.sheetnames
