"""Random sessions as dirty as real ones, through the services, compared with a model to the Wh."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from onetime.models import Connector, Transaction, TransactionState
from onetime.services.chargers.measurements import Measurement
from onetime.services.runtime import Services
from onetime.services.sessions.readings.metered import metered
from onetime.services.sessions.starts import StartRequest
from onetime.services.sessions.stop_request import StopRequest
from tests.integration.driving.examples import HouseOfExamples, house_of_examples
from tests.unit.billing.factories import session_intervals

MORNING = datetime(2026, 10, 5, 6, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
UNUSABLE = (None, 0, 2**63 - 1)


@dataclass(frozen=True)
class Plan:
    """What one session goes through: Wh gained each minute, and what goes wrong with its messages."""

    gains: tuple[int, ...]
    idle_minutes: int
    house_wh: int
    starts: int
    stops: int
    late_readings: bool
    repeats_readings: bool
    unusable_stop_id: bool
    reading_id: int | None


PLANS = st.builds(
    Plan,
    gains=st.lists(st.integers(0, 350), max_size=12).map(tuple),
    idle_minutes=st.integers(1, 200),
    house_wh=st.integers(0, 3),
    starts=st.integers(1, 3),
    stops=st.integers(0, 3),
    late_readings=st.booleans(),
    repeats_readings=st.booleans(),
    unusable_stop_id=st.booleans(),
    reading_id=st.sampled_from((1, *UNUSABLE)),
)


class Meter:
    """A charger with one plug: plays plans and knows what must come out of them."""

    def __init__(self, services: Services, charger_id: int) -> None:
        self._services = services
        self._charger_id = charger_id
        self._now, self._register = MORNING, 1_000
        self.expected: list[tuple[int, int, int | None, bool]] = []

    async def play(self, plan: Plan) -> None:
        self._settle_lost_stop()
        begin = self._register
        start = StartRequest(1, "CARD", self._now, begin)
        ids = {
            (await self._services.sessions.transactions.start(self._charger_id, start))[0] for _ in range(plan.starts)
        }
        assert len(ids) == 1
        [transaction_id] = ids
        readings = self._charge(plan)
        if not plan.late_readings:
            await self._report(plan, transaction_id, readings)
        self._now += MINUTE
        for _ in range(plan.stops):
            named = -1 if plan.unusable_stop_id else transaction_id
            stop = StopRequest(named, self._now, self._register, "Local", None, "{}")
            await self._services.sessions.transactions.stop(self._charger_id, stop)
        if plan.late_readings:
            await self._report(plan, transaction_id, readings, late=True)
        self.expected.append((transaction_id, begin, self._register if plan.stops else None, False))
        self._now += plan.idle_minutes * MINUTE
        self._register += plan.house_wh

    def _charge(self, plan: Plan) -> list[Measurement]:
        readings = []
        for gain in plan.gains:
            self._now += MINUTE
            self._register += gain
            readings.append(Measurement(self._now, "Sample.Periodic", register_wh=self._register))
        self._last_shown = self._register
        return readings

    async def _report(
        self, plan: Plan, transaction_id: int, readings: list[Measurement], *, late: bool = False
    ) -> None:
        named = transaction_id if late or plan.reading_id == 1 else plan.reading_id
        for reading in reversed(readings) if plan.repeats_readings else readings:
            for _ in range(1 + plan.repeats_readings):
                await self._services.sessions.metering.measured(self._charger_id, 1, named, [reading], "{}")

    def _settle_lost_stop(self) -> None:
        """Expect the session before, if it has no stop, to end at what its readings showed."""
        if self.expected and self.expected[-1][2] is None:
            transaction_id, begin, _stop, _estimated = self.expected[-1]
            self.expected[-1] = (transaction_id, begin, self._last_shown, True)


house = pytest.fixture(scope="module")(house_of_examples)


@given(plans=st.lists(PLANS, min_size=1, max_size=6))
@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_session_comes_out_once_and_to_the_wh(house: HouseOfExamples, plans: list[Plan]) -> None:
    runner, services, numbers = house

    async def play() -> Meter:
        charger = await services.chargers.life.contact(f"CP-{next(numbers)}", subprotocol_missing=False)
        meter = Meter(services, charger.id)
        for plan in plans:
            await meter.play(plan)
        await services.database.read(lambda s: compare(s, charger.id, meter.expected))
        return meter

    runner.run(play())


def compare(session: Session, charger_id: int, expected: list[tuple[int, int, int | None, bool]]) -> None:
    """Compare a charger's sessions with the model, and their quarter-hours with the sessions."""
    query = (
        select(Transaction, Connector)
        .join(Connector, col(Connector.id) == col(Transaction.connector_id))
        .where(Connector.charger_id == charger_id)
        .order_by(col(Transaction.id))
    )
    rows = session.exec(query).all()
    found = [(row.id, row.meter_start_wh, row.meter_stop_wh, row.stop_estimated) for row, _connector in rows]
    assert found == expected
    for row, connector in rows:
        assert (row.state is TransactionState.OPEN) == (row.meter_stop_wh is None)
        if row.meter_stop_wh is not None:
            intervals = session_intervals(metered(session, row, connector.max_power_w))
            assert sum(each.energy_wh for each in intervals) == row.meter_stop_wh - row.meter_start_wh
