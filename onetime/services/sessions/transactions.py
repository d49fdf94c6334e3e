"""Charging sessions from start to stop: each start counted once, each stop counted once, none left open.

The charger's own time counts for energy and tariffs, corrected where its clock is wrong; the time of receipt is kept
beside it.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session

from onetime.clock import is_plausible, utc_now
from onetime.events import CardChanged, EventBus, TransactionChanged
from onetime.models import Transaction
from onetime.services.cards.authorization import Authorization
from onetime.services.cards.budget import NewCardBudget
from onetime.services.chargers.clocks import ClockService
from onetime.services.chargers.life import ChargerService
from onetime.services.chargers.live import LiveBoard, LiveConnector
from onetime.services.sessions.closing import Ended, abandoned, end_abandoned
from onetime.services.sessions.judging.lost import list_sessionless, sessionless
from onetime.services.sessions.plugs import plug_number
from onetime.services.sessions.starts import Started, StartRequest, connector_of_start, store_start
from onetime.services.sessions.stop_request import StopRequest
from onetime.services.sessions.stops import Stopped, end_by_waiting_stop, store_stop
from onetime.services.unreadable import UnreadableRows, naming
from onetime.store.database import Database
from onetime.store.unreadable import teller, undone


class TransactionService:
    """Starts and ends sessions."""

    def __init__(
        self,
        database: Database,
        bus: EventBus,
        live: LiveBoard,
        chargers: ChargerService,
        clocks: ClockService,
        new_cards: NewCardBudget,
        unreadable: UnreadableRows,
        *,
        accept_unknown: bool,
    ) -> None:
        self._database = database
        self._bus = bus
        self._live = live
        self._chargers = chargers
        self._clocks = clocks
        self._new_cards = new_cards
        self._unreadable = unreadable
        self._accept_unknown = accept_unknown

    async def start(self, charger_id: int, request: StartRequest) -> tuple[int, Authorization]:
        """Store a start and return its transaction id and what to tell the charger about the card.

        A refused card gets a real id too: energy may flow all the same (OCPP 1.6 edition 2, section 4.8). The same
        start sent again gets the same id. A session still open on the connector is ended from its last reading.
        """
        connector = await self._plug(charger_id, request)
        received_at = utc_now()
        instant = self._clocks.instant(charger_id, request.started_at, received_at)
        if instant != request.started_at:
            request = replace(request, started_at=instant, charger_started_at=request.started_at)
        stores_new_card = self._new_cards.has_room(charger_id)
        started = await self._database.write(
            lambda s: _ended_by_waiting_stop(
                s,
                charger_id,
                store_start(
                    s,
                    connector.id,
                    request,
                    received_at,
                    accept_unknown=self._accept_unknown,
                    stores_new_card=stores_new_card,
                ),
                received_at,
            )
        )
        if started.authorization.card_is_new:
            self._new_cards.spend(charger_id)
        self._show_start(connector.id, started)
        return started.transaction_id, started.authorization

    async def _plug(self, charger_id: int, request: StartRequest) -> LiveConnector:
        """Return where a session begins: one on connector 0 is the plug's that can have begun it.

        A start sent again finds the same plug, although that charges by now.
        """
        if request.connector_number != 0:
            return await self._chargers.connector(charger_id, request.connector_number)
        known = await self._database.read(lambda s: connector_of_start(s, charger_id, request))
        if known is not None:
            return self._live.connector(known)
        return await self._chargers.connector(charger_id, plug_number(self._live.charger(charger_id)))

    async def stop(self, charger_id: int, request: StopRequest) -> Authorization | None:
        """Store a stop and return what to tell the charger about the card that ended it, if one did.

        A stop is never refused (OCPP 1.6 edition 2, section 4.10): a repeated one changes nothing, and one whose
        session cannot be told is kept for review.
        """
        received_at = utc_now()
        stamp = request.stopped_at
        instant = self._clocks.instant(charger_id, stamp, received_at)
        request = replace(
            request,
            stopped_at=instant,
            charger_stopped_at=request.charger_stopped_at if instant == stamp else stamp,
            measurements=self._clocks.corrected(charger_id, request.measurements, received_at, stamp),
        )
        stopped = await self._database.write(
            lambda s: store_stop(s, charger_id, request, received_at, accept_unknown=self._accept_unknown)
        )
        self._show_stop(stopped)
        return stopped.authorization

    async def end_abandoned(self, grace: timedelta) -> int:
        """End the sessions whose stop has not come for ``grace`` after all says they are over; return how many.

        Connectors that charge without a session are listed.

        All it goes by is in the database, so a restart neither shortens nor prolongs the grace.
        """
        now = utc_now()
        if not is_plausible(now):
            return 0
        before = now - grace
        with self._unreadable.look("sessions without a stop") as tell:
            if await self._database.read(lambda s: sessionless(s, before, naming(s, tell))):
                await self._database.write(lambda s: list_sessionless(s, before, naming(s, tell)))
                self._live.reviews_changed()
            if not await self._database.read(lambda s: abandoned(s, before, naming(s, tell))):
                return 0
            ended: list[Ended] = await self._database.write(lambda s: end_abandoned(s, now, grace, naming(s, tell)))
        for each in ended:
            self._show_end(each.transaction_id, each.connector_id)
        return len(ended)

    def _show_start(self, connector_id: int, started: Started) -> None:
        if started.authorization.card_is_new and started.authorization.card_id is not None:
            self._bus.publish(CardChanged(started.authorization.card_id))
        for transaction_id in started.ended_instead:
            self._show_end(transaction_id, connector_id)
        shown = self._live.connector(connector_id).session
        if started.is_open and (shown is None or _is_newer(started.session.started_at, shown.started_at)):
            self._live.start_session(connector_id, started.session)
        self._bus.publish(TransactionChanged(started.transaction_id, connector_id))

    def _show_stop(self, stopped: Stopped) -> None:
        if stopped.transaction_id is not None and stopped.connector_id is not None:
            self._show_end(stopped.transaction_id, stopped.connector_id)

    def _show_end(self, transaction_id: int, connector_id: int) -> None:
        self._live.end_session(connector_id, transaction_id)
        self._bus.publish(TransactionChanged(transaction_id, connector_id))


def _ended_by_waiting_stop(session: Session, charger_id: int, started: Started, received_at: datetime) -> Started:
    """Return what was started, ended at once where its stop was here before it."""
    if not started.is_open:
        return started
    is_ended = False
    with undone(session, teller(session), "transaction", started.transaction_id):
        row = session.get_one(Transaction, started.transaction_id)
        is_ended = end_by_waiting_stop(session, charger_id, row, received_at)
    return replace(started, is_open=not is_ended)


def _is_newer(start: datetime, shown: datetime) -> bool:
    """Say whether a start is at least as late as the one shown; an older one was only handed in late."""
    return start >= shown
