"""Who is calling: the charger's identity and OCPP version, read from the opening request."""

from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import unquote

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import NegotiationError
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

OCPP16 = Subprotocol("ocpp1.6")
IDENTITY_LIMIT = 48  # characters; OCPP 1.6 names none, this is the limit of OCPP 2.0.1


def identity_of(path: str) -> str | None:
    """Return the charger's identity: the last part of the path that is not empty, percent-decoded.

    Defined in OCPP-J 1.6, section 3.1.1; some chargers add slashes or parts of their own (SteVe #689). None when
    there is nothing that could be a name.
    """
    parts = [part for part in path.partition("?")[0].split("/") if part.strip()]
    if not parts:
        return None
    identity = unquote(parts[-1]).strip()
    return identity if 0 < len(identity) <= IDENTITY_LIMIT and identity.isprintable() else None


def refuse_nameless(connection: ServerConnection, request: Request) -> Response | None:
    """Answer 404 to a socket that names no charger (OCPP-J 1.6, section 3.2)."""
    if identity_of(request.path) is not None:
        return None
    return connection.respond(HTTPStatus.NOT_FOUND, "The address must end with the charger's name: /CHARGER-1\n")


def select_subprotocol(_connection: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    """Choose OCPP 1.6. A charger that names no version is taken as 1.6 (lbbrhzn #442); other versions are refused.

    Raises ``NegotiationError``, which becomes a 400.
    """
    if not offered:
        return None
    if OCPP16 in offered:
        return OCPP16
    msg = "This house speaks ocpp1.6."
    raise NegotiationError(msg)
