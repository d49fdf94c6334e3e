"""The charger's memory: its connectors, settings, cards and profiles, without any connection."""

import logging
from datetime import datetime

from onetime.simulator.clock import Clock
from onetime.simulator.station.authorization import Authorization
from onetime.simulator.station.car import Supply
from onetime.simulator.station.configuration import Configuration
from onetime.simulator.station.connector import Connector
from onetime.simulator.station.meter import Reading
from onetime.simulator.station.profiles import Profiles
from onetime.simulator.station.transaction import Transaction
from onetime.simulator.vocabulary import Status

logger = logging.getLogger("onetime.simulator")


class Station:
    """Everything a charger knows about itself."""

    def __init__(
        self, identity: str, *, connectors: int, clock: Clock, configuration: Configuration, max_current_a: float
    ) -> None:
        self.identity = identity
        self.clock = clock
        self.configuration = configuration
        self.max_current_a = max_current_a
        self.authorization = Authorization(configuration)
        self.profiles = Profiles()
        self.connectors = {number: Connector(number) for number in range(1, connectors + 1)}
        self.operative = True
        self.reported: Status | None = None

    @property
    def status(self) -> Status:
        """Return the status of connector 0, the charger as a whole."""
        return Status.AVAILABLE if self.operative else Status.UNAVAILABLE

    def connector(self, number: int) -> Connector:
        """Return a connector.

        Raises:
            ValueError: the charger has no connector of that number.
        """
        if number not in self.connectors:
            raise ValueError(f"{self.identity} has no connector {number}.")
        return self.connectors[number]

    def open_transactions(self) -> list[tuple[Connector, Transaction]]:
        """Return the connectors on which a transaction runs."""
        return [(c, c.transaction) for c in self.connectors.values() if c.transaction is not None]

    def supply(self, connector: Connector, at: datetime) -> Supply:
        """Return what a connector may offer at an instant: the hardware, or less by a profile."""
        since = connector.transaction.started_at if connector.transaction else None
        limit = self.profiles.limit(connector.number, at, since)
        if limit is None:
            return Supply(self.max_current_a)
        return Supply(min(self.max_current_a, round(limit.amperes, 1)), limit.phases)

    def advance(self, connector: Connector, until: datetime) -> None:
        """Let energy flow on one connector until an instant."""
        connector.advance(until, lambda at: self.supply(connector, at))

    def reading(self, connector: Connector, at: datetime) -> Reading:
        """Advance to an instant and read the meter."""
        self.advance(connector, at)
        return connector.reading(at)

    def say(self, text: str) -> None:
        """Tell the log, in the simulated time, what happens at this charger."""
        logger.info("%s  %s: %s", self.clock.now().strftime("%Y-%m-%d %H:%M:%S"), self.identity, text)
