"""The data connections of FTP: a file out, a file in, a list of names."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from aioftp.common import Connection, ThrottleStreamIO

from onetime.models import StoredFile
from onetime.services.files.errors import FileError, FileStoreFullError, FileTooLargeError, TransferError
from onetime.services.files.multipart import Upload
from onetime.services.files.transfers import Transfer, TransferDesk
from onetime.store.group_commit import DatabaseError

logger = logging.getLogger(__name__)

BLOCK = 64 * 1024


async def over_data_connection(connection: Connection, work: Coroutine[Any, Any, None]) -> bool:
    """Do ``work`` once the charger has opened the data connection; ABOR and a hang-up cancel it."""
    try:
        async with asyncio.timeout(connection.wait_future_timeout):
            await asyncio.shield(connection.future.data_connection)
    except TimeoutError:
        work.close()
        connection.response("425", "No data connection was made.")
        return True
    try:
        await work
    except asyncio.CancelledError:
        connection.response("426", "The transfer was aborted.")
        connection.response("226", "Aborted.")
    return True


async def send_file(desk: TransferDesk, transfer: Transfer, connection: Connection, position: int) -> None:
    """Send the file of a transfer from a byte on."""
    assert transfer.file is not None  # noqa: S101 - RETR has looked
    try:
        with desk.connected(transfer):
            async with _stream(connection) as stream:
                async for block in _blocks(desk.store.path(transfer.file), position):
                    await stream.write(block)
                    position += len(block)
                    desk.sent(transfer, position)
    except (OSError, TimeoutError, TransferError) as error:
        logger.info("%s broke off a download: %s", transfer.identity, error)
        connection.response("426", "The transfer broke off.")
    else:
        connection.response("226", "Complete.")


async def take_file(
    store: Callable[[Transfer, Upload], Awaitable[StoredFile]], transfer: Transfer, connection: Connection, name: str
) -> None:
    """Take what a charger sends, and say whether it was stored."""
    try:
        async with _stream(connection) as stream:
            await store(transfer, Upload(_coming(connection, stream), name=name or None))
    except (FileTooLargeError, FileStoreFullError) as error:
        connection.response("552", str(error))
    except FileError as error:
        connection.response("550", str(error))
    except (OSError, TimeoutError, DatabaseError) as error:
        logger.info("A file of %s did not come: %s", transfer.identity, error)
        connection.response("426", "The transfer broke off.")
    else:
        connection.response("226", "Stored.")


async def send_lines(connection: Connection, lines: Sequence[str]) -> None:
    """Send a list."""
    async with _stream(connection) as stream:
        await stream.write("".join(f"{line}\r\n" for line in lines).encode())
    connection.response("226", "Complete.")


def _stream(connection: Connection) -> ThrottleStreamIO:
    """Return the data connection, which the next command must not use again."""
    stream: ThrottleStreamIO = connection.data_connection
    del connection.data_connection
    connection.moving = stream
    connection.broken_off = False
    return stream


def break_off(connection: Connection) -> None:
    """End what is moving over the data connection.

    Cancelling its task is not enough: up to Python 3.11 ``asyncio.wait_for`` loses a cancellation that comes together
    with data (https://github.com/python/cpython/issues/86296), and then the end of the data would pass for the end of
    the file.
    """
    connection.broken_off = True
    if "moving" in connection:
        connection.moving.close()


async def _coming(connection: Connection, stream: ThrottleStreamIO) -> AsyncIterator[bytes]:
    """Yield what a charger sends, unless it has broken that off."""
    async for block in stream.iter_by_block(BLOCK):
        if connection.broken_off:
            break
        yield block
    if connection.broken_off:
        raise ConnectionAbortedError


async def _blocks(path: Path, position: int) -> AsyncIterator[bytes]:
    file = await asyncio.to_thread(path.open, "rb")
    try:
        await asyncio.to_thread(file.seek, position)
        while block := await asyncio.to_thread(file.read, BLOCK):
            yield block
    finally:
        file.close()
