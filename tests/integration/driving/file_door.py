"""The doors for files as a charger finds them: HTTP on a real port, FTP, and what is needed to use them."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from urllib.parse import urlsplit

import aioftp
import uvicorn
from sqlmodel import Session, select
from starlette.applications import Starlette

from onetime.gateway.files.http_routes import TRANSFER_ROUTES
from onetime.models import Charger, FileKind, StoredFile
from onetime.services.files.addresses import FilePorts, Reached, location_of
from onetime.services.files.multipart import Upload
from onetime.services.files.store import FileFacts
from onetime.services.files.transfers import FileProtocol, Transfer
from tests.integration.conftest import House


@asynccontextmanager
async def http_door(house: House) -> AsyncIterator[None]:
    """Serve the transfer routes on a free port, and let the house tell chargers of it."""
    config = uvicorn.Config(
        Starlette(routes=TRANSFER_ROUTES), host="127.0.0.1", port=0, log_config=None, lifespan="off", ws="none"
    )
    server = uvicorn.Server(config)
    server.capture_signals = nullcontext  # type: ignore[method-assign,assignment]
    task = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    house.services.files.transfers.http_port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield
    finally:
        server.should_exit = server.force_exit = True
        await task


@asynccontextmanager
async def opened(
    house: House, protocol: FileProtocol, wanted: StoredFile | FileKind, lasts_s: float = 60.0
) -> AsyncIterator[tuple[Transfer, str]]:
    """Open a transfer for a charger; give it and the address the charger is told."""
    charger_id = await house.services.database.write(_charger)
    desk = house.services.files.transfers
    async with desk.opened(charger_id, "KEBA-07", 1, protocol, lasts_s, wanted) as transfer:
        ports = FilePorts(desk.http_port, desk.ftp_port, desk.https_port)
        yield transfer, location_of(transfer, Reached("127.0.0.1"), ports, house.services.settings)


async def stored(house: House, content: bytes, name: str = "firmware-2.0.bin") -> StoredFile:
    """Store firmware as if somebody had uploaded it."""
    upload = Upload(chunks(content), name=name)
    return await house.services.files.store.receive(upload, FileFacts(FileKind.FIRMWARE, "test"))


def content_of(house: House, file: StoredFile) -> bytes:
    """Return the bytes of a file."""
    return house.services.files.store.path(file).read_bytes()


def left_behind(house: House) -> list[str]:
    """Return the names in the folder of files."""
    folder = house.services.files.store.folder
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


async def chunks(content: bytes, size: int = 100_000) -> AsyncIterator[bytes]:
    """Yield content in pieces."""
    for start in range(0, len(content), size):
        yield content[start : start + size]


@asynccontextmanager
async def ftp_client(location: str) -> AsyncIterator[tuple[aioftp.Client, str]]:
    """Log in as an address says; give the client and the path in it."""
    url = urlsplit(location)
    assert url.hostname
    assert url.port
    async with aioftp.Client.context(url.hostname, url.port, url.username or "", url.password or "") as client:
        yield client, url.path


async def ftp_fetch(location: str, offset: int = 0) -> bytes:
    """Fetch a file over FTP."""
    async with ftp_client(location) as (client, path), client.download_stream(path, offset=offset) as stream:
        return b"".join([block async for block in stream.iter_by_block()])


async def ftp_leave(location: str, name: str, content: AsyncIterable[bytes]) -> None:
    """Leave a file over FTP."""
    async with ftp_client(location) as (client, path), client.upload_stream(f"{path}{name}") as stream:
        async for chunk in content:
            await stream.write(chunk)


async def until(condition: Callable[[], object]) -> None:
    """Wait until something is so, which nothing tells of."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - a test may poll
            await asyncio.sleep(0.005)


def _charger(session: Session) -> int:
    row = session.exec(select(Charger)).first()
    if row is None:
        row = Charger(identity="KEBA-07", identity_key="keba-07")
        session.add(row)
        session.flush()
    return row.id or 0
