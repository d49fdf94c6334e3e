"""What a charger may do over FTP: log in for one transfer, then fetch its file or leave files. Nothing else exists.

The protocol is aioftp's; the folder it shows is made up. No path a charger names is ever a path on this machine.
"""

import asyncio
import functools
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from pathlib import PurePosixPath
from typing import Any
from weakref import WeakKeyDictionary

import aioftp
from aioftp.common import Connection, StreamIO
from aioftp.server import AbstractUserManager, User

from onetime.budgets import (
    FTP_COMMANDS_AT_ONCE,
    FTP_COMMANDS_PER_S,
    FTP_CONNECTIONS,
    FTP_LINE_BYTES,
    FTP_LOGIN_S,
    FTP_NEWCOMERS,
)
from onetime.gateway.files.ftp_data import BLOCK, break_off, over_data_connection, send_file, send_lines, take_file
from onetime.ports.doorman import Doorman, Place
from onetime.ports.pace import Pace
from onetime.services.files.names import url_name
from onetime.services.files.transfers import Transfer, TransferDesk

logger = logging.getLogger(__name__)

GUESSING_COSTS_S = 1.0  # after a wrong password

Command = Callable[["FtpSessions", Connection, str], Awaitable[bool]]


class OneTimeUser(User):
    """A login that stands for one transfer."""

    def __init__(self, transfer: Transfer) -> None:
        super().__init__(transfer.user)
        self.transfer = transfer


class OneTimeUsers(AbstractUserManager):
    """The logins of the transfers that are open."""

    def __init__(self, desk: TransferDesk) -> None:
        super().__init__()
        self._desk = desk

    async def get_user(self, login: str) -> tuple[AbstractUserManager.GetUserResponse, User | None, str]:
        """Return the user of an open transfer, who still has to give the password."""
        transfer = self._desk.find_user(login)
        if transfer is None:
            return AbstractUserManager.GetUserResponse.ERROR, None, "No such user."
        return AbstractUserManager.GetUserResponse.PASSWORD_REQUIRED, OneTimeUser(transfer), "Password?"

    async def authenticate(self, user: User, password: str) -> bool:
        """Compare the password; a wrong one costs time."""
        if isinstance(user, OneTimeUser) and user.transfer.is_open and user.transfer.check_password(password):
            return True
        await asyncio.sleep(GUESSING_COSTS_S)
        return False


def logged_in(command: Command) -> Command:
    """Refuse a command before the login."""

    @functools.wraps(command)
    async def checked(self: "FtpSessions", connection: Connection, rest: str) -> bool:
        if not connection.future.logged.done():
            connection.response("530", "Log in first.")
            return True
        return await command(self, connection, rest)

    return checked


def with_data_port(command: Command) -> Command:
    """Refuse a command for which no port for data has been opened."""

    @functools.wraps(command)
    async def checked(self: "FtpSessions", connection: Connection, rest: str) -> bool:
        if not connection.future.passive_server.done():
            connection.response("425", "Use PASV or EPSV first.")
            return True
        return await command(self, connection, rest)

    return logged_in(checked)


