"""Who is calling: the charger's identity and OCPP version, read from the opening request."""

from collections.abc import Sequence
from urllib.parse import parse_qsl, unquote

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import NegotiationError
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory
from websockets.http11 import Request
from websockets.typing import Subprotocol

from onetime.services.commissioning.enrolment import IDENTITY_LIMIT

OCPP16 = Subprotocol("ocpp1.6")

# What chargers call their name behind the question mark of the address.
NAME_KEYS = frozenset(
    {"station", "stationid", "station_id", "chargepointid", "charge_point_id", "chargepoint", "chargeboxid"}
    | {"charge_box_id", "chargebox", "chargerid", "charger_id", "charger", "cpid", "cp_id", "identity"}
)

# Agreed to only when a charger offers it (OCPP-J 1.6, section 5.1; OCPP.Core #45). Nothing is kept from one message
# to the next: 2,000 windows of 32 kB each way would cost more memory than everything else here.
COMPRESSION = ServerPerMessageDeflateFactory(
    server_no_context_takeover=True,
    client_no_context_takeover=True,
    server_max_window_bits=12,
    compress_settings={"memLevel": 4},
)


def identity_of(path: str) -> str | None:
    """Return the charger's identity: the last part of the path that is not empty, percent-decoded.

    Defined in OCPP-J 1.6, section 3.1.1; some chargers add slashes or parts of their own (SteVe #689), and some name
    themselves behind the question mark, where the path is the same for all of them (Grizzl-E; ocpp2mqtt #3). None when
    there is nothing that could be a name.
    """
    before, _mark, query = path.partition("?")
    named = [value for key, value in parse_qsl(query) if key.strip().casefold() in NAME_KEYS and value.strip()]
    parts = [unquote(part) for part in before.split("/") if part.strip()]
    if not named and not parts:
        return None
    identity = (named or parts)[-1].strip()
    return identity if 0 < len(identity) <= IDENTITY_LIMIT and identity.isprintable() else None


def wants_websocket(request: Request) -> bool:
    """Say whether this opens a WebSocket, as a charger does, and not a page, as a browser does."""
    return any("websocket" in value.lower() for value in request.headers.get_all("Upgrade"))


def add_missing_upgrade(request: Request) -> bool:
    """Add the header ``Connection: Upgrade`` some chargers forget (Autel, lbbrhzn #1933); say whether it lacked."""
    says_so = any("upgrade" in value.lower() for value in request.headers.get_all("Connection"))
    if says_so or not wants_websocket(request):
        return False
    request.headers["Connection"] = "Upgrade"
    return True


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
