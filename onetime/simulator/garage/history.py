"""Send the past: visits that are over, as the messages of a charger that was offline and comes back."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from heapq import merge
from itertools import takewhile

from onetime.simulator.charger import SimulatedCharger
from onetime.simulator.garage.drivers import Visit
from onetime.simulator.reporting.outbox import TransactionMessage
from onetime.simulator.station.connector import Connector
from onetime.simulator.station.meter import Reading
from onetime.simulator.vocabulary import Context, Reason

_QUARTER = timedelta(minutes=15)
_READINGS_PER_MESSAGE = 48  # half a day of quarter-hours; keeps a frame under 40 kB
_QUEUED_AT_ONCE = 8  # messages made ahead of the answers, so that months of history need no memory


async def replay(
    charger: SimulatedCharger, plans: Mapping[int, Iterable[Visit]], since: datetime, until: datetime
) -> int:
    """Deliver the visits of every connector's plan between two instants, and return how many messages that took.

    What is in progress at `until` stays: the car is plugged in and its transaction runs. Nothing is saved before
    the end, so a replay that is cut short begins anew with the same messages.
    """
    connectors, outbox = charger.core.station.connectors, charger.core.outbox
    written = [_write(charger, connectors[number], plan, since, until) for number, plan in plans.items()]
    count = 0
    charger.core.metering.stop()
    with charger.memory.suspended(), charger.sessions.tolerant():
        for message in merge(*written, key=lambda message: message.at):
            count += 1
            outbox.push(message)
            if len(outbox.messages) >= _QUEUED_AT_ONCE:
                await outbox.emptied()
        await outbox.emptied()
    charger.core.metering.start()
    await charger.core.reports.all_statuses()
    return count


def _write(
    charger: SimulatedCharger, connector: Connector, plan: Iterable[Visit], since: datetime, until: datetime
) -> Iterator[TransactionMessage]:
    """Write down one connector's visits; the meter runs as it would have."""
    connector.rewind(since)
    for visit in takewhile(lambda visit: visit.arrives < until, plan):
        yield from _write_visit(charger, connector, visit, max(since, visit.taps_at), until)
    charger.core.station.advance(connector, until)


def _write_visit(
    charger: SimulatedCharger, connector: Connector, visit: Visit, start: datetime, until: datetime
) -> Iterator[TransactionMessage]:
    ledger, station = charger.core.ledger, charger.core.station
    station.advance(connector, start)
    connector.car = visit.car()
    if start >= min(until, visit.leaves):
        if visit.leaves <= until:
            connector.car = None  # came and went without tapping
        return
    begin = ledger.begin(connector, visit.card, start)
    yield begin
    readings: list[Reading] = []
    for at in quarter_hours(start, min(visit.leaves, until)):
        readings.append(station.reading(connector, at))
        if len(readings) == _READINGS_PER_MESSAGE:
            yield from _values(charger, begin, readings)
            readings = []
    yield from _values(charger, begin, readings)
    if visit.leaves <= until and connector.transaction is begin.transaction:
        card = visit.card if visit.taps_to_leave else None
        reason = Reason.LOCAL if visit.taps_to_leave else Reason.EV_DISCONNECTED
        yield ledger.end(connector, visit.leaves, reason, card)
        connector.car = None
        connector.finished = False


def _values(
    charger: SimulatedCharger, begin: TransactionMessage, readings: list[Reading]
) -> Iterator[TransactionMessage]:
    if readings:
        message = charger.core.ledger.values(begin.transaction, readings, Context.CLOCK)
        if message is not None:
            yield message


def quarter_hours(after: datetime, until: datetime) -> Iterator[datetime]:
    """Yield the full quarter-hours that lie after one instant and before another."""
    midnight = after.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    at = midnight + ((after - midnight) // _QUARTER + 1) * _QUARTER
    while at < until:
        yield at
        at += _QUARTER
