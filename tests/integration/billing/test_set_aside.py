"""A house whose meters seem to have gone back by 448 MWh, and forward by as much: it shows in no sum anywhere."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from onetime.billing.registers.readings import ReviewReason
from onetime.billing.report import MonthReport
from onetime.clock import utc_now
from onetime.models import Role, TransactionState
from onetime.services.billing import closed_months, report_file
from onetime.services.billing.months import Month
from onetime.services.sessions.history import SessionFilter, total_sessions
from tests.integration.conftest import House
from tests.integration.driving.api_client import client
from tests.integration.driving.metered import inbox, metered_charger, quarters, stamp

OCTOBER = Month(2026, 10)
LOST_WH = 448_000_000
HONEST_WH, ESTIMATED_WH, CLOCK_WH = 4_000, 2_000, 3_000
BILLED_WH = HONEST_WH + ESTIMATED_WH + CLOCK_WH


def quiet(_done: int, _total: int, _what: str) -> None:
    """Nobody waits for this report."""


async def live(house: House) -> None:
    """Four sessions that nobody may bill, one of them discarded, an honest one, an estimate and a wrong clock."""
    async with metered_charger(house) as charger:
        for number, (start, stop) in enumerate(
            ((LOST_WH + 1_000, 1_000), (0, LOST_WH), (LOST_WH, 500), (None, LOST_WH))
        ):
            session = await charger.start(number * 120, start)
            await charger.stop(session, number * 120 + 60, stop)
        item = (await house.services.reviews.open_items())[0]
        await house.services.reviews.discard(item.id, "maria")
        honest = await charger.start(600, 10_000)
        await charger.stop(honest, 660, 10_000 + HONEST_WH)
        lost = await charger.start(720, 14_000)
        await charger.read(730, 14_000 + ESTIMATED_WH, lost)
        wrong = {"connectorId": 1, "idTag": "ANNA", "meterStart": 16_000, "timestamp": stamp(800)[:11] + "24:00:00Z"}
        number = (await charger.raw.call("StartTransaction", wrong))["transactionId"]
        await charger.raw.call(
            "StopTransaction",
            {"transactionId": number, "meterStop": 16_000 + CLOCK_WH, "timestamp": "2026-10-06T02:00:00Z"},
        )


async def test_what_is_set_aside_is_in_no_sum(house: House, tmp_path: Path) -> None:
    await live(house)
    assert sum(await quarters(house)) == BILLED_WH
    for wanted in (SessionFilter(), SessionFilter(state=TransactionState.ENDED), SessionFilter(id_tag="ANNA")):
        totals = await house.services.database.read(lambda s, wanted=wanted: total_sessions(s, wanted))  # type: ignore[misc]  # bound now
        assert (totals.count, totals.energy_wh, totals.set_aside) == (7, BILLED_WH, 4)
    async with await client(house, Role.MANAGER) as api:
        items = (await api.get("/api/v1/transactions")).json()["items"]
        period = {"from": "2026-10-01T00:00:00Z", "to": "2026-11-01T00:00:00Z", "limit": "10000"}
        listed = (await api.get("/api/v1/intervals", params=period)).json()["items"]
        every = (await api.get("/api/v1/intervals", params=period | {"empty": "true"})).json()["items"]
        [charger] = (await api.get("/api/v1/chargers")).json()["items"]
    assert sum(item["energy_wh"] or 0 for item in items) == BILLED_WH
    assert sum(not item["billed"] for item in items) == 4
    assert all(each["energy_wh"] >= 0 for each in [*listed, *every])
    assert sum(each["energy_wh"] for each in listed) == sum(each["energy_wh"] for each in every) == BILLED_WH
    assert [each["energy_wh"] for each in charger["connectors"]] == [None]


async def test_the_workbook_sums_without_it_and_counts_what_is_in_doubt(house: House, tmp_path: Path) -> None:
    await live(house)
    report = await house.services.database.read(lambda s: report_file.report_of(s, OCTOBER, "en", quiet))
    checked(report)
    path = tmp_path / "october.xlsx"
    await house.services.database.read(lambda s: report_file.write_report(s, OCTOBER, path, "en", quiet))
    book = openpyxl.load_workbook(path, data_only=True)
    cells = [[cell.value for cell in row] for sheet in book for row in sheet.iter_rows()]
    numbers = [cell for row in cells for cell in row if isinstance(cell, int | float) and not isinstance(cell, bool)]
    assert not any(number < 0 for number in numbers if abs(number) > 10_000)
    found = {row[0]: row[2] for row in cells if len(row) > 2 and isinstance(row[2], int | float)}
    assert found["Sessions under review, in no sum"] == 3
    assert found["Sessions whose end was estimated and not accepted"] == 1
    assert found["Sessions whose charger had a wrong clock"] == 1
    assert found["Sessions in the sums that wait in the review inbox"] == 1
    assert found["Sessions = tenants, kWh"] == BILLED_WH / 1_000
    texts = " | ".join(str(cell) for row in cells for cell in row if isinstance(cell, str))
    assert "end estimated from the last reading" in texts
    assert "times corrected: the charger's clock was wrong" in texts
    assert "waits in the review inbox (End never reported)" in texts


async def test_a_closed_month_keeps_it_out_too(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await live(house)
    monkeypatch.setattr(closed_months, "utc_now", lambda: datetime(2026, 12, 5, 12, 0, tzinfo=UTC))
    await house.services.billing.closed_months.close("2026-10", "maria")
    checked(await house.services.database.read(lambda s: report_file.report_of(s, OCTOBER, "en", quiet)))
    assert sum(await quarters(house)) == BILLED_WH


def checked(report: MonthReport) -> None:
    """Hold a report's sums against what may be billed."""
    assert report.session_wh == sum(total.energy_wh for total in report.tenants) == BILLED_WH
    assert sum(sum(month.energy_wh) for month in report.connectors) == BILLED_WH
    assert all(wh >= 0 for month in report.connectors for wh in month.energy_wh)
    assert all(0 <= wh < LOST_WH / 1_000 for wh in report.house_wh)
    assert [line.reason for line in report.reviews].count(ReviewReason.DISCARDED) == 1
    assert len(report.reviews) == 4  # each is listed, and the discarded one is under review no longer
    assert utc_now() - report.period.start > timedelta(0)


async def test_only_what_is_in_doubt_waits(house: House) -> None:
    await live(house)
    assert sorted(await inbox(house)) == [
        "faster_than_connector", "register_missing", "register_went_back", "stop_never_came",
    ]  # fmt: skip
