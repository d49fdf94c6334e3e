"""The FTP server for chargers that know nothing else. It listens only while an operation needs it."""

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING

from onetime.background import Once
from onetime.services.files.transfers import TransferDesk
from onetime.settings import Settings

if TYPE_CHECKING:
    from onetime.gateway.files.ftp_session import FtpSessions

logger = logging.getLogger(__name__)

IDLE_S = 3_600.0  # nothing is said on the command connection while a slow charger moves one large file
DATA_IDLE_S = 60.0
DATA_CONNECTION_S = 20.0  # for the second connection to be made
CLOSING_S = 2.0
LINGER_S = 5.0  # for the last answers of a session that is over


class FtpDoor:
    """The port for FTP. It is the ``FtpPort`` of the services. ``once`` runs the end of a server beside the rest."""

    def __init__(self, desk: TransferDesk, settings: Settings, once: Once) -> None:
        self._desk = desk
        self._once = once
        self._settings = settings
        self._server: FtpSessions | None = None
        self._leaving: set[asyncio.Task[None]] = set()

    async def open(self) -> int:
        """Listen, and return the port. Raises ``OSError`` when it cannot be used."""
        from onetime.gateway.files.ftp_session import FtpSessions, OneTimeUsers  # few houses need it

        server = FtpSessions(
            self._desk,
            OneTimeUsers(self._desk),
            data_ports=data_ports(self._settings.ftp_data_ports),
            idle_timeout=IDLE_S,
            socket_timeout=DATA_IDLE_S,
            wait_future_timeout=DATA_CONNECTION_S,
        )
        await server.start(self._settings.host, self._settings.ftp_port)
        self._server = server
        port: int = server.server_port
        logger.info("FTP is open on port %d.", port)
        return port

    async def close(self) -> None:
        """Listen no more. Sessions that are about to end may say goodbye."""
        server, self._server = self._server, None
        if server is not None:
            server.server.close()
            task = self._once("the end of an FTP server", _end(server))
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)

    async def stop(self) -> None:
        """End everything at once; the house closes."""
        await self.close()
        for task in list(self._leaving):
            task.cancel()
        if self._leaving:
            # A session whose cancellation gets lost (Python 3.11) must not keep the house from closing.
            await asyncio.wait(self._leaving, timeout=CLOSING_S)


def data_ports(setting: str) -> list[int] | None:
    """Return the ports for data, None for any free one.

    >>> data_ports("2122-2124")
    [2122, 2123, 2124]
    """
    first, _, last = setting.partition("-")
    return list(range(int(first), int(last) + 1)) if last else None


async def _end(server: "FtpSessions") -> None:
    with contextlib.suppress(asyncio.CancelledError):
        if sessions := [connection._dispatcher for connection in server.connections.values()]:
            await asyncio.wait(sessions, timeout=LINGER_S)
    await server.close()
