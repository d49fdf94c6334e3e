"""Files over HTTP: chargers fetch firmware and leave diagnostics under one-time addresses, without a login.

The routes are mounted on the HTTP port, outside ``/api``, and on the chargers' encrypted port, see
``onetime.gateway.files.https_host``. Their plain port speaks only WebSocket: its server takes no request with a body.
"""

import logging
from http import HTTPStatus

from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from onetime.services.files.addresses import PATH
from onetime.services.files.errors import (
    FileError,
    FileStoreFullError,
    FileTooLargeError,
    TransferBusyError,
    TransferClosedError,
)
from onetime.services.files.multipart import Upload
from onetime.services.files.names import url_name
from onetime.services.files.transfers import Transfer, TransferDesk
from onetime.services.runtime import Services, current
from onetime.store.group_commit import DatabaseError

logger = logging.getLogger(__name__)

NOTHING_HERE = "There is no file at this address, or its time is over.\n"

_STATUSES: dict[type[FileError], HTTPStatus] = {
    FileTooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    FileStoreFullError: HTTPStatus.INSUFFICIENT_STORAGE,
    TransferBusyError: HTTPStatus.TOO_MANY_REQUESTS,
    TransferClosedError: HTTPStatus.GONE,
}


async def fetch(request: Request) -> Response:
    """Give a charger its file: whole, from where it broke off (``Range``), or only its size (``HEAD``)."""
    transfer = _transfer(request)
    if transfer is None or transfer.file is None:
        return PlainTextResponse(NOTHING_HERE, HTTPStatus.NOT_FOUND)
    return _CountedFile(current().files.transfers, transfer)


async def leave(request: Request) -> Response:
    """Take a file from a charger: the body of a PUT or POST, or the file of a form in it."""
    transfer = _transfer(request)
    if transfer is None or transfer.file is not None:
        return PlainTextResponse(NOTHING_HERE, HTTPStatus.NOT_FOUND)
    services = current()
    if _announced(request) > services.files.store.limits.file_bytes:
        return PlainTextResponse("The file is too large.\n", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return await _take(request, services, transfer)


TRANSFER_ROUTES = [
    Route(f"{PATH}/{{token}}", fetch, methods=["GET", "HEAD"], include_in_schema=False),
    Route(f"{PATH}/{{token}}/{{name:path}}", fetch, methods=["GET", "HEAD"], include_in_schema=False),
    Route(f"{PATH}/{{token}}", leave, methods=["PUT", "POST"], include_in_schema=False),
    Route(f"{PATH}/{{token}}/{{name:path}}", leave, methods=["PUT", "POST"], include_in_schema=False),
]


async def _take(request: Request, services: Services, transfer: Transfer) -> Response:
    headers = request.headers
    upload = Upload(
        request.stream(),
        headers.get("content-type"),
        headers.get("content-disposition"),
        name=request.path_params.get("name"),
    )
    try:
        file = await services.files.transfers.receive(transfer, upload)
    except FileError as error:
        return PlainTextResponse(f"{error}\n", _STATUSES.get(type(error), HTTPStatus.BAD_REQUEST))
    except ClientDisconnect:
        logger.info("%s broke off an upload.", transfer.identity)
        return Response(status_code=HTTPStatus.BAD_REQUEST)  # nobody reads it
    except (DatabaseError, OSError) as error:
        logger.warning("A file of %s was not stored: %s", transfer.identity, error)
        return PlainTextResponse("The file could not be stored.\n", HTTPStatus.SERVICE_UNAVAILABLE)
    return PlainTextResponse(f"{file.size_bytes} bytes stored.\n")


def _transfer(request: Request) -> Transfer | None:
    try:
        return current().files.transfers.find(request.path_params["token"])
    except RuntimeError:  # the house is starting or stopping
        return None


def _announced(request: Request) -> int:
    length = request.headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else 0


class _CountedFile(FileResponse):
    """A file, and how much of it a charger has been sent."""

    def __init__(self, desk: TransferDesk, transfer: Transfer) -> None:
        assert transfer.file is not None  # noqa: S101 - what is fetched has a file
        super().__init__(
            desk.store.path(transfer.file),
            media_type="application/octet-stream",
            filename=url_name(transfer.file.name),
            headers={"Cache-Control": "no-store", "ETag": f'"{transfer.file.sha256}"'},
        )
        self._desk = desk
        self._transfer = transfer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, counting."""
        position = 0

        async def counting(message: Message) -> None:
            nonlocal position
            await send(message)
            if message["type"] == "http.response.start":
                position = _first_byte(message)
            elif body := message.get("body"):
                position += len(body)
                self._desk.sent(self._transfer, min(position, self._size))

        try:
            with self._desk.connected(self._transfer):
                await super().__call__(scope, receive, counting)
        except TransferBusyError as error:
            await PlainTextResponse(f"{error}\n", HTTPStatus.TOO_MANY_REQUESTS)(scope, receive, send)
        except TransferClosedError:
            # Left unfinished, so that the server cuts the connection: the charger must not take it for the whole file.
            logger.info("%s still fetched a file when its operation was over.", self._transfer.identity)

    @property
    def _size(self) -> int:
        return self._transfer.file.size_bytes if self._transfer.file else 0


def _first_byte(message: Message) -> int:
    """Return where in the file an answer begins: ``Content-Range: bytes 100-199/200``."""
    for name, value in message["headers"]:
        if name.lower() == b"content-range":
            first = value.removeprefix(b"bytes ").partition(b"-")[0]
            return int(first) if first.isdigit() else 0
    return 0
