"""Meter readings: kept as measured, tied to the session they belong to, shown at once."""

import json
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from onetime.clock import utc_now
from onetime.models import Connector, MeterReading, ReviewItem, Transaction
from onetime.services.chargers.clocks import ClockService
from onetime.services.chargers.life import ChargerService
from onetime.services.chargers.live import LiveBoard, LiveConnector
from onetime.services.chargers.measurements import AT_THE_START, Measurement, reading_row
from onetime.services.sessions.doubts.reasons import Doubt, raise_doubt
from onetime.services.sessions.judging.late_readings import misfits, recheck_ended
from onetime.services.sessions.readings.belonging import (
    ASK_DATABASE,
    find_sessions,
    note_late_readings,
    running_session,
    session_known,
    sessions_by_time,
)
from onetime.services.sessions.readings.following import (
    follows,
    goes_astray,
    is_other_register,
    measured_plug,
)
from onetime.services.sessions.readings.shown import Shown, open_chain, shown_of
from onetime.store.commit_batch import Told
from onetime.store.database import Database
from onetime.store.unreadable import row_if_readable, what_is_readable

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
        named = await self._chargers.connector(charger_id, connector_number)
        connector = measured_plug(named, transaction_id, measurements)
        received_at = utc_now()
        stamped = measurements[-1]
        measurements = self._clocks.corrected(charger_id, measurements, received_at)
        session_ids = await self._sessions_of(connector, transaction_id, measurements, received_at)
        of_sessions = list(zip(session_ids, measurements, strict=True))
        rows = [reading_row(connector.id, number, each, received_at) for number, each in of_sessions]
        await self._database.append(MeterReading, rows, self._patience_s(connector))
        running = running_session(connector)
        shown = [each for number, each in of_sessions if number == running or (running is None and not number)]
        await self._show(connector, shown, raw, is_named=transaction_id is not None)
        await self._recheck(set(session_ids) - {running, None}, of_sessions)
        await self._clocks.heard_reading(charger_id, stamped, received_at)

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
        if connector is None or connector_number == 0 or not self._clocks.is_right(charger_id, reading, received_at):
            return False
        session_id = session_known(connector, transaction_id, reading.taken_at, received_at)
        if session_id == ASK_DATABASE or not follows(connector, reading):
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
        connector.has_own_register = connector.has_own_register or reading.register_wh is not None
        if connector.session is None or session_id == connector.session.transaction_id:
            self._live.add_reading(
                connector.id,
                reading.taken_at,
                register_wh=reading.register_wh,
                power_w=reading.power_w,
                soc_percent=reading.soc_percent,
            )
        self._clocks.confirm(connector.charger.id, reading, received_at)

    async def _sessions_of(
        self,
        connector: LiveConnector,
        transaction_id: int | None,
        measurements: Sequence[Measurement],
        received_at: datetime,
    ) -> list[int | None]:
        """Return for each measurement the session that is named, else the one that ran when it was taken."""
        times = [each.taken_at for each in measurements]
        known = [session_known(connector, transaction_id, each, received_at) for each in times]
        if ASK_DATABASE not in known:
            return known
        running, by_time = running_session(connector), sessions_by_time(connector, times, received_at)
        found = await self._database.read(lambda s: find_sessions(s, connector, transaction_id, times, by_time))
        ended = set(found) - {running, None}
        if ended:
            await self._database.write(lambda s: note_late_readings(s, ended))
        return found

    def _patience_s(self, connector: LiveConnector) -> float:
        """Return how long the reading that has just come may wait for others."""
        now, before = time.monotonic(), self._heard_at.get(connector.id)
        self._heard_at[connector.id] = now
        return PATIENCE_S if before is not None and now - before > IN_NO_HURRY_S else 0.0

    async def _show(
        self, connector: LiveConnector, measurements: Sequence[Measurement], raw: str | None, *, is_named: bool
    ) -> None:
        for each in measurements:
            is_next = follows(connector, each)
            astray = goes_astray(connector, each) and each.context != AT_THE_START
            if connector.session is not None and not is_next:
                astray = await self._weigh(connector, each) and astray
                astray = astray and (is_named or not is_other_register(connector, each))
            if astray and raw is not None:
                await self._doubt(connector, raw)
            keeps_register = is_next or (connector.session is None and each.context != AT_THE_START)
            self._live.add_reading(
                connector.id,
                each.taken_at,
                register_wh=each.register_wh if keeps_register else None,
                power_w=each.power_w,
                soc_percent=each.soc_percent,
            )

    async def _weigh(self, connector: LiveConnector, reading: Measurement) -> bool:
        """Show what all readings of a session say together; return whether this one is none of those believed.

        A register that cannot follow the session's does not replace it.
        """
        session = connector.session
        if session is None:
            return True
        found = await self._database.read(lambda s: _weighed(s, session.transaction_id, reading))
        shown, is_believed = found
        if shown is not None:
            self._live.show_register(connector.id, session.transaction_id, shown.register_wh, shown.at, shown.offset_wh)
        session.has_strays = session.has_strays or not is_believed
        return not is_believed

    async def _recheck(
        self, session_ids: set[int | None], of_sessions: Sequence[tuple[int | None, Measurement]]
    ) -> None:
        """Look again at ended sessions that have got readings which do not fit between their ends."""
        late = [
            (number, each)
            for number, each in of_sessions
            if number in session_ids and (each.register_wh is not None or each.power_w)
        ]
        belied = await self._database.read(lambda s: misfits(s, late)) if late else set()
        if belied:
            await self._database.write(lambda s: recheck_ended(s, late))
            self._live.reviews_changed()

    async def _doubt(self, connector: LiveConnector, raw: str) -> None:
        """Put the reading into the inbox, once for each session, and once for each connector outside of any."""
        session_id = connector.session.transaction_id if connector.session else None
        if (connector.id, session_id) in self._doubted:
            return
        self._doubted.add((connector.id, session_id))
        shown = json.dumps({"register_wh_before": connector.register_wh, "message": raw})
        await self._database.write(lambda s: _doubt_reading(s, connector, session_id, shown))
        self._live.reviews_changed()


def _weighed(session: Session, transaction_id: int, reading: Measurement) -> tuple[Shown | None, bool]:
    """Return what an open session's register shows by all of its readings, and whether one is among those."""
    row = row_if_readable(session, Transaction, transaction_id)
    if row is None:
        return None, True  # nothing is known of it that a reading could go against
    chain = open_chain(session, row, what_is_readable(session, Connector, row.connector_id))
    return shown_of(chain), any(each.at == reading.taken_at for each in chain.readings)


def _doubt_reading(session: Session, connector: LiveConnector, transaction_id: int | None, evidence: str) -> None:
    if transaction_id is None:
        if not _is_listed(session, connector.id):
            raise_doubt(session, Doubt.REGISTER_JUMPED, connector.charger.id, None, evidence, connector.id)
        return
    row = row_if_readable(session, Transaction, transaction_id)
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
