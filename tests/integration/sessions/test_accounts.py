"""The account of a house over sockets, on both databases: what is billed, what is held, and what the meters moved.

Whatever chargers tell: no more is billed than the meters moved, nothing negative, and each session that is not billed
to the Wh waits in the inbox with its evidence. ``ONETIME_TEST_ACCOUNTS`` sets how many chargers, ``…_SEED`` which ones.
"""

import asyncio
import json
import os
import random
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import Session, col, select

from onetime.models import Charger, Connector, ReviewItem, ReviewState, Transaction
from onetime.services.billing.intervals import list_intervals
from onetime.services.sessions.readings.metered import metered
from tests.integration.conftest import House
from tests.integration.driving.lying_charger import Lived, LyingCharger
from tests.integration.driving.metered import MORNING, metered_charger
from tests.unit.billing.factories import session_intervals

CHARGERS = int(os.environ.get("ONETIME_TEST_ACCOUNTS", "12"))
SEED = os.environ.get("ONETIME_TEST_ACCOUNTS_SEED", "1")
SESSIONS = 12
SET_ASIDE = (ReviewState.HELD, ReviewState.DISCARDED)
ENOUGH_WH = 50  # less is no session's worth
NO_LOSS_WH = 500  # between two sessions, as the house counts it


@pytest.mark.timeout(120 + 10 * CHARGERS)
async def test_no_more_is_billed_than_moved_and_what_is_lost_is_listed(house: House) -> None:
    async def play(number: int) -> tuple[str, LyingCharger]:
        name = f"LYING-{number}"
        async with metered_charger(house, name) as charger:
            life = LyingCharger(charger, random.Random(f"{SEED}-{number}"))
            await life.live(SESSIONS)
        return name, life

    played = await asyncio.gather(*(play(number) for number in range(CHARGERS)))
    await house.services.sessions.transactions.end_abandoned(timedelta(minutes=-1))
    begin, end = MORNING - timedelta(days=1), MORNING + timedelta(days=40)
    found = await house.services.database.read(lambda s: list_intervals(s, begin, end, 1_000_000, None))
    assert all(each.interval.energy_wh >= 0 for each in found)
    for name, life in played:
        billed = sum(each.interval.energy_wh for each in found if each.identity == name)
        assert billed <= life.moved, name
        await house.services.database.read(partial(account, name=name, life=life, billed=billed))


def account(session: Session, name: str, life: LyingCharger, billed: int) -> None:
    """Find each session that really was: billed to the Wh, or waiting for somebody."""
    query = (
        select(Transaction, Connector)
        .join(Connector, col(Connector.id) == col(Transaction.connector_id))
        .join(Charger, col(Charger.id) == col(Connector.charger_id))
        .where(Charger.identity == name)
    )
    rows = {row.id or 0: (row, connector) for row, connector in session.exec(query).all()}
    energies = {number: _billed_wh(session, *rows[number]) for number in rows}
    assert sum(energies.values()) == billed, name
    waiting = session.exec(
        select(ReviewItem)
        .join(Charger, col(Charger.id) == col(ReviewItem.charger_id))
        .where(Charger.identity == name, col(ReviewItem.resolved_at).is_(None))
    ).all()
    about = {item.transaction_id for item in waiting}
    for number, (row, _connector) in rows.items():
        assert row.review_state not in SET_ASIDE or number in about, f"{name}: {number} is held and nobody is told"
    for place, each in enumerate(life.lived):
        true_wh, told = each.stop_wh - each.start_wh, set(each.numbers)
        found_wh = sum(energies.get(number, 0) for number in told)
        where = f"{name}, connector {each.connector}, {each.kind} at {each.begin}: {found_wh} of {true_wh} Wh"
        if abs(found_wh - true_wh) > ENOUGH_WH:
            beside = _beside(life.lived, place)
            assert told & about or beside & about or _is_listed(each, life.lived, waiting), where


def _billed_wh(session: Session, row: Transaction, connector: Connector) -> int:
    if row.review_state in SET_ASIDE:
        return 0
    return sum(each.energy_wh for each in session_intervals(metered(session, row, connector.believable_power_w)))


def _is_listed(each: Lived, lived: Sequence[Lived], waiting: Sequence[ReviewItem]) -> bool:
    """Say whether a message of the session, or the energy between two others, waits.

    A stop whose start was lost counts from the session before it, and with it what was lost between the two.
    """
    if each.stop_wh - each.start_wh <= NO_LOSS_WH:
        return True
    for item in waiting:
        content = json.loads(item.evidence)
        seen = content if isinstance(content, dict) else {}
        stop = seen.get("stop") or {}
        if stop and (stop["meter_stop_wh"] is None or _counts_up_to(stop["meter_stop_wh"], each, lived)):
            return True
        if seen.get("register_wh_before", 10**12) < each.stop_wh and seen.get("register_wh_after", 0) > each.start_wh:
            return True
    return False


def _counts_up_to(register: int, each: Lived, lived: Sequence[Lived]) -> bool:
    between = [
        other
        for other in lived
        if other.connector == each.connector and other.numbers and each.stop_wh <= other.start_wh < register
    ]
    return each.stop_wh <= register and not between


def _beside(lived: Sequence[Lived], place: int) -> set[int]:
    """Return what was told of the sessions before and after: while one of them is in doubt, so is the gap to it."""
    own = [each for each in lived if each.connector == lived[place].connector]
    here = own.index(lived[place])
    return {number for each in own[max(0, here - 1) : here + 2] for number in each.numbers}
