"""A simulated charge point that speaks OCPP 1.6J over a real socket like any other."""

import asyncio
import logging
import ssl
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from onetime.simulator.background import Background
from onetime.simulator.behaviour.core import Core
from onetime.simulator.behaviour.life import Life, Nameplate
from onetime.simulator.behaviour.memory import Memory
from onetime.simulator.behaviour.sessions import Sessions
from onetime.simulator.clock import Clock
from onetime.simulator.commands import COMMANDS
from onetime.simulator.station.car import Car
from onetime.simulator.station.configuration import Configuration
from onetime.simulator.station.connector import NO_ERROR
from onetime.simulator.station.station import Station
from onetime.simulator.vocabulary import Context, JsonObject, Reason
from onetime.simulator.wire.calls import Reply
from onetime.simulator.wire.frames import CallError
from onetime.simulator.wire.link import Link, Pause

logger = logging.getLogger("onetime.simulator")


class SimulatedCharger:
    """A charger to be driven by a script, a test or the simulated garage.

    `async with SimulatedCharger(url, identity) as charger:` connects, registers and at the end hangs up. Its
    parts are public: `core.station` (connectors, settings, cards, profiles), `core.outbox` (what is queued).
    """

    def __init__(
        self,
        url: str,
        identity: str,
        *,
        connectors: int = 1,
        clock: Clock | None = None,
        vendor: str = "Onetime",
        model: str = "Simulated 22",
        firmware: str = "1.0.0",
        password: str | bytes | None = None,
        ssl_context: ssl.SSLContext | None = None,
        max_current_a: float = 32.0,
        sample_interval: int = 60,
        clock_aligned_interval: int = 900,
        configuration: Mapping[str, str] | None = None,
        state_dir: Path | None = None,
        pause: Pause = asyncio.sleep,
        reboot_seconds: float = 2.0,
        answer_seconds: float = 60.0,
    ) -> None:
        """Describe a charger; nothing is sent yet.

        Intervals are seconds of simulated time. `configuration` sets other OCPP keys; `<state_dir>/<identity>.json`
        keeps registers and queue over a restart; `pause` waits real seconds between attempts to reach the server.

        Raises:
            ValueError: the state file is damaged.
        """
        self.identity = identity
        self.clock = clock or Clock()
        self.vendor = vendor
        settings = {
            "NumberOfConnectors": str(connectors),
            "MeterValueSampleInterval": str(sample_interval),
            "ClockAlignedDataInterval": str(clock_aligned_interval),
            **(configuration or {}),
        }
        station = Station(
            identity,
            connectors=connectors,
            clock=self.clock,
            configuration=Configuration(settings),
            max_current_a=max_current_a,
        )
        background = Background()
        link = Link(
            url,
            identity,
            clock=self.clock,
            background=background,
            pause=pause,
            password=password.encode() if isinstance(password, str) else password,
            ssl_context=ssl_context,
            ping_seconds=station.configuration.number("WebSocketPingInterval") or None,
            answer_seconds=answer_seconds,
        )
        self.core = Core(station, link, background, pause)
        self.sessions = Sessions(self.core)
        self.life = Life(self.core, self.sessions, Nameplate(vendor, model, identity[:25], firmware), reboot_seconds)
        self.memory = Memory(self.core, state_dir)
        link.password = station.configuration.password() or link.password  # one that was set later wins
        link.answer, link.opened, link.lost = self._answer, self.life.opened, self.life.lost
        self.core.outbox.confirmed, self.core.outbox.changed = self.sessions.confirmed, self.memory.save_soon

    async def __aenter__(self) -> Self:
        await self.connect()
        await self.boot()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def connect(self) -> None:
        """Open the connection, trying until the central system takes it."""
        await self.life.connect()

    async def boot(self) -> None:
        """Register with BootNotification and return once accepted, however long that takes."""
        await self.life.boot()

    async def close(self) -> None:
        """Hang up, save the state and end every task."""
        self.core.metering.stop()
        self.memory.save()
        await self.core.link.close()
        await self.core.background.close()

    async def plug_in(self, connector: int, car: Car | None = None) -> None:
        """Connect a car, an ordinary one if none is given; see `Sessions.plug_in`."""
        await self.sessions.plug_in(connector, car or Car())

    async def unplug(self, connector: int) -> None:
        """Take the cable out; a running transaction ends."""
        await self.sessions.unplug(connector)

    async def tap(self, connector: int, id_tag: str) -> bool:
        """Hold a card to the reader, to start or to stop; return whether it was accepted."""
        return await self.sessions.tap(connector, id_tag)

    async def stop(self, connector: int, reason: Reason = Reason.LOCAL) -> None:
        """End the connector's transaction at the charger itself."""
        await self.sessions.stop(connector, reason)

    async def charge_for(self, connector: int, duration: float) -> None:
        """Let `duration` seconds pass on the charger's clock, with all its readings, and bring them out."""
        await self.clock.sleep(duration)
        self.core.station.advance(self.core.station.connector(connector), self.clock.now())
        await self.core.outbox.settled()

    async def go_offline(self) -> None:
        """Cut the connection; transactions go on and their messages are queued."""
        await self.life.go_offline()

    async def come_back(self) -> None:
        """Connect again without a BootNotification and deliver the queue in its order."""
        await self.life.come_back()

    async def power_cut(self, outage_seconds: float = 0.0) -> None:
        """Lose the power for so many simulated seconds; then boot and report the transactions it ended."""
        await self.life.power_cut(outage_seconds)

    async def reboot(self, reason: Reason = Reason.REBOOT) -> None:
        """Restart in good order."""
        await self.life.reboot(reason)

    async def heartbeat(self) -> None:
        """Send one Heartbeat."""
        await self.life.heartbeat()

    async def fault(self, connector: int, error_code: str = NO_ERROR) -> None:
        """Break a connector with an error code of OCPP 1.6, 7.6; repair it without one."""
        broken = self.core.station.connector(connector)
        self.core.station.advance(broken, self.clock.now())
        broken.error_code = error_code
        self.core.station.advance(broken, self.clock.now())
        await self.core.reports.status(connector)

    async def send_reading(self, connector: int, context: Context = Context.TRIGGER) -> None:
        """Read the meter out of turn and return once the central system has the reading."""
        place, now = self.core.station.connector(connector), self.clock.now()
        if place.transaction is None:
            reading = self.core.station.reading(place, now)
            await self.core.reports.reading(connector, reading, self.core.ledger.measurands(context), context)
        else:
            self.core.metering.sample(place, now, context)
            await self.core.outbox.settled()

    async def data_transfer(self, vendor_id: str, message_id: str | None = None, data: str | None = None) -> JsonObject:
        """Send a DataTransfer and return its answer.

        Raises:
            CallFailedError: no answer, or a CALLERROR.
        """
        fields = {"vendorId": vendor_id, "messageId": message_id, "data": data}
        payload = {name: value for name, value in fields.items() if value is not None}
        return await self.core.link.call("DataTransfer", payload)

    async def firmware_status(self, status: str) -> None:
        """Send a FirmwareStatusNotification."""
        await self.core.reports.send("FirmwareStatusNotification", {"status": status})

    async def diagnostics_status(self, status: str) -> None:
        """Send a DiagnosticsStatusNotification."""
        await self.core.reports.send("DiagnosticsStatusNotification", {"status": status})

    def _answer(self, action: str, payload: JsonObject) -> Reply:
        """Answer a CALL of the central system."""
        command = COMMANDS.get(action)
        if command is None:
            raise CallError("NotImplemented", f"This charger does not know {action}.")
        try:
            return command(self, payload)
        except CallError:
            raise
        except Exception as error:
            logger.exception("%s could not answer %s.", self.identity, action)
            raise CallError("InternalError", "The charger could not carry this out.") from error
        finally:
            self.memory.save_soon()
