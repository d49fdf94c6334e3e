"""Files: firmware for chargers, and the diagnostics and logs they sent."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response, status
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field
from starlette.requests import ClientDisconnect

from onetime.api.frame.access import RunningServices, needs
from onetime.api.frame.errors import problem
from onetime.api.frame.known import known_charger
from onetime.api.frame.pagination import Instant, Page, next_page
from onetime.api.frame.parameters import ChargerName, RowCursor, RowId
from onetime.bounds import Text
from onetime.models import FileContent, FileKind, StoredFile
from onetime.services.files.errors import FileError, FileInUseError, FileStoreFullError, FileTooLargeError
from onetime.services.files.multipart import Upload
from onetime.services.files.store import FileFacts, list_files
from onetime.services.people.login_cookie import login_in, read_cookies
from onetime.services.people.permissions import Permission, PermissionDeniedError, require
from onetime.services.people.tokens import TokenHolder
from onetime.services.runtime import Services

Manager = Annotated[TokenHolder, Depends(needs(Permission.MANAGE_FILES))]

router = APIRouter(prefix="/files", tags=["files"], dependencies=[Depends(needs(Permission.MANAGE_FILES))])
downloads = APIRouter(prefix="/download", include_in_schema=False)

_STATUSES: dict[type[FileError], tuple[HTTPStatus, str]] = {
    FileTooLargeError: (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "file-too-large"),
    FileStoreFullError: (HTTPStatus.INSUFFICIENT_STORAGE, "file-store-full"),
    FileInUseError: (HTTPStatus.CONFLICT, "file-in-use"),
}
_BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_FORM = {
    "schema": {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}
}


class FileItem(BaseModel):
    """A stored file. Its bytes are at `content_url`."""

    id: int
    kind: FileKind
    name: str
    size_bytes: int
    sha256: str = Field(description="Hexadecimal.")
    content: FileContent = Field(description="What is inside, by its first bytes.")
    charger_id: str | None = Field(description="The OCPP identity of the charger that sent it.")
    operation_id: int | None = Field(description="The operation that fetched it.")
    created_at: Instant
    created_by: str = Field(description="Who uploaded it: a login, api:NAME, or a charger.")
    expires_at: Instant | None = Field(description="When it is deleted; null for firmware, which stays.")
    content_url: str


class FileProblem(BaseModel):
    """Why a file was not stored or deleted."""

    type: str = Field(description="urn:onetime:file-too-large, …:file-store-full, …:file-in-use, …:file-unreadable.")
    title: str
    status: int
    detail: str


def _documented(description: str) -> dict[str, Any]:
    return {"description": description, "model": FileProblem, "content": {"application/problem+json": {}}}


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    summary="Upload firmware",
    responses={
        400: _documented("There is no file in the request, or it broke off."),
        413: _documented("The file is larger than a file may be."),
        507: _documented("There is no room for it."),
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": _BINARY, "multipart/form-data": _FORM},
        }
    },
)
async def upload_firmware(
    request: Request,
    response: Response,
    services: RunningServices,
    uploader: Manager,
    name: Annotated[Text | None, Query(max_length=255, description="Its name, where the body has none.")] = None,
) -> Any:
    """Store firmware: the body is the file, or a form (`multipart/form-data`) with the file in it.

    It is written to the disk as it comes, so it may be large. `update_firmware` of a charger's operations takes its id.
    """
    headers = request.headers
    upload = Upload(
        request.stream(), headers.get("content-type"), headers.get("content-disposition"), name=name or "firmware.bin"
    )
    try:
        file = await services.files.store.receive(upload, FileFacts(FileKind.FIRMWARE, uploader.actor))
    except FileError as error:
        return _file_problem(error)
    except ClientDisconnect:
        return Response(status_code=HTTPStatus.BAD_REQUEST)  # nobody reads it
    response.headers["Location"] = f"/api/v1/files/{file.id}"
    return _item(file, services)


@router.get("", summary="List files")
async def read_files(
    request: Request,
    services: RunningServices,
    kind: FileKind | None = None,
    charger_id: Annotated[ChargerName | None, Query(description="Only this charger's, by OCPP identity.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: RowCursor = None,
) -> Page[FileItem]:
    """Return files, the newest first."""
    charger = known_charger(services, charger_id).id if charger_id is not None else None
    rows = await services.database.read(lambda s: list_files(s, kind, charger, limit + 1, cursor))
    items = [_item(row, services) for row in rows[:limit]]
    return Page(items=items, next=next_page(request, str(items[-1].id)) if len(rows) > limit else None)


@router.get("/{file_id}", summary="Read one file's facts")
async def read_file(file_id: RowId, services: RunningServices) -> FileItem:
    """Return what is known of a file."""
    return _item(await _known_file(services, file_id), services)


@router.get(
    "/{file_id}/content",
    summary="Download a file",
    response_class=FileResponse,
    responses={200: {"content": {"application/octet-stream": _BINARY}}, 404: {"description": "There is none."}},
)
async def read_content(file_id: RowId, services: RunningServices) -> FileResponse:
    """Return the bytes of a file; `Range` is understood."""
    return _bytes(services, await _known_file(services, file_id))


@router.delete(
    "/{file_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    summary="Delete a file",
    responses={404: {"description": "There is none."}, 409: _documented("A charger is fetching it.")},
)
async def delete_file(file_id: RowId, services: RunningServices, manager: Manager) -> Response:
    """Delete a file for good."""
    try:
        found = await services.files.store.delete(file_id, manager.actor)
    except FileInUseError as error:
        return _file_problem(error)
    if not found:
        raise _unknown(file_id)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@downloads.get("/files/{file_id}")
async def download_file(file_id: RowId, services: RunningServices, request: Request) -> FileResponse:
    """Return the bytes of a file to the browser that is logged in."""
    person = await services.people.logins.recognise(login_in(read_cookies(request.headers.get("cookie", ""))))
    try:
        require(person.role if person else None, Permission.MANAGE_FILES)
    except PermissionDeniedError as error:
        raise HTTPException(status.HTTP_403_FORBIDDEN, str(error)) from error
    return _bytes(services, await _known_file(services, file_id))


def _bytes(services: Services, file: StoredFile) -> FileResponse:
    path = services.files.store.path(file)
    if not path.is_file():
        raise HTTPException(status.HTTP_404_NOT_FOUND, "The file is no longer on the disk.")
    # Never shown in the browser: what a charger sent could be a page that acts in the house's name.
    return FileResponse(
        path,
        media_type="application/octet-stream",
        filename=file.name,
        headers={"X-Content-Type-Options": "nosniff", "ETag": f'"{file.sha256}"'},
    )


async def _known_file(services: Services, file_id: int) -> StoredFile:
    file = await services.files.store.find(file_id)
    if file is None:
        raise _unknown(file_id)
    return file


def _unknown(file_id: int) -> HTTPException:
    return HTTPException(status.HTTP_404_NOT_FOUND, f"There is no file {file_id}.")


def _file_problem(error: FileError) -> Response:
    code, kind = _STATUSES.get(type(error), (HTTPStatus.BAD_REQUEST, "file-unreadable"))
    return problem(code, str(error), type=f"urn:onetime:{kind}")


def _item(file: StoredFile, services: Services) -> FileItem:
    return FileItem(
        **file.model_dump(include=set(FileItem.model_fields) - {"charger_id", "content_url"}),
        charger_id=services.chargers.live.identity_of(file.charger_id),
        content_url=f"/api/v1/files/{file.id}/content",
    )
