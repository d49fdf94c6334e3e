"""However the sessions of one connector lie over each other, no Wh of its meter is billed twice."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from onetime.models import Connector, ReviewState, Transaction
from onetime.services.chargers.measurements import Measurement
from onetime.services.runtime import Services
from onetime.services.sessions.readings.metered import metered
from onetime.services.sessions.starts import StartRequest
from onetime.services.sessions.stop_request import StopRequest
from tests.integration.driving.examples import HouseOfExamples, house_of_examples
from tests.unit.billing.factories import session_intervals

MORNING = datetime(2026, 10, 5, 6, 0, tzinfo=UTC)
SPANS = st.tuples(st.integers(0, 300), st.integers(5, 120))


def register(minute: int) -> int:
    """Return what the connector's only meter shows: it rises by 6 kW all the time."""
    return 100_000 + 100 * minute


house = pytest.fixture(scope="module")(house_of_examples)


@given(spans=st.lists(SPANS, min_size=1, max_size=6, unique_by=lambda span: span[0]), reads=st.booleans())
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_wh_is_billed_twice(house: HouseOfExamples, spans: list[tuple[int, int]], *, reads: bool) -> None:
    runner, services, numbers = house
    moved = {minute for begin, length in spans for minute in range(begin, begin + length)}

    async def play() -> int:
        charger = await services.chargers.life.contact(f"OVER-{next(numbers)}", subprotocol_missing=False)
        await tell(services, charger.id, spans, reads=reads)
        return await services.database.read(lambda s: billed_wh(s, charger.id))

    billed = runner.run(play())
    assert billed <= 100 * len(moved)
    if _is_covered_by_one(spans):
        assert billed == 100 * len(moved)


async def tell(services: Services, charger_id: int, spans: list[tuple[int, int]], *, reads: bool) -> None:
    """Tell sessions of (minute, length) in the order of their messages."""
    told = sorted(
        [(begin, 1, begin) for begin, _length in spans] + [(begin + length, 0, begin) for begin, length in spans]
    )
    ids: dict[int, int] = {}
    for minute, is_start, begin in told:
        at = MORNING + timedelta(minutes=minute)
        if reads and ids:
            reading = Measurement(at, "Sample.Clock", register_wh=register(minute))
            await services.sessions.metering.measured(charger_id, 1, None, [reading], "{}")
        if is_start:
            start = StartRequest(1, f"CARD-{begin}", at, register(minute))
            ids[begin], _answer = await services.sessions.transactions.start(charger_id, start)
        else:
            stop = StopRequest(ids[begin], at, register(minute), "Local", None, f'{{"minute": {minute}}}')
            await services.sessions.transactions.stop(charger_id, stop)


def billed_wh(session: Session, charger_id: int) -> int:
    """Return what a charger's sessions are billed, in Wh."""
    query = (
        select(Transaction, Connector)
        .join(Connector, col(Connector.id) == col(Transaction.connector_id))
        .where(Connector.charger_id == charger_id)
        .where(col(Transaction.review_state).not_in((ReviewState.HELD, ReviewState.DISCARDED)))
    )
    return sum(
        each.energy_wh
        for row, connector in session.exec(query).all()
        for each in session_intervals(metered(session, row, connector.believable_power_w))
    )


def _is_covered_by_one(spans: list[tuple[int, int]]) -> bool:
    """Say whether one session contains all others, and ends alone: then it is the one that is billed."""
    begin, end = min(begin for begin, _length in spans), max(begin + length for begin, length in spans)
    return sum((first, first + length) == (begin, end) for first, length in spans) == 1 and all(
        first + length < end for first, length in spans if (first, first + length) != (begin, end)
    )
