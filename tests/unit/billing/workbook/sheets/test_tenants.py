"""The sheet of tenants: summed by formula, whatever they are called."""

from pathlib import Path

import pytest

from onetime.billing.report import Tenant
from tests.unit.billing.factories import ANNA, charging, report, session
from tests.unit.billing.workbook.written import Written, wh, write


def test_tenants_are_summed_by_formula(written: Written) -> None:
    rows = written.table("Tenants", 4)

    assert [(row["Tenant"], row["Sessions"], wh(row["Energy, kWh"])) for row in rows] == [
        ("Anna Müller", 1, 17_777),
        ("Beat Keller", 1, 5_432),
        ("Not assigned", 1, 1_407),
    ]
    assert str(written.formulas["Tenants"]["E5"].value).startswith("=SUMIFS(Sessions!")
    assert wh(written.sheet("Tenants")["E8"].value) == 5_432 + 1_407 + 17_777


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


def test_two_tenants_of_one_name_are_summed_apart(tmp_path: Path) -> None:
    first, second = Tenant(1, "Müller"), Tenant(2, "Müller")
    made = report([charging(7, session((0, 0), (30, 500)), first), charging(8, session((60, 500), (90, 900)), second)])

    rows = write(made, tmp_path).table("Tenants", 4)

    assert [(row["No."], wh(row["Energy, kWh"])) for row in rows] == [(1, 500), (2, 400)]
