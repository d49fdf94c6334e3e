"""Charging sessions, as the rest of the house reaches them."""

from collections.abc import Sequence
from functools import partial

from sqlmodel import Session, col, select

from onetime.events import ReviewsChanged, TransactionChanged
from onetime.models import Transaction, TransactionState
from onetime.services.cards.entry import CardServices
from onetime.services.chargers.entry import ChargerServices
from onetime.services.foundation import Foundation, Subject
from onetime.services.sessions.clock_repairs import repair_times
from onetime.services.sessions.closing import keep_closed
from onetime.services.sessions.metering import MeteringService
from onetime.services.sessions.readings.shown import Shown, shown_register
from onetime.services.sessions.readings.thinning import keep_thin
from onetime.services.sessions.reservations import ReservationService
from onetime.services.sessions.starts import live_session
from onetime.services.sessions.transactions import TransactionService
from onetime.store.unreadable import left_out, readable
from onetime.texts import _


class SessionServices(Subject):
    """Sessions from start to stop, and what meters measured."""

    def __init__(self, base: Foundation, cards: CardServices, chargers: ChargerServices) -> None:
        self._base = base
        self._live = chargers.live
        chargers.clocks.repair_with(repair_times, self._show_repaired)
        self.transactions = TransactionService(
            base.database,
            base.bus,
            chargers.live,
            chargers.life,
            chargers.clocks,
            cards.new_cards,
            base.unreadable,
            accept_unknown=base.settings.accept_unknown_cards,
        )
        self.reservations = ReservationService(base.database)
        self.metering = MeteringService(base.database, chargers.live, chargers.life, chargers.clocks)

    def restore(self, session: Session) -> None:
        """Put running sessions on the live board; one whose register cannot be told is there without it."""
        query = select(Transaction).where(Transaction.state == TransactionState.OPEN)
        with self._base.unreadable.look("running sessions", session) as tell:
            for row in readable(session, query.order_by(col(Transaction.started_at)), col(Transaction.id), tell):
                shown: Shown | None = None
                with left_out(tell, "transaction", row.id or 0):
                    shown = shown_register(session, row)
                with left_out(tell, "transaction", row.id or 0):
                    self._live.start_session(row.connector_id, live_session(row, shown))

    async def start(self) -> None:
        """End sessions whose stop never comes, and thin old readings."""
        settings, keep = self._base.settings, self._base.background.keep
        keep(
            _("ending sessions whose stop never came"),
            partial(keep_closed, self.transactions.end_abandoned, settings.stop_grace_s),
        )
        thin = partial(
            keep_thin, self._base.database, self._base.aging, self._base.unreadable, settings.sample_retention_days
        )
        keep(_("thinning old readings"), thin)

    def _show_repaired(self, rows: Sequence[Transaction]) -> None:
        """Show sessions whose times have been put right."""
        for row in rows:
            shown = self._live.session_on(row.connector_id)
            if shown is not None and shown.transaction_id == row.id:
                shown.started_at = row.started_at
                self._live.connector_changed(row.connector_id)
            self._base.bus.publish(TransactionChanged(row.id or 0, row.connector_id))
        self._base.bus.publish(ReviewsChanged())
