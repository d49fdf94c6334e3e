"""A file on its way to the disk: written in pieces by a thread, counted and hashed, removed when it breaks off."""

import asyncio
import errno
import hashlib
import os
import shutil
from collections.abc import Callable
from io import FileIO
from pathlib import Path

from onetime.models import FileContent
from onetime.services.files.content import HEAD_BYTES, recognise
from onetime.services.files.errors import EmptyFileError, FileStoreFullError, FileTooLargeError
from onetime.store.private_folder import opened_for_owner
from onetime.texts import _

PIECE = 256 * 1024  # bytes handed to a thread at once
DISK_RESERVE = 200_000_000  # bytes that stay free whatever comes: sessions have to be stored
NO_SPACE = (errno.ENOSPC, errno.EDQUOT)


class IncomingFile:
    """The bytes of one file so far, at ``path``. ``room`` gives the bytes the store has left at this moment."""

    def __init__(self, path: Path, size_limit: int, room: Callable[[], int]) -> None:
        self.path = path
        self.size_bytes = 0
        self._size_limit = size_limit
        self._room = room
        self._hash = hashlib.sha256()
        self._head = b""
        self._waiting = bytearray()
        self._file = FileIO(path, "x", opener=opened_for_owner)

    @property
    def sha256(self) -> str:
        """The hash of what is on the disk, hexadecimal."""
        return self._hash.hexdigest()

    @property
    def content(self) -> FileContent:
        """What it is, by its first bytes."""
        return recognise(self._head)

    async def write(self, data: bytes) -> None:
        """Add bytes. Raises ``FileTooLargeError`` or ``FileStoreFullError``."""
        self.size_bytes += len(data)
        if self.size_bytes > self._size_limit:
            raise FileTooLargeError(
                _("The file is larger than the {limit} MB one file may have.", limit=self._size_limit // 1_000_000)
            )
        if self._room() < 0:
            raise FileStoreFullError(_("The store for files is full; delete files that nobody needs any more."))
        if len(self._head) < HEAD_BYTES:
            self._head += data[: HEAD_BYTES - len(self._head)]
        self._waiting += data
        if len(self._waiting) >= PIECE:
            await self._flush()

    async def finish(self) -> None:
        """Bring everything onto the disk. Raises ``EmptyFileError`` or ``FileStoreFullError``."""
        if self.size_bytes == 0:
            raise EmptyFileError(_("The file is empty."))
        await self._flush()
        await asyncio.to_thread(self._close_durably)

    def discard(self) -> None:
        """Remove what has come."""
        self._file.close()
        self.path.unlink(missing_ok=True)

    async def _flush(self) -> None:
        piece, self._waiting = bytes(self._waiting), bytearray()
        try:
            await asyncio.to_thread(self._write_piece, piece)
        except OSError as error:
            if error.errno in NO_SPACE:
                raise _disk_full() from error
            raise

    def _write_piece(self, piece: bytes) -> None:
        if shutil.disk_usage(self.path.parent).free < DISK_RESERVE + len(piece):
            raise _disk_full()
        view = memoryview(piece)
        while view:
            view = view[self._file.write(view) :]
        self._hash.update(piece)

    def _close_durably(self) -> None:
        os.fsync(self._file.fileno())
        self._file.close()


def _disk_full() -> FileStoreFullError:
    return FileStoreFullError(_("The disk is nearly full; make room before files are stored."))
