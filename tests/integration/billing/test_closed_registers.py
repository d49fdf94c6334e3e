"""A closed month keeps what was read between sessions and by main meters: its sheet says the same for ever."""

from datetime import UTC, datetime

import pytest

from onetime.models import Site
from onetime.services.billing import closed_months
from tests.integration.billing.test_closed_months import DECEMBER_DAY, OCTOBER, charge, figures, report
from tests.integration.conftest import House
from tests.integration.driving.raw_charger import RawCharger
from tests.integration.sessions.test_sessions import sample


@pytest.fixture(autouse=True)
def in_december(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closed_months, "utc_now", lambda: DECEMBER_DAY)


async def read(charger: RawCharger, connector: int, *registers: tuple[str, int]) -> None:
    for at, register in registers:
        values = {"connectorId": connector, "meterValue": [sample(register, at, context="Sample.Clock")]}
        await charger.call("MeterValues", values)


async def test_readings_between_and_main_meters_stay_with_a_closed_month(house: House) -> None:
    await house.services.database.write(lambda s: s.add(Site(name="Seestrasse 12")))
    async with house.charger() as charger:
        for plug in (1, 2):
            said = {"connectorId": plug, "status": "Available", "errorCode": "NoError"}
            await charger.call("StatusNotification", said)
        await charge(charger, "2026-10-05T18:00:00Z", "2026-10-05T19:00:00Z", 10_000, 15_000)
        await read(charger, 1, ("2026-10-06T10:00:00Z", 15_000), ("2026-10-06T10:15:00Z", 15_400))
        await read(charger, 1, ("2026-10-06T10:30:00Z", 15_400))
        await read(charger, 0, ("2026-10-05T17:00:00Z", 70_000), ("2026-10-06T12:00:00Z", 75_500))
        await charge(charger, "2026-10-07T18:00:00Z", "2026-10-07T19:00:00Z", 15_400, 18_000)
        before = await report(house, OCTOBER)
        assert sum(before.house_wh) == 400
        quarter = int((datetime(2026, 10, 6, 10, 0, tzinfo=UTC) - before.period.start).total_seconds()) // 900
        assert before.house_wh[quarter] == 400, "the readings say when"
        [meter] = before.main_meters
        assert (meter.energy_wh, meter.connectors_wh, meter.agrees) == (5_500, 5_400, True)
        await house.services.billing.closed_months.close("2026-10", "maria")
        await read(charger, 1, ("2026-10-06T14:00:00Z", 15_400), ("2026-10-06T10:05:00Z", 15_001))
        after = await report(house, OCTOBER)
    assert figures(after) == figures(before)
    assert (after.main_meters, after.lost) == (before.main_meters, before.lost)
    assert [len(each.jumps) for each in after.connectors] == [0, 0]
