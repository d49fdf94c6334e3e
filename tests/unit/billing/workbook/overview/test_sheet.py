"""The first sheet: the period and the key figures."""

from tests.unit.billing.workbook.written import Written, local, wh


def test_the_overview_counts_the_checks_to_look_at(written: Written) -> None:
    overview = {row[0]: row[1] for row in written.sheet("Overview").iter_rows(max_col=2, values_only=True)}

    assert overview["Checks to look at"] == 1
    assert overview["Quarter-hours"] == 96
    assert overview["From"] == local("2026-10-14 00:00")
    assert wh(overview["Total of all meters"]) == 24_628
