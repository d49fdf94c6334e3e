"""Tell the central system about states: statuses, heartbeats and readings outside transactions."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from onetime.simulator.station.connector import NO_ERROR, Connector
from onetime.simulator.station.meter import Reading, meter_value
from onetime.simulator.station.station import Station
from onetime.simulator.vocabulary import Context, JsonObject, Status, format_time
from onetime.simulator.wire.frames import CallFailedError, NotConnectedError
from onetime.simulator.wire.link import Link


class Reports:
    """Send what needs no queue: while the charger is offline it is left out, and the latest sent afterwards."""

    def __init__(self, station: Station, link: Link, ready: asyncio.Event) -> None:
        self._station = station
        self._link = link
        self._ready = ready
        self._in_order = asyncio.Lock()

    async def status(self, number: int, *, even_unchanged: bool = False) -> None:
        """Send a StatusNotification for a connector (0 for the charger) when its status has changed."""
        place: Station | Connector = self._station.connectors[number] if number else self._station
        status, at = place.status, self._station.clock.now()
        async with self._in_order:
            if not self._ready.is_set() or (status == place.reported and not even_unchanged):
                return
            if await self.send("StatusNotification", self._status_payload(number, status, at)) is not None:
                place.reported = status

    async def all_statuses(self) -> None:
        """Send every status that the central system does not know yet, connector 0 first."""
        for number in (0, *self._station.connectors):
            await self.status(number)

    async def reading(self, number: int, reading: Reading, names: Sequence[str], context: Context) -> None:
        """Send MeterValues that belong to no transaction; they are lost while offline."""
        value = meter_value(reading, names, context)
        if value is not None:
            await self.send("MeterValues", {"connectorId": number, "meterValue": [value]})

    async def send(self, action: str, payload: JsonObject) -> JsonObject | None:
        """Send a message that may get lost; return its answer, None when there was none to use.

        CALLERROR counts as an answer without content: the message arrived, and sending it again would not help.
        """
        if not self._ready.is_set():
            return None
        try:
            return await self._link.call(action, payload)
        except NotConnectedError:
            return None
        except CallFailedError as error:
            self._station.say(f"{action} was not accepted ({error})")
            return {}

    def _status_payload(self, number: int, status: Status, at: datetime) -> JsonObject:
        error_code = self._station.connectors[number].error_code if number else NO_ERROR
        return {
            "connectorId": number,
            "errorCode": error_code,
            "status": str(status),
            "timestamp": format_time(at),
        }
