"""Write down what happens in a transaction as the messages the central system gets."""

from collections.abc import Sequence
from datetime import datetime

from onetime.simulator.reporting.outbox import TransactionMessage
from onetime.simulator.station.connector import Connector
from onetime.simulator.station.meter import Reading, meter_value
from onetime.simulator.station.station import Station
from onetime.simulator.station.transaction import Transaction
from onetime.simulator.vocabulary import Context, JsonObject, Reason, format_time

SAMPLED = "MeterValuesSampledData"
ALIGNED = "MeterValuesAlignedData"
STOP_SAMPLED = "StopTxnSampledData"
STOP_ALIGNED = "StopTxnAlignedData"


class Ledger:
    """Begin, meter and end transactions at given instants; who calls puts the messages into the outbox."""

    def __init__(self, station: Station) -> None:
        self._station = station

    def begin(self, connector: Connector, id_tag: str, at: datetime) -> TransactionMessage:
        """Open a transaction and return its StartTransaction."""
        self._station.advance(connector, at)
        register = connector.meter.register_wh
        transaction = Transaction(connector.number, id_tag, at, register)
        if connector.reservation is not None:
            transaction.reservation_id = connector.reservation.number
        connector.transaction = transaction
        connector.reservation = connector.permission = None
        connector.finished = False
        transaction.note(self._station.reading(connector, at), Context.BEGIN)
        payload: JsonObject = {
            "connectorId": connector.number,
            "idTag": id_tag,
            "meterStart": register,
            "timestamp": format_time(at),
        }
        if transaction.reservation_id is not None:
            payload["reservationId"] = transaction.reservation_id
        return TransactionMessage("StartTransaction", payload, transaction, at)

    def values(
        self, transaction: Transaction, readings: Sequence[Reading], context: Context
    ) -> TransactionMessage | None:
        """Return the MeterValues for readings of one transaction; None when no measurand is wanted."""
        names = self.measurands(context)
        values = [value for reading in readings if (value := meter_value(reading, names, context)) is not None]
        if not values:
            return None
        payload = {"connectorId": transaction.connector_id, "meterValue": values}
        return TransactionMessage("MeterValues", payload, transaction, readings[-1].at)

    def end(self, connector: Connector, at: datetime, reason: Reason, id_tag: str | None = None) -> TransactionMessage:
        """Close the connector's transaction and return its StopTransaction.

        Raises:
            ValueError: no transaction runs on the connector.
        """
        transaction = connector.transaction
        if transaction is None:
            raise ValueError(f"No transaction runs on connector {connector.number}.")
        transaction.note(self._station.reading(connector, at), Context.END)
        connector.transaction = None
        connector.finished = connector.car is not None
        if connector.retires:
            connector.operative = connector.retires = False
        self._station.advance(connector, at)
        self._station.profiles.end_transaction(connector.number)
        payload: JsonObject = {
            "meterStop": connector.meter.register_wh,
            "timestamp": format_time(at),
            "reason": str(reason),
        }
        if id_tag is not None:
            payload["idTag"] = id_tag
        if data := self._transaction_data(transaction):
            payload["transactionData"] = data
        return TransactionMessage("StopTransaction", payload, transaction, at)

    def measurands(self, context: Context) -> list[str]:
        """Return what MeterValues carry on an occasion."""
        return self._station.configuration.measurands(ALIGNED if context is Context.CLOCK else SAMPLED)

    def _transaction_data(self, transaction: Transaction) -> list[JsonObject]:
        """Return the noted readings of the kinds that StopTransaction is to carry."""
        sampled = self._station.configuration.measurands(STOP_SAMPLED)
        aligned = self._station.configuration.measurands(STOP_ALIGNED)
        values = (
            meter_value(reading, aligned if context is Context.CLOCK else sampled, context)
            for reading, context in transaction.notes
        )
        return [value for value in values if value is not None]
