"""The sheet of checks: what agrees is OK, and what is under review is listed."""

from pathlib import Path

from onetime.billing.periods import local_month
from tests.unit.billing.factories import ZURICH, charging, report, session
from tests.unit.billing.workbook.written import Written, wh, write


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


def test_a_month_has_its_2980_quarter_hours(tmp_path: Path) -> None:
    written = write(report([], period=local_month(2026, 10, ZURICH)), tmp_path)

    results = {row["Check"]: (row["Result"], row["Found"]) for row in written.table("Checks", 4)}
    assert results["Quarter-hours in the load profile"] == ("OK", 2980)


def test_a_session_under_review_is_shown_and_in_no_sum(tmp_path: Path) -> None:
    written = write(report([charging(7, session((0, 5_000), (30, 12)))]), tmp_path)

    row = written.table("Checks", 28)[0]
    assert (row["Session"], wh(row["Register at end, kWh"])) == (7, 12)
    assert row["Reason"] == "The meter showed less at the end than at the start."
    assert wh(written.sheet("Sessions")["N3"].value) == 0
