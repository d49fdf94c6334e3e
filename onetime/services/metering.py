"""Meter readings: kept as measured, tied to the session they belong to, shown at once."""

import json
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select, update

from onetime.billing.readings import JITTER_WH, highest_power_w, is_deliverable
from onetime.clock import utc_now
from onetime.commit_batch import Told
from onetime.database import Database
from onetime.models import Connector, MeterReading, ReviewItem, Transaction
from onetime.services.chargers import ChargerService
from onetime.services.clocks import CLOCK_ALIGNED, SENT_AT_ONCE, ClockService
from onetime.services.doubts import Doubt, raise_doubt
from onetime.services.live import LiveBoard, LiveConnector
from onetime.services.measurements import Measurement, reading_row

ASK_DATABASE = -1
LATE = timedelta(minutes=5)  # a reading older than this at its arrival may belong to a session that has ended
# A connector that was last heard longer ago than this is in no hurry, unlike one whose queue is handed in: its answer
# may wait a moment, so that others share the commit. With 200 that saves nearly half of the commits.
IN_NO_HURRY_S = 10.0
PATIENCE_S = 0.4  # longer than the time between two of 200 that report each minute


class MeteringService:
    """Stores what connectors measure."""

    def __init__(self, database: Database, live: LiveBoard, chargers: ChargerService, clocks: ClockService) -> None:
        self._database = database
        self._live = live
        self._chargers = chargers
        self._clocks = clocks
        self._doubted: set[tuple[int, int | None]] = set()
        self._heard_at: dict[int, float] = {}

    async def measured(
        self,
        charger_id: int,
        connector_number: int,
        transaction_id: int | None,
        measurements: Sequence[Measurement],
        raw: str | None = None,
    ) -> None:
        """Store measurements of a connector; return after they are safe.

        Without a usable transaction id they belong to the session that ran on the connector when they were taken,
        and outside any to the house. Late values of an ended session stay with it and do not revive it. ``raw`` is
        kept as evidence of a reading that cannot be right.
        """
        if not measurements:
            return
        connector = await self._chargers.connector(charger_id, connector_number)
        received_at = utc_now()
        stamped = measurements[-1]
        measurements = self._clocks.corrected(charger_id, measurements, received_at)
        session_id = await self._session_of(connector, transaction_id, measurements[0].taken_at, received_at)
        rows = [reading_row(connector.id, session_id, each, received_at) for each in measurements]
        await self._database.append(MeterReading, rows, self._patience_s(connector))
        if connector.session is None or session_id == connector.session.transaction_id:
            await self._show(connector, measurements, raw)
        if stamped.context == CLOCK_ALIGNED:
            await self._clocks.heard_aligned(charger_id, stamped.taken_at, received_at)
        elif stamped.context in SENT_AT_ONCE:
            await self._clocks.heard(charger_id, stamped.taken_at, received_at, was_queued=True)

    def take(
        self,
        charger_id: int,
        connector_number: int,
        transaction_id: int | None,
        reading: Measurement,
        received_at: datetime,
        tell: Told,
    ) -> bool:
        """Do what ``measured`` does for one reading at once, and call ``tell`` when it is safe or cannot be.

        This is how nearly every reading goes: prompt, of the session that runs, plausible, of a clock that is right.
        Nothing has to be asked or told but the database's commit, so no task waits. Return False, having done
        nothing, for every other: ``measured`` knows what to do. Raises ``DatabaseClosedError``.
        """
        connector = self._live.charger(charger_id).connectors.get(connector_number)
        if connector is None or not self._clocks.is_right(charger_id, reading, received_at):
            return False
        session_id = _session_known(connector, transaction_id, reading.taken_at, received_at)
        if session_id == ASK_DATABASE or _is_implausible(connector, reading):
            return False

        def stored(result: Any, error: Exception | None) -> None:
            if error is None:
                self._show_taken(connector, session_id, reading, received_at)
            tell(result, error)

        row = reading_row(connector.id, session_id, reading, received_at)
        self._database.append_soon(MeterReading, [row], stored, self._patience_s(connector))
        return True

    def _show_taken(
        self, connector: LiveConnector, session_id: int | None, reading: Measurement, received_at: datetime
    ) -> None:
        if connector.session is None or session_id == connector.session.transaction_id:
            self._live.add_reading(
                connector.id,
                reading.taken_at,
                register_wh=reading.register_wh,
                power_w=reading.power_w,
                soc_percent=reading.soc_percent,
            )
        self._clocks.confirm(connector.charger.id, reading, received_at)

    async def _session_of(
        self, connector: LiveConnector, transaction_id: int | None, taken_at: datetime, received_at: datetime
    ) -> int | None:
        known = _session_known(connector, transaction_id, taken_at, received_at)
        if known != ASK_DATABASE:
            return known
        if _is_usable(transaction_id):
            belongs = await self._database.read(lambda s: _belongs(s, transaction_id or 0, connector))
            if belongs:
                await self._database.write(lambda s: _note_change(s, transaction_id or 0))
                return transaction_id
        running = connector.session.transaction_id if connector.session else None
        if _is_late(connector, taken_at, received_at):
            return await self._database.read(lambda s: _session_at(s, connector.id, taken_at))
        return running

    def _patience_s(self, connector: LiveConnector) -> float:
        """Return how long the reading that has just come may wait for others."""
        now, before = time.monotonic(), self._heard_at.get(connector.id)
        self._heard_at[connector.id] = now
        return PATIENCE_S if before is not None and now - before > IN_NO_HURRY_S else 0.0

    async def _show(self, connector: LiveConnector, measurements: Sequence[Measurement], raw: str | None) -> None:
        for each in measurements:
            if raw is not None and _is_implausible(connector, each):
                await self._doubt(connector, raw)
            self._live.add_reading(
                connector.id,
                each.taken_at,
                register_wh=each.register_wh,
                power_w=each.power_w,
                soc_percent=each.soc_percent,
            )

    async def _doubt(self, connector: LiveConnector, raw: str) -> None:
        """Put the reading into the inbox, once for each session, and once for each connector outside of any."""
        session_id = connector.session.transaction_id if connector.session else None
        if (connector.id, session_id) in self._doubted:
            return
        self._doubted.add((connector.id, session_id))
        shown = json.dumps({"register_wh_before": connector.register_wh, "message": raw})
        await self._database.write(lambda s: _doubt_reading(s, connector, session_id, shown))
        self._live.reviews_changed()


