"""The sheet of sessions: a row each, with its registers."""

from pathlib import Path

from tests.unit.billing.factories import charging, report, session
from tests.unit.billing.workbook.written import Written, local, wh, write


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


def test_sessions_can_be_filtered_below_a_fixed_heading(written: Written) -> None:
    sheet = written.formulas["Sessions"]

    assert sheet.auto_filter.ref == "A4:R7"
    assert sheet.freeze_panes == "C5"


def test_notes_say_what_is_unusual_about_a_session(tmp_path: Path) -> None:
    still_open = charging(7, session((-600, 0), None, [(10, 100)]))
    too_fast = charging(8, session((60, 0), (61, 5_000), max_power_w=11_000))

    rows = write(report([still_open], [too_fast]), tmp_path).table("Sessions", 4)

    assert rows[0]["Note"] == "still charging, started before this period"
    assert rows[0]["Ended"] is None
    assert rows[1]["Note"] == "more power than the connector delivers"
