"""Files on their way to and from chargers: each behind a name nobody can guess, for one operation of one charger.

A charger cannot log in. So what it may fetch or leave is a capability: 128 random bits in an address it is told, good
for one direction, until the operation is over or the time is up.
"""

import asyncio
import hmac
import itertools
import logging
import secrets
import time
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from onetime.events import EventBus, FileMoved
from onetime.models import FileKind, StoredFile
from onetime.services.files.errors import FileError, NoWayToChargerError, TransferBusyError, TransferClosedError
from onetime.services.files.incoming import PIECE
from onetime.services.files.multipart import Upload
from onetime.services.files.names import safe_name
from onetime.services.files.store import FileFacts, FileStore
from onetime.texts import _

logger = logging.getLogger(__name__)

CONNECTIONS_EACH = 4  # at once, of one charger; curl and wget use one, and some open the next before closing the last
FILES_EACH = 20  # that one charger may leave in one operation
TOLD_EVERY_S = 0.5  # how often moving bytes are told
LOCKED_AFTER = 5  # wrong passwords


class FileProtocol(StrEnum):
    """How a charger fetches or leaves a file."""

    HTTP = "http"
    HTTPS = "https"
    FTP = "ftp"


@dataclass(eq=False, slots=True)
class Transfer:
    """What one charger may fetch (``file``) or leave (``kind``) in one operation. Sizes in bytes."""

    id: int
    charger_id: int
    identity: str
    operation_id: int
    protocol: FileProtocol
    closes_at: float
    kind: FileKind
    file: StoredFile | None = None
    token: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    user: str = field(default_factory=lambda: "t" + secrets.token_hex(4))
    moved_bytes: int = 0
    connections: int = 0
    failures: int = 0
    closed: bool = False
    arrived: list[StoredFile] = field(default_factory=list)
    told_at: float = 0.0

    @property
    def is_open(self) -> bool:
        """Say whether a charger may still begin to use it."""
        return not self.closed and time.monotonic() < self.closes_at

    def check_password(self, password: str) -> bool:
        """Compare a password; after some wrong ones none is right any more."""
        if self.failures >= LOCKED_AFTER or not hmac.compare_digest(password.encode(), self.token.encode()):
            self.failures += 1
            return False
        return True


class FtpPort(Protocol):
    """The FTP server; the gateway implements it. It listens only while a charger needs it."""

    async def open(self) -> int:
        """Listen, and return the port. Raises ``OSError`` when it cannot be used."""
        ...

    async def close(self) -> None:
        """Listen no more; a transfer under way ends."""
        ...