def _session_known(
    connector: LiveConnector, transaction_id: int | None, taken_at: datetime, received_at: datetime
) -> int | None:
    """Return the session a reading belongs to, None for the house, or ``ASK_DATABASE`` where memory cannot tell."""
    running = connector.session.transaction_id if connector.session else None
    if _is_usable(transaction_id):
        return running if transaction_id == running else ASK_DATABASE
    return ASK_DATABASE if _is_late(connector, taken_at, received_at) else running


def _is_usable(transaction_id: int | None) -> bool:
    return transaction_id is not None and 0 < transaction_id < 2**31


def _is_late(connector: LiveConnector, taken_at: datetime, received_at: datetime) -> bool:
    """Say whether a reading may be of a session before the one that runs."""
    session = connector.session
    return received_at - taken_at > LATE and (session is None or taken_at < session.started_at)


def _is_implausible(connector: LiveConnector, reading: Measurement) -> bool:
    """Say whether a connector's register went back, or rose faster than the connector delivers.

    Between sessions a register may begin again at zero: some chargers count each session anew.
    """
    before, before_at, session = connector.register_wh, connector.register_at, connector.session
    if reading.register_wh is None or before is None or before_at is None or not before_at < reading.taken_at:
        return False
    if session is not None and before_at < session.started_at:
        return False
    gained = reading.register_wh - before
    allowed = is_deliverable(gained, reading.taken_at - before_at, highest_power_w(connector.max_power_w))
    goes_back = not is_deliverable(-gained, timedelta(), 0)
    return not allowed or (goes_back and (session is not None or reading.register_wh > JITTER_WH))


def _doubt_reading(session: Session, connector: LiveConnector, transaction_id: int | None, evidence: str) -> None:
    if transaction_id is None:
        if not _is_listed(session, connector.id):
            raise_doubt(session, Doubt.REGISTER_JUMPED, connector.charger.id, None, evidence, connector.id)
        return
    row = session.get(Transaction, transaction_id)
    if row is not None:
        raise_doubt(session, Doubt.IMPLAUSIBLE_READING, connector.charger.id, row, evidence)


def _is_listed(session: Session, connector_id: int) -> bool:
    """Say whether a jump of this connector waits already; a register that plays up does so all day."""
    query = select(ReviewItem.id).where(
        ReviewItem.connector_id == connector_id,
        ReviewItem.reason == Doubt.REGISTER_JUMPED,
        col(ReviewItem.resolved_at).is_(None),
    )
    return session.exec(query).first() is not None


def _belongs(session: Session, transaction_id: int, connector: LiveConnector) -> bool:
    """Say whether a connector's reading can be of a session: connector 0 has the sum of several, or the only one's."""
    row = session.get(Transaction, transaction_id)
    if row is None or session.get_one(Connector, row.connector_id).charger_id != connector.charger.id:
        return False
    plugs = sum(number > 0 for number in connector.charger.connectors)
    return connector.number > 0 or plugs == 1


def _note_change(session: Session, transaction_id: int) -> None:
    """Say that an ended session has got more readings: they may move energy across the end of a closed month."""
    changed = update(Transaction).where(col(Transaction.id) == transaction_id)
    session.exec(changed.where(col(Transaction.changed_since_closing).is_(False)).values(changed_since_closing=True))


def _session_at(session: Session, connector_id: int, instant: datetime) -> int | None:
    """Return the session that ran on a connector at an instant."""
    query = (
        select(Transaction.id)
        .where(
            Transaction.connector_id == connector_id,
            Transaction.started_at <= instant,
            col(Transaction.stopped_at).is_(None) | (col(Transaction.stopped_at) >= instant),
        )
        .order_by(col(Transaction.started_at).desc())
        .limit(1)
    )
    return session.exec(query).first()