class FtpSessions(aioftp.Server):
    """The commands of FTP, on a folder that holds one transfer."""

    def __init__(
        self, desk: TransferDesk, users: OneTimeUsers, *, data_ports: Iterable[int] | None, **limits: Any
    ) -> None:
        super().__init__(users, block_size=BLOCK, data_ports=data_ports, welcome_message="Onetime", **limits)
        self.desk = desk
        self.doorman = Doorman(FTP_NEWCOMERS, FTP_CONNECTIONS, FTP_NEWCOMERS)
        self._places: dict[asyncio.Task[Any], Place] = {}
        self._paces: WeakKeyDictionary[StreamIO, Pace] = WeakKeyDictionary()
        kept = ("pasv", "quit", "syst", "user")
        own: dict[str, Callable[..., Awaitable[bool]]] = {
            "abor": self._abort, "allo": self._agree, "appe": self._continue, "cdup": self._enter, "cwd": self._enter,
            "epsv": self._extended_passive, "feat": self._features, "hangup": self._hang_up, "list": self._list,
            "mkd": self._made, "mode": self._agree, "nlst": self._names, "noop": self._agree, "opts": self._agree,
            "pass": self._log_in, "pwd": self._where, "rest": self._restart, "retr": self._fetch, "size": self._size,
            "stor": self._leave, "stou": self._leave, "stru": self._agree, "type": self._agree, "xmkd": self._made,
            "xpwd": self._where,
        }  # fmt: skip
        self.commands_mapping = {name: self.commands_mapping[name] for name in kept} | own

    async def dispatcher(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a connection that has a place. Whoever has not logged in within some seconds gives it back."""
        peer, abort = writer.get_extra_info("peername"), writer.transport.abort
        place, session = self.doorman.enter(str(peer[0]) if peer else "", abort), asyncio.current_task()
        if place is None or session is None:
            abort()
            return
        self._places[session] = place
        patience = asyncio.get_running_loop().call_later(FTP_LOGIN_S, lambda: None if place.is_known else abort())
        try:
            await super().dispatcher(reader, writer)
        finally:
            patience.cancel()
            self._places.pop(session).leave()

    async def _log_in(self, connection: Connection, rest: str) -> bool:
        """PASS: after it the connection is a charger's, and may take its time."""
        goes_on = bool(await super().pass_(connection, rest))
        if connection.future.logged.done() and (place := self._places.get(connection._dispatcher)) is not None:
            place.know()
        return goes_on

    async def parse_command(self, stream: StreamIO, censor_commands: tuple[str] = ("pass",)) -> tuple[str, str]:
        """Return the next command and what follows it. Nothing of it is logged, so no password is."""
        try:
            line = await stream.readline()
        except (OSError, TimeoutError, ValueError):  # hung up, silent for too long, or no line at all
            line = b""
        if not line or len(line) > FTP_LINE_BYTES:
            return "hangup", ""
        pace = self._paces.setdefault(stream, Pace(FTP_COMMANDS_AT_ONCE, FTP_COMMANDS_PER_S))
        if (wait := pace.wait(time.monotonic())) > 0:
            await asyncio.sleep(wait)
        # An ABOR may come with Telnet's interrupt before it (RFC 959, section 4.1.3).
        command, _, rest = line.decode(errors="replace").strip("\r\n ").lstrip("\ufffd").partition(" ")
        return command.lower(), rest

    async def write_line(self, stream: Any, line: str) -> None:
        """Send a line of an answer: ASCII, which every charger can read."""
        await stream.write((line + "\r\n").encode("ascii", errors="replace"))

    @with_data_port
    async def _fetch(self, connection: Connection, rest: str) -> bool:
        """RETR: send the file of the transfer."""
        transfer = transfer_of(connection)
        if transfer.file is None or PurePosixPath(rest).name != url_name(transfer.file.name):
            connection.response("550", "There is no such file.")
            return True
        return _begin(connection, send_file(self.desk, transfer, connection, _resume_at(connection)))

    @with_data_port
    async def _leave(self, connection: Connection, rest: str) -> bool:
        """STOR: take a file."""
        transfer = transfer_of(connection)
        if transfer.file is not None:
            connection.response("550", "Nothing can be left here.")
            return True
        if _resume_at(connection) > 0:
            connection.response("550", "Nothing of it was kept; send the whole file.")
            return True
        return _begin(connection, take_file(self.desk.receive, transfer, connection, PurePosixPath(rest).name))

    @with_data_port
    async def _continue(self, connection: Connection, rest: str) -> bool:
        """APPE: take a file, or what continues one that has come."""
        transfer = transfer_of(connection)
        if transfer.file is not None:
            connection.response("550", "Nothing can be left here.")
            return True
        return _begin(connection, take_file(self.desk.append, transfer, connection, PurePosixPath(rest).name))

    @with_data_port
    async def _list(self, connection: Connection, rest: str) -> bool:
        """LIST: the folder as ``ls -l`` shows it."""
        lines = [f"-rw-r--r-- 1 onetime onetime {size} Jan  1  2026 {name}" for name, size in _folder(connection)]
        return _begin(connection, send_lines(connection, lines))

    @with_data_port
    async def _names(self, connection: Connection, rest: str) -> bool:
        """NLST: the names in the folder."""
        return _begin(connection, send_lines(connection, [name for name, _size in _folder(connection)]))

    @logged_in
    async def _size(self, connection: Connection, rest: str) -> bool:
        """SIZE: of the file, in bytes (RFC 3659, section 4)."""
        size = dict(_folder(connection)).get(PurePosixPath(rest).name)
        connection.response(*(("550", "There is no such file.") if size is None else ("213", str(size))))
        return True

    @logged_in
    async def _restart(self, connection: Connection, rest: str) -> bool:
        """REST: begin the next download at a byte. Some say so before they open a port for data, so it is kept."""
        if not (rest.isascii() and rest.isdigit()):
            connection.response("501", "Not a number.")
            return True
        connection.resume_at = int(rest)
        connection.response("350", f"Restarting at {rest}.")
        return True

    @logged_in
    async def _extended_passive(self, connection: Connection, rest: str) -> bool:
        """EPSV: open a port for data (RFC 2428), whichever protocol number a charger adds."""
        return bool(await super().epsv(connection, ""))

    @logged_in
    async def _enter(self, connection: Connection, rest: str) -> bool:
        """CWD: every folder is the same, since only the last part of a name counts."""
        connection.response("250", "Go on.")
        return True

    @logged_in
    async def _where(self, connection: Connection, rest: str) -> bool:
        """PWD."""
        connection.response("257", '"/"')
        return True

    @logged_in
    async def _made(self, connection: Connection, rest: str) -> bool:
        """MKD: some chargers do not go on without."""
        connection.response("257", '"/" is there.')
        return True

    async def _features(self, connection: Connection, rest: str) -> bool:
        """FEAT: what goes beyond RFC 959 (RFC 2389)."""
        connection.response("211", ["Features:", "EPSV", "PASV", "REST STREAM", "SIZE", "End"], True)
        return True

    async def _hang_up(self, connection: Connection, rest: str) -> bool:
        """End the session of a charger that has gone, and what it was sending."""
        break_off(connection)
        return False

    async def _abort(self, connection: Connection, rest: str) -> bool:
        """ABOR: end what is moving."""
        break_off(connection)
        return await super().abor(connection, rest)

    async def _agree(self, connection: Connection, rest: str) -> bool:
        """Answer what changes nothing here: a file goes as it is, whatever type a charger asks for."""
        connection.response("200", "Go on.")
        return True

    async def _start_passive_server(self, connection: Connection, handler_callback: Any) -> asyncio.Server:
        """Open a port for data that only the charger's own address may use."""

        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            peer = writer.get_extra_info("peername") or ("",)
            if peer[0] != connection.client_host:
                logger.warning("%s tried to use a data connection of %s.", peer[0], connection.client_host)
                writer.close()
            elif connection.command_connection.writer.is_closing():
                writer.close()
            else:
                await handler_callback(reader, writer)

        return await super()._start_passive_server(connection, handle)


def transfer_of(connection: Connection) -> Transfer:
    """Return the transfer a logged-in charger has come for."""
    transfer: Transfer = connection.user.transfer
    return transfer


def _begin(connection: Connection, work: Coroutine[Any, Any, None]) -> bool:
    """Move bytes beside the commands, so that ABOR is heard. The session waits for it, and ends it when it ends."""
    connection.extra_workers.add(asyncio.create_task(over_data_connection(connection, work)))
    connection.response("150", "Go on.")
    return True


def _folder(connection: Connection) -> list[tuple[str, int]]:
    """Return the names and sizes in bytes of what a charger may see: what it may fetch, or has left."""
    transfer = transfer_of(connection)
    files = [transfer.file] if transfer.file else transfer.arrived
    return [(url_name(file.name), file.size_bytes) for file in files]


def _resume_at(connection: Connection) -> int:
    """Return where the next transfer begins, once."""
    position = int(connection.resume_at) if "resume_at" in connection else 0
    connection.resume_at = 0
    return position
