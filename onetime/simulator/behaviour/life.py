"""The life of a charger: connect, register, heartbeat, lose the line or the power, come back."""

import asyncio
from dataclasses import dataclass, replace

from onetime.simulator.behaviour.core import Core
from onetime.simulator.behaviour.sessions import Sessions
from onetime.simulator.vocabulary import JsonObject, Reason
from onetime.simulator.wire.frames import CallError, CallFailedError

_OWN_BOOT_PAUSE = 30.0  # seconds between BootNotifications when the central system names none (OCPP 1.6, 4.2)
_OWN_HEARTBEAT = 300.0


@dataclass(frozen=True, slots=True)
class Nameplate:
    """What BootNotification says about the hardware."""

    vendor: str
    model: str
    serial_number: str
    firmware: str

    def payload(self) -> JsonObject:
        """Return the BootNotification."""
        return {
            "chargePointVendor": self.vendor,
            "chargePointModel": self.model,
            "chargePointSerialNumber": self.serial_number,
            "firmwareVersion": self.firmware,
            "meterType": "Simulated",
        }


class Life:
    """Bring a charger into operation and out of it. Waiting for the server happens in real seconds."""

    def __init__(self, core: Core, sessions: Sessions, nameplate: Nameplate, reboot_seconds: float) -> None:
        self._core = core
        self._station = core.station
        self._sessions = sessions
        self._nameplate = nameplate
        self._reboot_seconds = reboot_seconds
        self._accepted = False
        self._booting = False
        self._boot_now = asyncio.Event()
        self._heart: asyncio.Task[None] | None = None
        self._delivery: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Open the connection; return once the central system has taken it."""
        if self._delivery is None:
            self._delivery = self._core.background.start(self._core.outbox.run())
        await self._core.link.open()

    async def boot(self) -> None:
        """Send BootNotification until it is accepted, then tell all statuses and what waits in the queue."""
        self._booting, self._accepted = True, False
        self._core.ready.clear()
        while True:
            seconds = await self._register()
            if self._accepted:
                break
            await self._wait_for_trigger(seconds)
        self._booting = False
        self._core.ready.set()
        self._station.reported = None
        for connector in self._station.connectors.values():
            connector.reported = None
        self._core.metering.start()
        self._beat()
        await self._core.reports.all_statuses()
        await self._core.outbox.settled()

    def boot_again(self) -> None:
        """Do as TriggerMessage(BootNotification) asks: at once, whether accepted already or still waiting."""
        if self._booting:
            self._boot_now.set()
        else:
            self._core.background.start(self.boot())

    @property
    def firmware(self) -> str:
        """Return the version that runs."""
        return self._nameplate.firmware

    def install(self, version: str) -> None:
        """Put another firmware in; it runs from the next start on."""
        self._nameplate = replace(self._nameplate, firmware=version)

    async def heartbeat(self) -> None:
        """Send a Heartbeat; a charger that the server has forgotten registers anew."""
        try:
            await self._core.link.call("Heartbeat", {})
        except CallError as error:
            if error.code == "SecurityError" and not self._booting:
                self._core.background.start(self.boot())
        except CallFailedError:
            pass  # the link notices a lost connection by itself

    async def go_offline(self) -> None:
        """Cut the connection; people may charge on, and what they do is queued."""
        self._station.say("the connection is cut")
        await self._core.link.close(politely=False)

    async def come_back(self) -> None:
        """Connect again and deliver what was queued. No BootNotification: nothing was restarted (J 1.6, 5.4)."""
        await self.connect()
        self._station.say("the connection is back")
        if self._accepted:
            await self._core.reports.all_statuses()
        await self._core.outbox.settled()

    async def power_cut(self, outage_seconds: float = 0.0) -> None:
        """Lose the power for so many simulated seconds, then start anew and close what was open."""
        self._core.ready.clear()
        self._end_all(Reason.POWER_LOSS)
        self._station.say("the power fails")
        await self._switch_off(politely=False)
        await self._station.clock.sleep(outage_seconds)
        await self._switch_on()

    async def reboot(self, reason: Reason = Reason.REBOOT) -> None:
        """End every transaction, restart and register anew."""
        self._end_all(reason)
        await self._core.outbox.settled()
        self._core.ready.clear()
        self._station.say(f"the charger restarts ({reason})")
        await self._switch_off(politely=True)
        await self._core.pause(self._reboot_seconds)
        await self._switch_on()

    def opened(self) -> None:
        """Take notice that the link is up; a charger accepted before just goes on."""
        if self._accepted:
            self._core.ready.set()
            self._core.background.start(self._core.reports.all_statuses())

    def lost(self) -> None:
        """Take notice that the link is down."""
        self._core.ready.clear()

    async def _register(self) -> float:
        """Send one BootNotification and return how many seconds to wait before another."""
        await self._core.link.online.wait()
        try:
            answer = await self._core.link.call("BootNotification", self._nameplate.payload())
        except CallFailedError as error:
            self._station.say(f"BootNotification failed ({error})")
            return _OWN_BOOT_PAUSE if self._core.link.online.is_set() else 0.0
        interval = int(answer.get("interval") or 0)
        self._accepted = answer.get("status") == "Accepted"
        if self._accepted:
            if interval > 0:
                self._station.configuration.change("HeartbeatInterval", str(interval))
            self._station.say("is accepted by the server")
            return 0.0
        seconds = float(interval) if interval > 0 else _OWN_BOOT_PAUSE
        self._station.say(f"is not accepted yet ({answer.get('status')}) and asks again in {seconds:.0f} s")
        return seconds

    async def _wait_for_trigger(self, seconds: float) -> None:
        self._boot_now.clear()
        # Both end with this function.
        waits = [asyncio.ensure_future(self._core.pause(seconds)), asyncio.ensure_future(self._boot_now.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    def _beat(self) -> None:
        if self._heart is not None:
            self._heart.cancel()
        self._heart = self._core.background.start(self._heartbeats())

    async def _heartbeats(self) -> None:
        while True:
            interval = self._station.configuration.number("HeartbeatInterval")
            await self._core.pause(interval or _OWN_HEARTBEAT)
            if self._core.ready.is_set():
                await self.heartbeat()

    def _end_all(self, reason: Reason) -> None:
        for connector, _ in self._station.open_transactions():
            self._sessions.end(connector, reason)

    async def _switch_off(self, *, politely: bool) -> None:
        self._accepted = False
        self._core.metering.stop()
        for connector in self._station.connectors.values():
            connector.permission = None
        if self._heart is not None:
            self._heart.cancel()
        await self._core.link.close(politely=politely)

    async def _switch_on(self) -> None:
        self._core.link.ping_seconds = self._station.configuration.number("WebSocketPingInterval") or None
        await self.connect()
        await self.boot()
