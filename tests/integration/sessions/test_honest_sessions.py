"""Doubt must not become noise: 110 sessions of honest chargers, each with its own habits, put nothing into the inbox.

``ONETIME_TEST_HONEST_SEED`` plays others.
"""

import asyncio
import os
import random
from datetime import timedelta

import pytest

from onetime.models import ReviewState
from onetime.services.billing.intervals import list_intervals
from tests.integration.conftest import House
from tests.integration.driving.honest_charger import HonestCharger
from tests.integration.driving.metered import MORNING, inbox
from tests.integration.sessions.test_sessions import transactions

SEED = os.environ.get("ONETIME_TEST_HONEST_SEED", "1")
CHARGERS, SESSIONS = 11, 10
GRACE = timedelta(minutes=-1)


@pytest.mark.timeout(300)
async def test_110_honest_sessions_put_nothing_into_the_inbox(house: House) -> None:
    chargers = [
        HonestCharger(house, f"HONEST-{number}", random.Random(f"{SEED}-{number}"), MORNING)
        for number in range(CHARGERS)
    ]
    await asyncio.gather(*(each.live(SESSIONS) for each in chargers))
    await house.services.sessions.transactions.end_abandoned(GRACE)
    rows = await transactions(house)
    assert await inbox(house) == []
    assert len(rows) == sum(each.sessions for each in chargers) == CHARGERS * SESSIONS
    assert {row.review_state for row in rows} == {ReviewState.CLEAR}
    assert not any(row.stop_estimated or row.time_corrected for row in rows)
    begin, end = MORNING - timedelta(days=1), MORNING + timedelta(days=40)
    found = await house.services.database.read(lambda s: list_intervals(s, begin, end, 100_000, None))
    billed = {each.name: 0 for each in chargers}
    for item in found:
        billed[item.identity] += item.interval.energy_wh
    assert billed == {each.name: each.charged_wh for each in chargers}


async def test_a_power_that_somebody_set_makes_no_doubt_of_honest_sessions(house: House) -> None:
    charger = HonestCharger(house, "HONEST", random.Random(f"{SEED}-set"), MORNING)
    async with house.charger("HONEST") as first:
        await first.call("StatusNotification", {"connectorId": 1, "status": "Available", "errorCode": "NoError"})

    [connector] = [each for each in house.services.chargers.live.connectors() if each.number == 1]
    await house.services.chargers.power.set_power(connector.id, charger.power_w, "maria")
    await charger.live(12)
    assert await inbox(house) == []
