"""What a charger keeps over a loss of power, as a JSON file of one charger."""

import json
from datetime import datetime
from pathlib import Path

from onetime.simulator.reporting.outbox import Outbox, TransactionMessage
from onetime.simulator.station.profiles import Profile
from onetime.simulator.station.station import Station
from onetime.simulator.station.transaction import Transaction
from onetime.simulator.vocabulary import JsonObject, format_time, parse_time


def snapshot(station: Station, outbox: Outbox, until: datetime) -> JsonObject:
    """Describe the charger as it stands at `until`: registers, settings, cards, transactions and queue."""
    for connector, _ in station.open_transactions():
        station.advance(connector, until)
    transactions = _all_transactions(station, outbox)
    return {
        "until": format_time(until),
        "registers": {str(c.number): c.meter.exact_wh for c in station.connectors.values()},
        "configuration": station.configuration.changed,
        "operative": station.operative,
        "inoperative_connectors": [c.number for c in station.connectors.values() if not c.operative],
        "list_version": station.authorization.list_version,
        "local_list": station.authorization.local_list,
        "profiles": [{"connector": p.connector_id, "source": p.source} for p in station.profiles.installed],
        "transactions": [_describe(transaction, station) for transaction in transactions],
        "messages": [
            {
                "action": message.action,
                "payload": message.payload,
                "transaction": transactions.index(message.transaction),
                "at": format_time(message.at),
                "failures": message.failures,
            }
            for message in outbox.messages
        ],
    }


def restore(station: Station, outbox: Outbox, state: JsonObject) -> datetime:
    """Put a snapshot back into a new charger and return the instant it was taken at.

    Transactions that ran then run again; the caller ends them, as a charger does after a loss of power.
    """
    for number, exact_wh in state["registers"].items():
        if int(number) in station.connectors:
            station.connectors[int(number)].meter.exact_wh = exact_wh
    station.configuration.changed.update(state["configuration"])
    station.operative = state["operative"]
    for number in state["inoperative_connectors"]:
        if number in station.connectors:
            station.connectors[number].operative = False
    station.authorization.list_version = state["list_version"]
    station.authorization.local_list = state["local_list"]
    for profile in state["profiles"]:
        station.profiles.install(Profile.read(profile["connector"], profile["source"]))
    transactions = [_revive(facts, station) for facts in state["transactions"]]
    outbox.push(
        *(
            TransactionMessage(
                message["action"],
                message["payload"],
                transactions[message["transaction"]],
                parse_time(message["at"]),
                message["failures"],
            )
            for message in state["messages"]
        )
    )
    return parse_time(state["until"])


def read_state(path: Path) -> JsonObject | None:
    """Read a state file; None when there is none yet.

    Raises:
        ValueError: the file is not readable as a state.
    """
    if not path.exists():
        return None
    try:
        state: JsonObject = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(f"The state file {path} is damaged ({error}); remove it to start anew.") from error
    return state


def write_state(path: Path, state: JsonObject) -> None:
    """Replace a state file in one step, so that it is whole whenever the process is killed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(state), encoding="utf-8")
    fresh.replace(path)


def _all_transactions(station: Station, outbox: Outbox) -> list[Transaction]:
    running = [transaction for _, transaction in station.open_transactions()]
    queued = [message.transaction for message in outbox.messages]
    return list(dict.fromkeys([*running, *queued]))


def _describe(transaction: Transaction, station: Station) -> JsonObject:
    return {
        "connector": transaction.connector_id,
        "id_tag": transaction.id_tag,
        "started_at": format_time(transaction.started_at),
        "meter_start": transaction.meter_start,
        "number": transaction.number,
        "runs": station.connectors[transaction.connector_id].transaction is transaction,
    }


def _revive(facts: JsonObject, station: Station) -> Transaction:
    transaction = Transaction(
        facts["connector"], facts["id_tag"], parse_time(facts["started_at"]), facts["meter_start"], facts["number"]
    )
    if facts["runs"] and transaction.connector_id in station.connectors:
        station.connectors[transaction.connector_id].transaction = transaction
    return transaction
