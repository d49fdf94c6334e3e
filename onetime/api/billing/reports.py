"""Finished workbooks, downloaded by the browser that is logged in."""

import pathlib
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Request, status
from fastapi.responses import FileResponse

from onetime.api.frame.access import RunningServices
from onetime.bounds import Text
from onetime.services.people.login_cookie import login_in, read_cookies
from onetime.services.people.permissions import Permission, PermissionDeniedError, require

router = APIRouter(prefix="/download", include_in_schema=False)

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/reports/{name}")
async def download_report(
    name: Annotated[Text, Path(max_length=255)],
    services: RunningServices,
    request: Request,
) -> FileResponse:
    """Return a workbook that was made before."""
    person = await services.people.logins.recognise(login_in(read_cookies(request.headers.get("cookie", ""))))
    try:
        require(person.role if person else None, Permission.DOWNLOAD_REPORT)
    except PermissionDeniedError as error:
        raise HTTPException(status.HTTP_403_FORBIDDEN, str(error)) from error
    path: pathlib.Path | None = services.billing.reports.find(name)
    if path is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "There is no such report any more; make it again.")
    return FileResponse(path, media_type=WORKBOOK, filename=path.name)
