"""Dirty sessions of parallel connectors, told over sockets and through the functions, against an oracle to the Wh.

``ONETIME_TEST_DIRTY_SESSIONS=20000`` plays that many instead of a few dozen; ``ONETIME_TEST_DIRTY_SEED`` others.
"""

import asyncio
import os
import random
from datetime import UTC, datetime

import pytest
from sqlmodel import Session, col, select

from onetime.billing.registers.readings import NeedsReviewError
from onetime.models import Charger, Connector, ReviewItem, ReviewState, Transaction, TransactionState
from onetime.ports.pace import Paces
from onetime.services.sessions.readings.metered import metered
from tests.integration.conftest import House
from tests.integration.driving.dirty_garage import DirtyCharger
from tests.integration.driving.dirty_lines import FunctionLine, SocketLine
from tests.unit.billing.factories import session_intervals

SESSIONS = int(os.environ.get("ONETIME_TEST_DIRTY_SESSIONS", "72"))
SEED = int(os.environ.get("ONETIME_TEST_DIRTY_SEED", "4"))
PER_CHARGER = 12
ABOUT_READINGS = ("implausible_reading", "register_jumped")
BEGIN = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)


@pytest.fixture
def database_url() -> str | None:
    """What is told is the same on every database; test_sessions and test_kill look at both."""
    return None


def chargers(count: int, salt: int) -> list[DirtyCharger]:
    return [
        DirtyCharger(random.Random(f"{SEED}-{salt}-{number}"), f"DIRTY-{salt}-{number}", BEGIN, PER_CHARGER)
        for number in range(max(1, count // PER_CHARGER))
    ]


@pytest.mark.timeout(180 + 3 * SESSIONS)
async def test_dirty_sessions_come_out_to_the_wh_through_the_functions(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for life in chargers(SESSIONS, 1):
        line = FunctionLine(house.services, monkeypatch, life)
        await line.play()
        await house.services.database.read(lambda s, life=life: compare(s, life))  # type: ignore[misc]  # bound now


@pytest.mark.timeout(180 + 3 * SESSIONS)
async def test_dirty_sessions_come_out_to_the_wh_over_sockets(house: House) -> None:
    house.gateway.door._returns = Paces(1e6, 1e6)  # weeks pass within seconds, and with them all reconnections
    lives = chargers(SESSIONS // 2, 2)
    for first in range(0, len(lives), 20):
        group = lives[first : first + 20]
        await asyncio.gather(*(SocketLine(house, life).play() for life in group))
        for life in group:
            await house.services.database.read(lambda s, life=life: compare(s, life))  # type: ignore[misc]  # bound now


def compare(session: Session, life: DirtyCharger) -> None:
    """Compare what is stored of one charger with what really happened, as far as it was told."""
    query = (
        select(Transaction, Connector)
        .join(Connector, col(Connector.id) == col(Transaction.connector_id))
        .join(Charger, col(Charger.id) == col(Connector.charger_id))
        .where(Charger.identity == life.name)
        .order_by(col(Transaction.id))
    )
    found = {row.id: (row, connector) for row, connector in session.exec(query).all()}
    assert found.keys() == {each.number for each in life.sessions}, life.name
    assert len(found) == len(life.sessions)
    estimated = lies = 0
    for each in life.sessions:
        row, connector = found[each.number]
        end, is_estimated = each.end(is_last=life.last(each.connector) is each)
        estimated += is_estimated and not life.charged_nothing(each)
        where = f"{life.name}: session {each.number} on connector {each.connector}"
        assert (connector.number, row.id_tag) == (each.connector, each.card), where
        assert (row.started_at, row.meter_start_wh) == each.start, where
        if end is None:
            assert row.state is TransactionState.OPEN, where
            continue
        assert (row.stopped_at, row.meter_stop_wh, row.stop_estimated) == (*end, is_estimated), where
        if each.stop_lies:
            lies += 1
            assert row.review_state is ReviewState.HELD, where
            continue
        if each.meter_was_exchanged:
            with pytest.raises(NeedsReviewError):
                session_intervals(metered(session, row, connector.max_power_w))
            continue
        intervals = session_intervals(metered(session, row, connector.max_power_w))
        assert {i.start: i.energy_wh for i in intervals} == each.quarters(end), where
    doubts = session.exec(
        select(ReviewItem.reason)
        .join(Charger, col(Charger.id) == col(ReviewItem.charger_id))
        .where(Charger.identity == life.name, col(ReviewItem.resolved_at).is_(None))
    ).all()
    about_lies = [reason for reason in doubts if reason in ("ends_contradicted", "faster_than_connector")]
    assert len(about_lies) == lies, life.name
    about_ends = sorted(each for each in doubts if each not in ABOUT_READINGS and each not in about_lies)
    exchanged = sum(each.meter_was_exchanged for each in life.sessions)
    assert about_ends == ["register_went_back"] * exchanged + ["stop_never_came"] * estimated, life.name
    if not exchanged and not any(each.has_spike for each in life.sessions):
        assert len(about_ends) + lies == len(doubts), life.name
