"""Where a page sends a firmware file: one ordinary request, so that the browser can show how far it is.

The file is written to the disk as it comes. Whoever sends it is known by the login cookie, which the browser gives to
no other site's page.
"""

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from onetime.models import FileKind
from onetime.services.files.errors import FileError
from onetime.services.files.multipart import Upload
from onetime.services.files.store import FileFacts
from onetime.services.people.login_cookie import login_in, read_cookies
from onetime.services.people.permissions import Permission, allowed
from onetime.services.runtime import current
from onetime.texts import _, say
from onetime.web.frame import routes


async def _take_firmware(request: Request) -> Response:
    """Store the body as firmware and answer its number, or the sentence about why not."""
    services = current()
    person = await services.people.logins.recognise(login_in(read_cookies(request.headers.get("cookie", ""))))
    if person is None or not allowed(person.role, Permission.MANAGE_FILES):
        refused = say(_("You are not allowed to do this."), person.language if person else "en")
        return JSONResponse({"problem": refused}, 403)
    upload = Upload(request.stream(), name=request.query_params.get("name") or "firmware.bin")
    try:
        file = await services.files.store.receive(upload, FileFacts(FileKind.FIRMWARE, person.name))
    except FileError as error:
        return JSONResponse({"problem": say(error.args[0], person.language)}, 400)
    except ClientDisconnect:
        return Response(status_code=400)  # nobody reads it
    return JSONResponse({"id": file.id})


ROUTES = [Route(routes.FIRMWARE_UPLOAD, _take_firmware, methods=["POST"])]
