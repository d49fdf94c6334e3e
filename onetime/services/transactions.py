"""Charging sessions from start to stop: each start counted once, each stop counted once, none left open.

The charger's own time counts for energy and tariffs; the time of receipt is kept beside it.
"""

from onetime.clock import utc_now
from onetime.database import Database
from onetime.events import CardChanged, EventBus, TransactionChanged
from onetime.services.authorization import Authorization
from onetime.services.chargers import ChargerService
from onetime.services.live import LiveBoard
from onetime.services.transaction_store import Started, StartRequest, Stopped, StopRequest, store_start, store_stop


class TransactionService:
    """Starts and ends sessions."""

    def __init__(
        self, database: Database, bus: EventBus, live: LiveBoard, chargers: ChargerService, *, accept_unknown: bool
    ) -> None:
        self._database = database
        self._bus = bus
        self._live = live
        self._chargers = chargers
        self._accept_unknown = accept_unknown

    async def start(self, charger_id: int, request: StartRequest) -> tuple[int, Authorization]:
        """Store a start and return its transaction id and what to tell the charger about the card.

        A refused card gets a real id too: energy may flow all the same (OCPP 1.6 edition 2, section 4.8). The same
        start sent again gets the same id. A session still open on the connector is ended from its last reading.
        """
        connector = await self._chargers.connector(charger_id, request.connector_number)
        received_at = utc_now()
        started = await self._database.write(
            lambda s: store_start(s, connector.id, request, received_at, accept_unknown=self._accept_unknown)
        )
        self._show_start(connector.id, started)
        return started.transaction_id, started.authorization

    async def stop(self, charger_id: int, request: StopRequest) -> Authorization | None:
        """Store a stop and return what to tell the charger about the card that ended it, if one did.

        A stop is never refused (OCPP 1.6 edition 2, section 4.10): a repeated one changes nothing, and one whose
        session cannot be told is kept for review.
        """
        received_at = utc_now()
        stopped = await self._database.write(
            lambda s: store_stop(s, charger_id, request, received_at, accept_unknown=self._accept_unknown)
        )
        self._show_stop(stopped)
        return stopped.authorization

    def _show_start(self, connector_id: int, started: Started) -> None:
        if started.authorization.card_is_new and started.authorization.card_id is not None:
            self._bus.publish(CardChanged(started.authorization.card_id))
        for transaction_id in started.ended_instead:
            self._live.end_session(connector_id, transaction_id)
            self._bus.publish(TransactionChanged(transaction_id, connector_id))
        if started.is_open:
            self._live.start_session(connector_id, started.session)
        self._bus.publish(TransactionChanged(started.transaction_id, connector_id))

    def _show_stop(self, stopped: Stopped) -> None:
        if stopped.transaction_id is not None and stopped.connector_id is not None:
            self._live.end_session(stopped.connector_id, stopped.transaction_id)
            self._bus.publish(TransactionChanged(stopped.transaction_id, stopped.connector_id))
