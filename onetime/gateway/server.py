"""The OCPP server: accepts chargers, keeps one connection of each, and carries commands to them."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Coroutine
from typing import Any, cast

from websockets.asyncio.server import ServerConnection
from websockets.frames import CloseCode

from onetime.background import pass_finished
from onetime.events import ChargerChanged, ChargerRemoved, ChargerSecurityChanged, SystemTimeSet
from onetime.gateway.files.ftp import FtpDoor
from onetime.gateway.frames.handlers import HEARTBEAT_S
from onetime.gateway.sockets.charger_socket import ChargerSocket, Queued
from onetime.gateway.sockets.connection import ChargerConnection
from onetime.gateway.sockets.door import Door, address_of
from onetime.gateway.sockets.garbage_collection import look_for_cycles_rarely
from onetime.gateway.sockets.greeting import greet
from onetime.gateway.sockets.handshake import OCPP16, identity_of
from onetime.gateway.sockets.listeners import listening
from onetime.gateway.sockets.outbox import THE_HOUSE
from onetime.models import Registration
from onetime.ports.doorman import Doorman, for_chargers, shares_of
from onetime.ports.memory import give_back
from onetime.ports.open_files import allow_many_sockets
from onetime.services.chargers.commands import ChargerOfflineError, CommandError, CommandFailedError, OutstandingCommand
from onetime.services.chargers.life import TooManyUnknownChargersError
from onetime.services.charging.restoring import restore_profiles
from onetime.services.files.addresses import Reached
from onetime.services.ocpp_actions.trigger import MessageTrigger, TriggerMessage
from onetime.services.runtime import Services
from onetime.store.group_commit import DatabaseError
from onetime.texts import _

logger = logging.getLogger(__name__)

PING_EVERY_S = 30.0
PINGS_MISSED = 3
ACCEPTANCE_CHECK_S = 1.0
LIFE = _("dropping silent connections")
MEMORY = _("giving memory back")
ACCEPTANCE = _("noticing chargers that were accepted")


class Gateway:
    """All connections to chargers. It is the ``ChargerPort`` of the services."""

    def __init__(self, services: Services, doorman: Doorman) -> None:
        self._services = services
        self.doorman = doorman
        self.queued = Queued()
        self._connections: dict[int, ChargerConnection] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.door = Door(services)
        self.port = services.settings.ocpp_port
        self.tls_port: int | None = None

    async def call(self, charger_id: int, action: str, payload: dict[str, Any], asked_by: str) -> dict[str, Any]:
        """Send a call to a charger and return its answer. Raises ``CommandError``."""
        connection = self._connections.get(charger_id)
        if connection is None:
            identity = self._services.chargers.live.charger(charger_id).identity
            raise ChargerOfflineError(_("{identity} is not connected.", identity=identity))
        return await connection.call(action, payload, asked_by)

    def outstanding(self, charger_id: int) -> list[OutstandingCommand]:
        """Return what a charger has not answered yet, the one that was sent first."""
        connection = self._connections.get(charger_id)
        return connection.outbox.outstanding() if connection else []

    async def disconnect(self, charger_id: int, reason: str) -> None:
        """Close a charger's connection; it is expected to come back at once."""
        connection = self._connections.get(charger_id)
        if connection is not None:
            await connection.close(CloseCode.SERVICE_RESTART, reason)

    def reached(self, charger_id: int) -> Reached | None:
        """Return by which address a charger reached this machine, or None while it is not connected."""
        connection = self._connections.get(charger_id)
        return connection.reached if connection else None

    async def accept(self, socket: ServerConnection) -> None:
        """Serve one socket from its opening to its end."""
        connection = await self._recognise(socket)
        if connection is None:
            return
        charger = connection.charger
        await self._replace(charger.id, connection)
        welcome = self.spawn(f"welcome of {connection.identity}", self._welcome(connection))
        try:
            await connection.serve()
        finally:
            welcome.cancel()
            self._services.security.logins.left(charger.id, connection.admission)
            await self._dismiss(charger.id, connection)

    def on_charger_changed(self, event: ChargerChanged) -> None:
        """Bring in a charger that has just been accepted: it is asked to boot again, now for good."""
        connection = self._connections.get(event.charger_id)
        if connection and connection.waits_for_acceptance and connection.charger.registration is Registration.ACCEPTED:
            connection.waits_for_acceptance = False
            connection.trust()
            self.spawn(f"acceptance of {connection.identity}", self._bring_in(connection))

    def on_charger_removed(self, event: ChargerRemoved) -> None:
        """Hang up on a charger that is being deleted, before anything more of it is written down."""
        connection = self._connections.pop(event.charger_id, None)
        if connection is not None:
            connection.abandon()

    def on_security_changed(self, event: ChargerSecurityChanged) -> None:
        """End a connection that is no longer what the charger's security profile asks for."""
        connection = self._connections.get(event.charger_id)
        if connection and not self._services.security.logins.is_still_welcome(event.charger_id, connection.admission):
            logger.warning("%s has to log in again: its security profile has changed.", connection.identity)
            self._end(connection, CloseCode.POLICY_VIOLATION, "the security profile has changed")

    def on_system_time_set(self, _event: SystemTimeSet) -> None:
        """Let every charger ask for the time, which it could not be told before."""
        for connection in self._connections.values():
            if connection.charger.registration is Registration.ACCEPTED:
                self.spawn(f"time for {connection.identity}", self._tell_time(connection))

    async def watch_life(self) -> None:
        """Ping every charger, and drop the sockets nobody answers on any more."""
        while True:
            await asyncio.sleep(PING_EVERY_S)
            now = time.monotonic()
            for connection in list(self._connections.values()):
                # A charger that never answers pings is only expected to send heartbeats (evcc PR #33099).
                patience = PINGS_MISSED * (PING_EVERY_S if connection.answers_pings else HEARTBEAT_S)
                if now - connection.heard_at > patience:
                    logger.warning("%s has been silent for %.0f s.", connection.identity, now - connection.heard_at)
                    self._end(connection, CloseCode.GOING_AWAY, "silent")
                else:
                    self.spawn(f"ping of {connection.identity}", connection.ping())
            pass_finished()

    async def watch_acceptance(self) -> None:
        """Notice chargers that the command line, another process, has accepted or added."""
        while True:
            await asyncio.sleep(ACCEPTANCE_CHECK_S)
            waiting = {key for key, c in self._connections.items() if c.charger.registration is Registration.PENDING}
            with contextlib.suppress(DatabaseError):
                await self._services.commissioning.enrolment.notice_added()
                if waiting:
                    await self._services.chargers.life.newly_accepted(waiting)
                pass_finished()

    def spawn(self, name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run ``work`` beside the connections."""
        task = self._services.background.once(name, work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _end(self, connection: ChargerConnection, code: CloseCode, reason: str) -> None:
        self.spawn(f"end of a connection of {connection.identity}", connection.close(code, reason))

    async def stop(self) -> None:
        """End what still runs beside the connections."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _recognise(self, socket: ServerConnection) -> ChargerConnection | None:
        identity = identity_of(socket.request.path) if socket.request else None
        if identity is None:
            return None
        try:
            charger = await self._services.chargers.life.contact(
                identity, subprotocol_missing=socket.subprotocol != OCPP16, address=address_of(socket)
            )
        except TooManyUnknownChargersError as error:
            logger.warning("%s was turned away: %s", identity, error)
            self.door.note(socket, str(error), socket.request)
            await socket.close(CloseCode.TRY_AGAIN_LATER, "too many unknown chargers")
            return None
        except DatabaseError as error:
            logger.warning("%s was sent away for now: %s", identity, error)
            await socket.close(CloseCode.TRY_AGAIN_LATER, "the database is not available")
            return None
        admission = self.door.admission(socket)
        # The listeners make such sockets.
        connection = ChargerConnection(cast(ChargerSocket, socket), self._services, charger, admission)
        connection.waits_for_acceptance = charger.registration is not Registration.ACCEPTED
        if not connection.waits_for_acceptance:
            connection.trust()
        return connection

    async def _replace(self, charger_id: int, connection: ChargerConnection) -> None:
        """Let the newest socket win: an older one is half-open more often than not (OpenEMS #2906)."""
        older = self._connections.get(charger_id)
        self._connections[charger_id] = connection
        if older is not None:
            self._end(older, CloseCode.POLICY_VIOLATION, "replaced by a newer connection")
        with contextlib.suppress(DatabaseError):
            await self._services.security.logins.came_in(charger_id, connection.admission)
        with contextlib.suppress(DatabaseError):
            await self._services.chargers.life.went_online(charger_id)

    async def _dismiss(self, charger_id: int, connection: ChargerConnection) -> None:
        if self._connections.get(charger_id) is connection:
            del self._connections[charger_id]
            with contextlib.suppress(DatabaseError):
                await self._services.chargers.life.went_offline(charger_id)

    async def _welcome(self, connection: ChargerConnection) -> None:
        """Greet an accepted charger after its boot, or after its reconnection without one."""
        if connection.waits_for_acceptance:
            await connection.accepted.wait()
        await greet(connection, self._services.database)
        if connection.booted_at is not None:
            commands = self._services.chargers.commands
            await restore_profiles(self._services.database, commands, connection.charger, THE_HOUSE)

    async def _tell_time(self, connection: ChargerConnection) -> None:
        """Have a charger boot again if its boot was refused meanwhile; else a heartbeat is enough (errata 3.40)."""
        wanted = MessageTrigger.BOOT_NOTIFICATION if connection.boot_refused else MessageTrigger.HEARTBEAT
        try:
            await connection.ask(TriggerMessage(requested_message=wanted))
        except CommandError as error:
            logger.info("%s will ask for the time on its own: %s", connection.identity, error)

    async def _bring_in(self, connection: ChargerConnection) -> None:
        """Have a charger boot once it is accepted; else have it tell its connectors, or come in anew and do so."""
        connection.accepted.set()
        for wanted in (MessageTrigger.BOOT_NOTIFICATION, MessageTrigger.STATUS_NOTIFICATION):
            try:
                answer = await connection.ask(TriggerMessage(requested_message=wanted))
            except CommandFailedError as error:
                logger.info("%s cannot be asked for its %s: %s", connection.identity, wanted.value, error)
            except CommandError as error:
                logger.info("%s will boot on its own: %s", connection.identity, error)
                return
            else:
                if answer.get("status") == "Accepted":
                    return
        await connection.close(CloseCode.SERVICE_RESTART, "accepted: please boot again")


@contextlib.asynccontextmanager
async def gateway_running(services: Services) -> AsyncIterator[Gateway]:
    """Serve chargers on the OCPP port until the block ends. Raises ``OSError`` when the port is taken."""
    look_for_cycles_rarely()
    gateway = Gateway(services, for_chargers(shares_of(allow_many_sockets())))
    services.chargers.commands.reach_through(gateway)
    subscriptions = [
        services.bus.subscribe(ChargerChanged, gateway.on_charger_changed),
        services.bus.subscribe(ChargerRemoved, gateway.on_charger_removed),
        services.bus.subscribe(ChargerSecurityChanged, gateway.on_security_changed),
        services.bus.subscribe(SystemTimeSet, gateway.on_system_time_set),
    ]
    services.files.transfers.ftp = ftp = FtpDoor(services.files.transfers, services.settings, services.background.once)
    try:
        async with listening(services, gateway.door, gateway.doorman, gateway.queued, gateway.accept) as ports:
            gateway.port, gateway.tls_port = ports.plain, ports.encrypted
            services.security.tls_port = services.files.transfers.https_port = ports.encrypted
            services.background.keep(LIFE, gateway.watch_life)
            services.background.keep(MEMORY, give_back)
            services.background.keep(ACCEPTANCE, gateway.watch_acceptance)
            try:
                yield gateway
            finally:
                await services.operations.close()  # while their chargers can still be told apart from those that left
    finally:
        await services.background.stop(LIFE, MEMORY, ACCEPTANCE)
        for unsubscribe in subscriptions:
            unsubscribe()
        await ftp.stop()
        await gateway.stop()