class TransferDesk:
    """All transfers that are open."""

    def __init__(self, store: FileStore, bus: EventBus, http_port: int) -> None:
        self._store = store
        self._bus = bus
        self._open: dict[str, Transfer] = {}
        self._numbers = itertools.count(1)
        self._ftp_users = 0
        self._ftp_turn = asyncio.Lock()
        self.ftp: FtpPort | None = None
        self.ftp_port: int | None = None
        self.http_port = http_port
        self.https_port: int | None = None  # set by the gateway while its encrypted port is open

    @property
    def store(self) -> FileStore:
        """Where the files are."""
        return self._store

    @asynccontextmanager
    async def opened(
        self,
        charger_id: int,
        identity: str,
        operation_id: int,
        protocol: FileProtocol,
        lasts_s: float,
        wanted: StoredFile | FileKind,
    ) -> AsyncIterator[Transfer]:
        """Let a charger fetch a file, or leave files of a kind, until the block ends.

        Raises ``NoWayToChargerError`` when the port for FTP cannot be opened.
        """
        file, kind = (wanted, wanted.kind) if isinstance(wanted, StoredFile) else (None, wanted)
        transfer = Transfer(
            next(self._numbers), charger_id, identity, operation_id, protocol,
            closes_at=time.monotonic() + lasts_s, kind=kind, file=file,
        )  # fmt: skip
        async with self._ftp_open(protocol):
            self._open[transfer.token] = transfer
            if file is not None:
                self._store.in_use[file.id or 0] += 1
            try:
                yield transfer
            finally:
                transfer.closed = True
                del self._open[transfer.token]
                if file is not None:
                    self._store.in_use[file.id or 0] -= 1

    def find(self, token: str) -> Transfer | None:
        """Return the open transfer of a token, or None: unknown, over or expired look the same."""
        transfer = self._open.get(token)
        return transfer if transfer is not None and transfer.is_open else None

    def find_user(self, user: str) -> Transfer | None:
        """Return the open transfer an FTP user stands for."""
        users = (each for each in self._open.values() if each.user == user and each.protocol is FileProtocol.FTP)
        return next((each for each in users if each.is_open), None)

    @contextmanager
    def connected(self, transfer: Transfer) -> Iterator[None]:
        """Count a connection that moves bytes. Raises ``TransferBusyError`` or ``TransferClosedError``."""
        if not transfer.is_open:
            raise _over()
        if transfer.connections >= CONNECTIONS_EACH:
            raise TransferBusyError(_("Too many connections use this address at once."))
        transfer.connections += 1
        try:
            yield
        finally:
            transfer.connections -= 1

    async def receive(self, transfer: Transfer, upload: Upload) -> StoredFile:
        """Store a file that a charger sends, and tell of it. Raises ``FileError``."""
        if len(transfer.arrived) >= FILES_EACH:
            raise TransferBusyError(_("The charger has left as many files as it may."))
        facts = FileFacts(
            transfer.kind, transfer.identity, charger_id=transfer.charger_id, operation_id=transfer.operation_id
        )
        with self.connected(transfer):
            try:
                file = await self._store.receive(upload, facts, lambda size: self._move(transfer, size))
            except FileError as error:
                logger.warning("A file of %s was not stored: %s", transfer.identity, error)
                self._tell(transfer, problem=str(error))
                raise
            except BaseException:
                self._tell(transfer, problem=_("The upload broke off."))
                raise
        transfer.arrived.append(file)
        transfer.moved_bytes = file.size_bytes
        self._tell(transfer, file_id=file.id)
        return file

    async def append(self, transfer: Transfer, upload: Upload) -> StoredFile:
        """Store what continues a file of the same name that has come before; a new one where there is none.

        Raises ``FileError``.
        """
        name = safe_name(upload.name, "")
        earlier = next((file for file in transfer.arrived if file.name == name), None)
        if earlier is None:
            return await self.receive(transfer, upload)
        file = await self.receive(transfer, Upload(_joined(self._store.path(earlier), upload), name=name))
        transfer.arrived.remove(earlier)
        await self._store.delete(earlier.id or 0, transfer.identity)
        return file

    def sent(self, transfer: Transfer, until: int) -> None:
        """Note that a charger has been sent the file up to this byte. Raises ``TransferClosedError``."""
        self._move(transfer, max(until, transfer.moved_bytes))

    def _move(self, transfer: Transfer, moved: int) -> None:
        if transfer.closed:
            raise _over()
        transfer.moved_bytes = moved
        now = time.monotonic()
        complete = transfer.file is not None and moved >= transfer.file.size_bytes
        if complete or now - transfer.told_at >= TOLD_EVERY_S:
            transfer.told_at = now
            self._tell(transfer)

    def _tell(self, transfer: Transfer, *, file_id: int | None = None, problem: str | None = None) -> None:
        self._bus.publish(
            FileMoved(
                charger_id=transfer.charger_id,
                transfer_id=transfer.id,
                moved_bytes=transfer.moved_bytes,
                total_bytes=transfer.file.size_bytes if transfer.file else None,
                arrived_file_id=file_id,
                problem=problem,
            )
        )

    @asynccontextmanager
    async def _ftp_open(self, protocol: FileProtocol) -> AsyncIterator[None]:
        """Keep the FTP server open while anybody needs it."""
        if protocol is not FileProtocol.FTP:
            yield
            return
        await self._ftp_enter()
        try:
            yield
        finally:
            await self._ftp_leave()

    async def _ftp_enter(self) -> None:
        async with self._ftp_turn:
            if self.ftp is None:
                raise NoWayToChargerError(_("The FTP server is not running."))
            if self.ftp_port is None:
                try:
                    self.ftp_port = await self.ftp.open()
                except OSError as error:
                    raise NoWayToChargerError(
                        _(
                            "The port for FTP cannot be used ({reason}); set ONETIME_FTP_PORT to another.",
                            reason=error.strerror or str(error),
                        )
                    ) from error
            self._ftp_users += 1

    async def _ftp_leave(self) -> None:
        async with self._ftp_turn:
            self._ftp_users -= 1
            if self._ftp_users == 0 and self.ftp is not None:
                self.ftp_port = None
                await self.ftp.close()


async def _joined(path: Path, rest: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while block := await asyncio.to_thread(file.read, PIECE):
            yield block
    async for block in rest:
        yield block


def _over() -> TransferClosedError:
    return TransferClosedError(_("The operation this address belonged to is over."))
