"""What people do at a charger: plug in, tap a card, leave; and what the charger makes of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from onetime.simulator.behaviour.core import Core
from onetime.simulator.reporting.outbox import TransactionMessage
from onetime.simulator.station.car import Car
from onetime.simulator.station.connector import Connector, Permission
from onetime.simulator.station.transaction import Transaction
from onetime.simulator.vocabulary import JsonObject, Reason
from onetime.simulator.wire.frames import CallFailedError


class Sessions:
    """Plug, tap and unplug at one charger."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._station = core.station
        self._reports = core.reports
        self._tolerates = False

    async def plug_in(self, number: int, car: Car) -> None:
        """Connect a car; when a card was accepted before, charging begins.

        Raises:
            ValueError: there is no such connector, or a car is plugged in already.
        """
        connector = self._station.connector(number)
        if connector.car is not None:
            raise ValueError(f"A car is already plugged in at connector {number}.")
        connector.car = car
        self._station.say(f"{car.name} plugs in at connector {number} with {car.soc:.0f} %")
        await self._reports.status(number)
        if connector.permission is not None:
            await self.begin(connector, connector.permission.id_tag)

    async def unplug(self, number: int) -> None:
        """Take the cable out; a transaction that still runs ends, unless the settings say otherwise."""
        connector = self._station.connector(number)
        if connector.transaction is not None and self._station.configuration.flag("StopTransactionOnEVSideDisconnect"):
            await self.stop(number, Reason.EV_DISCONNECTED)
        self._station.advance(connector, self._station.clock.now())
        connector.car = None
        connector.finished = False
        self._station.advance(connector, self._station.clock.now())
        self._station.say(f"connector {number} is unplugged")
        await self._reports.status(number)

    async def tap(self, number: int, id_tag: str) -> bool:
        """Hold a card to the reader; return whether it was accepted.

        On a free connector this begins a transaction (or waits for the cable), on a charging one it ends it.
        """
        connector = self._station.connector(number)
        if connector.transaction is not None:
            return await self._tap_to_stop(connector, id_tag)
        reservation = connector.reservation
        if not connector.is_free or not await self._authorized(id_tag):
            self._station.say(f"card {id_tag} is refused at connector {number}")
            return False
        if reservation is not None and not self._may_use(reservation.id_tag, reservation.parent_id_tag, id_tag):
            self._station.say(f"connector {number} is reserved for another card than {id_tag}")
            return False
        return await self.permit(number, id_tag)

    async def permit(self, number: int, id_tag: str) -> bool:
        """Let an accepted card charge: at once if a car is there, else once it is plugged in."""
        connector = self._station.connector(number)
        connector.finished = False
        if connector.car is not None:
            await self._reports.status(number)
            return await self.begin(connector, id_tag)
        patience = timedelta(seconds=self._station.configuration.number("ConnectionTimeOut"))
        connector.permission = Permission(id_tag, self._station.clock.now() + patience)
        self._station.say(f"card {id_tag} is accepted at connector {number}, which waits for the cable")
        self._core.metering.stir()
        await self._reports.status(number)
        return True

    async def begin(self, connector: Connector, id_tag: str) -> bool:
        """Begin a transaction; return whether it still runs once the central system has answered."""
        message = self._core.ledger.begin(connector, id_tag, self._station.clock.now())
        self._core.outbox.push(message)
        self._core.metering.stir()
        self._station.say(f"card {id_tag} begins to charge at connector {connector.number}")
        await self._core.outbox.settled()
        await self._reports.status(connector.number)
        return connector.transaction is message.transaction

    async def stop(self, number: int, reason: Reason, id_tag: str | None = None) -> None:
        """End the transaction on a connector; nothing happens when there is none."""
        connector = self._station.connector(number)
        if connector.transaction is None:
            return
        self.end(connector, reason, id_tag)
        await self._core.outbox.settled()
        await self._reports.status(number)

    def end(self, connector: Connector, reason: Reason, id_tag: str | None = None) -> None:
        """Close the books of a transaction now; the central system hears of it when it can."""
        message = self._core.ledger.end(connector, self._station.clock.now(), reason, id_tag)
        self._core.outbox.push(message)
        self._core.metering.stir()
        energy = message.payload["meterStop"] - message.transaction.meter_start
        self._station.say(f"charging ends at connector {connector.number} after {energy / 1000:.1f} kWh ({reason})")

    def confirmed(self, message: TransactionMessage, answer: JsonObject) -> None:
        """Take in the answer to a StartTransaction or StopTransaction."""
        transaction = message.transaction
        if message.action == "StartTransaction":
            transaction.number = answer.get("transactionId")
        info = answer.get("idTagInfo")
        if not info:
            return
        self._station.authorization.remember(transaction.id_tag, info)
        if message.action == "StartTransaction" and info["status"] != "Accepted":
            transaction.refusal = info["status"]
            self._enforce()

    @contextmanager
    def tolerant(self) -> Iterator[None]:
        """Let refused transactions run on inside, as they did while the charger was offline."""
        self._tolerates = True
        try:
            yield
        finally:
            self._tolerates = False
        self._enforce()

    def _enforce(self) -> None:
        for connector, transaction in self._station.open_transactions():
            if transaction.refusal is not None and transaction.supplied and not self._tolerates:
                self._withdraw(connector, transaction)

    def _withdraw(self, connector: Connector, transaction: Transaction) -> None:
        """Stop, or at least give no more power, when the card turns out not to be good (OCPP 1.6, 4.8)."""
        self._station.say(f"card {transaction.id_tag} is not accepted: {transaction.refusal}")
        if self._station.configuration.flag("StopTransactionOnInvalidId"):
            self.end(connector, Reason.DE_AUTHORIZED)
        else:
            self._station.advance(connector, self._station.clock.now())
            transaction.supplied = False
            self._station.advance(connector, self._station.clock.now())
        self._core.background.start(self._reports.status(connector.number))

    async def _tap_to_stop(self, connector: Connector, id_tag: str) -> bool:
        transaction = connector.transaction
        if transaction is None:
            return False
        if id_tag.lower() != transaction.id_tag.lower():
            accepted = await self._authorized(id_tag)
            if not accepted or not self._station.authorization.same_driver(id_tag, transaction.id_tag):
                self._station.say(f"card {id_tag} may not stop connector {connector.number}")
                return False
        await self.stop(connector.number, Reason.LOCAL, id_tag)
        return True

    async def _authorized(self, id_tag: str) -> bool:
        """Ask whether a card may charge; decide alone when nobody answers."""
        authorization, now = self._station.authorization, self._station.clock.now()
        if authorization.accepts_unasked(id_tag, now):
            return True
        if not self._core.ready.is_set():
            return authorization.accepts_offline(id_tag, now)
        try:
            answer = await self._core.link.call("Authorize", {"idTag": id_tag})
        except CallFailedError:
            return authorization.accepts_offline(id_tag, now)
        info: JsonObject = answer.get("idTagInfo", {})
        if "status" in info:
            authorization.remember(id_tag, info)
        return info.get("status") == "Accepted"

    def _may_use(self, reserved_for: str, parent_id_tag: str | None, id_tag: str) -> bool:
        """Tell whether a card may use a reservation: the same card, or one of its group (OCPP 1.6, 5.13)."""
        if reserved_for.lower() == id_tag.lower():
            return True
        info = self._station.authorization.lookup(id_tag)
        if parent_id_tag is None or info is None or info.parent_id_tag is None:
            return False
        return info.parent_id_tag.lower() == parent_id_tag.lower()
