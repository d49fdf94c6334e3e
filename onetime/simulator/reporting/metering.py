"""Do at the right instant what no person does: sample, tell changes, let reservations and patience run out."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from onetime.simulator.background import Background
from onetime.simulator.reporting.ledger import STOP_ALIGNED, Ledger
from onetime.simulator.reporting.outbox import Outbox
from onetime.simulator.reporting.reports import Reports
from onetime.simulator.station.connector import Connector
from onetime.simulator.station.meter import Reading
from onetime.simulator.station.station import Station
from onetime.simulator.station.transaction import Transaction
from onetime.simulator.vocabulary import Context

# How far a profile's next change is looked for; the clock-aligned readings come round more often than this.
_HORIZON = timedelta(hours=1)


class Metering:
    """Wake up for the next thing that is due on any connector, and for nothing else."""

    def __init__(
        self, station: Station, ledger: Ledger, outbox: Outbox, reports: Reports, background: Background
    ) -> None:
        self._station = station
        self._ledger = ledger
        self._outbox = outbox
        self._reports = reports
        self._background = background
        self._done_until = station.clock.now()
        self._loop: asyncio.Task[None] | None = None

    def stir(self) -> None:
        """Work out anew what is due next; to be called whenever something changed."""
        if self._loop is not None:
            self.stop()
            self._loop = self._background.start(self._run())

    def start(self) -> None:
        """Begin, or begin again after the charger had no power."""
        self.stop()
        self._done_until = self._station.clock.now()
        for _, transaction in self._station.open_transactions():
            transaction.last_sample = self._done_until
        self._loop = self._background.start(self._run())

    def stop(self) -> None:
        """Do nothing until the next start."""
        if self._loop is not None:
            self._loop.cancel()
            self._loop = None

    def sample(self, connector: Connector, at: datetime, context: Context) -> None:
        """Take a reading and send it: through the outbox in a transaction, on its own otherwise."""
        reading = self._station.reading(connector, at)
        if connector.transaction is not None:
            self._sample_transaction(connector.transaction, reading, context)
        else:
            names = self._ledger.measurands(context)
            self._background.start(self._reports.reading(connector.number, reading, names, context))

    async def _run(self) -> None:
        while True:
            due = min(self._due_instants(), default=None)
            if due is None:
                return
            await self._station.clock.wait_until(due)
            self._done_until = due
            for connector in self._station.connectors.values():
                self._attend(connector, due)

    def _due_instants(self) -> Iterator[datetime]:
        interval = self._station.configuration.number("ClockAlignedDataInterval")
        if interval:
            yield _next_boundary(self._done_until, interval)
        for connector in self._station.connectors.values():
            yield from self._due_on(connector)

    def _due_on(self, connector: Connector) -> Iterator[datetime]:
        interval = self._station.configuration.number("MeterValueSampleInterval")
        if connector.transaction is not None:
            if interval:
                yield connector.transaction.last_sample + timedelta(seconds=interval)
            after, since = self._done_until, connector.transaction.started_at
            yield from self._station.profiles.changes(connector.number, after, after + _HORIZON, since)[:1]
        if connector.reservation is not None:
            yield connector.reservation.expires_at
        if connector.permission is not None:
            yield connector.permission.expires_at

    def _attend(self, connector: Connector, at: datetime) -> None:
        """Do what is due on one connector at an instant."""
        self._station.advance(connector, at)
        if connector.reservation is not None and connector.reservation.expires_at <= at:
            connector.reservation = None
            self._station.say(f"the reservation of connector {connector.number} has expired")
        if connector.permission is not None and connector.permission.expires_at <= at:
            connector.permission = None
            connector.finished = connector.car is not None
            self._station.say(f"nobody plugged in at connector {connector.number} in time")
        configuration = self._station.configuration
        transaction, interval = connector.transaction, configuration.number("MeterValueSampleInterval")
        if transaction is not None and interval and at >= transaction.last_sample + timedelta(seconds=interval):
            transaction.last_sample = at
            self.sample(connector, at, Context.PERIODIC)
        aligned = configuration.number("ClockAlignedDataInterval")
        if aligned and _next_boundary(at - timedelta(microseconds=1), aligned) == at:
            self.sample(connector, at, Context.CLOCK)
        self._tell_changes(connector)

    def _tell_changes(self, connector: Connector) -> None:
        if connector.status != connector.reported:
            self._background.start(self._reports.status(connector.number))

    def _sample_transaction(self, transaction: Transaction, reading: Reading, context: Context) -> None:
        wanted_at_stop = context is Context.PERIODIC or (
            context is Context.CLOCK and self._station.configuration.text(STOP_ALIGNED) != ""
        )
        if wanted_at_stop:
            transaction.note(reading, context)
        message = self._ledger.values(transaction, [reading], context)
        if message is not None:
            self._outbox.push(message)


def _next_boundary(after: datetime, interval: int) -> datetime:
    """Return the first multiple of `interval` seconds since midnight UTC that lies after an instant."""
    midnight = after.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    passed = (after - midnight) // timedelta(seconds=interval)
    boundary = midnight + timedelta(seconds=interval) * (passed + 1)
    return min(boundary, midnight + timedelta(days=1))
