"""Who may come in: each opening request, looked at before the WebSocket is opened."""

import json
import logging
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from weakref import WeakKeyDictionary

from cryptography import x509
from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request, Response

from onetime.budgets import (
    AUTHORIZATION_CHARACTERS,
    FRAME_BYTES,
    PATH_CHARACTERS,
    RETURNS_AT_ONCE,
    RETURNS_PER_S,
)
from onetime.clock import utc_now
from onetime.gateway.sockets.charger_socket import ChargerSocket
from onetime.gateway.sockets.handshake import add_missing_upgrade, identity_of, wants_websocket
from onetime.gateway.sockets.tls import is_encrypted, peer_certificate
from onetime.models import Registration
from onetime.ports.pace import Paces
from onetime.services.runtime import Services
from onetime.services.security.admission import Admission, Caller, LoginRefusedError
from onetime.services.security.certificates.check import ClientCertificate, read_client_certificate
from onetime.services.security.service import TooManyAttemptsError
from onetime.store.group_commit import DatabaseError

logger = logging.getLogger(__name__)

TEST_PATH = "/tls-test"
NO_NAME = "The address must end with the charger's name: /CHARGER-1\n"
# Browsers send where a page is from with each WebSocket (RFC 6455, section 4.1), and let any page open one to any
# address: a page somebody looks at in the house could pose as a charger, and throw the real one out.
NO_PAGES = "Only chargers may connect here, no web page.\n"
TOO_LONG = "The request is longer than any charger's.\n"
TOO_OFTEN = "This charger has come too often.\n"
RETRY_AFTER_S = 10  # for a charger that follows it; the others wait as they like
CHALLENGE = 'Basic realm="Onetime", charset="UTF-8"'


class Door:
    """Lets callers in, and lists those it does not let in."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._returns = Paces(RETURNS_AT_ONCE, RETURNS_PER_S)
        self._admitted: WeakKeyDictionary[ServerConnection, Admission] = WeakKeyDictionary()
        self._strangers: WeakKeyDictionary[ServerConnection, str] = WeakKeyDictionary()

    async def receive(self, connection: ServerConnection, request: Request) -> Response | None:
        """Repair what an opening request lacks, and answer one that is not let in with the reason.

        404 names no charger, or none known here while commissioning is closed (OCPP-J 1.6, section 3.2), 401 lacks a
        login, 403 lacks more than that or comes from a web page, 414 and 431 are longer than any charger's, 429 has
        tried too often; 503 came while the database could not be asked.
        """
        if len(request.path) > PATH_CHARACTERS:
            return connection.respond(HTTPStatus.REQUEST_URI_TOO_LONG, TOO_LONG)
        if len(", ".join(request.headers.get_all("Authorization"))) > AUTHORIZATION_CHARACTERS:
            return connection.respond(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, TOO_LONG)
        if is_encrypted(connection) and request.path.partition("?")[0] == TEST_PATH:
            return _test_answer(connection)
        if add_missing_upgrade(request):
            logger.warning("The request for %s had no “Connection: Upgrade”; it was let through.", request.path[:80])
        identity = identity_of(request.path)
        if identity is None or request.headers.get_all("Origin"):
            return _no_charger(connection, names_one=identity is not None)
        if not self._returns.allows(identity.casefold()):
            return _later(connection, TOO_OFTEN, RETRY_AFTER_S)
        if wants_websocket(request) and (response := await self._turn_away(connection, identity)):
            return response
        try:
            self._admitted[connection] = await self._services.security.logins.admit(
                self._caller(connection, request, identity)
            )
        except LoginRefusedError as error:
            return _refusal(connection, error)
        self._welcome(connection, identity)
        return None

    def _welcome(self, connection: ServerConnection, identity: str) -> None:
        """Let an accepted charger say more than a stranger, before it can say anything."""
        charger = self._services.chargers.live.find(identity)
        if charger is not None and charger.registration is Registration.ACCEPTED:
            trust(connection)

    async def _turn_away(self, connection: ServerConnection, identity: str) -> Response | None:
        """Return the answer to a charger that is not known here while commissioning is closed; None for others."""
        try:
            if await self._services.commissioning.enrolment.expects(identity):
                return None
        except DatabaseError as error:
            response = connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, f"{error}\n")
            response.headers["Retry-After"] = str(RETRY_AFTER_S)
            return response
        self._strangers[connection] = identity
        return connection.respond(HTTPStatus.NOT_FOUND, f"{identity} is not known here, and commissioning is closed.\n")

    def admission(self, connection: ServerConnection) -> Admission:
        """Return how a connection that is open came in."""
        return self._admitted.get(connection) or Admission(0, address_of(connection), is_encrypted(connection))

    def note_refusal(self, connection: ServerConnection, request: Request, response: Response) -> None:
        """List a caller whose opening request is refused."""
        if response.status_code in (HTTPStatus.SWITCHING_PROTOCOLS, HTTPStatus.OK):
            return
        reason = response.body.decode(errors="replace").strip().splitlines() if response.body else []
        self.note(connection, f"{response.status_code} {reason[0] if reason else response.reason_phrase}", request)

    def note(self, connection: ServerConnection, reason: str, request: Request | None) -> None:
        """List a caller that is not let in."""
        self._services.commissioning.knocking.add(
            path=request.path if request else "",
            address=address_of(connection),
            reason=reason,
            offered=", ".join(request.headers.get_all("Sec-WebSocket-Protocol")) if request else "",
            at=utc_now(),
            identity=self._strangers.get(connection),
        )

    def note_handshake(self, address: str, reason: str) -> None:
        """List a caller whose TLS handshake failed: it has not said its name."""
        logger.info("A caller from %s was not let in: %s", address, reason)
        self._services.commissioning.knocking.add(path="", address=address, reason=reason, offered="", at=utc_now())

    def _caller(self, connection: ServerConnection, request: Request, identity: str) -> Caller:
        logins = request.headers.get_all("Authorization")
        return Caller(
            identity=identity,
            address=address_of(connection),
            is_encrypted=is_encrypted(connection),
            authorization=logins[0] if logins else None,
            certificate=self._certificate(connection),
        )

    def _certificate(self, connection: ServerConnection) -> ClientCertificate | None:
        shown = peer_certificate(connection)
        if shown is None:
            return None
        try:
            return read_client_certificate(shown, self._services.security.authority.name)
        except ValueError:
            return None


def address_of(connection: ServerConnection) -> str:
    """Return the address a connection comes from; empty when it has gone already."""
    address: Any = connection.remote_address
    return str(address[0]) if address else ""


def _no_charger(connection: ServerConnection, *, names_one: bool) -> Response:
    if names_one:
        return connection.respond(HTTPStatus.FORBIDDEN, NO_PAGES)
    return connection.respond(HTTPStatus.NOT_FOUND, NO_NAME)


def trust(connection: ServerConnection) -> None:
    """Give a charger the house has accepted its place, and let it say all it has to say."""
    connection.protocol.max_message_size = FRAME_BYTES
    if isinstance(connection, ChargerSocket) and connection.place is not None:
        connection.place.know()


def _later(connection: ServerConnection, sentence: str, wait_s: int) -> Response:
    response = connection.respond(HTTPStatus.TOO_MANY_REQUESTS, sentence)
    response.headers["Retry-After"] = str(wait_s)
    return response


def _refusal(connection: ServerConnection, error: LoginRefusedError) -> Response:
    if isinstance(error, TooManyAttemptsError):
        return _later(connection, f"{error}\n", max(1, round(error.wait_s)))
    response = connection.respond(error.status, f"{error}\n")
    if error.status is HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = CHALLENGE
    return response


def _test_answer(connection: ServerConnection) -> Response:
    """Show whoever opens the test address in a browser, or with curl, that encryption works and how."""
    tls: Any = connection.transport.get_extra_info("ssl_object")
    shown = peer_certificate(connection)
    client = x509.load_der_x509_certificate(shown).subject.rfc4514_string() if shown else None
    facts = {
        "encrypted": True,
        "protocol": tls.version(),
        "cipher_suite": tls.cipher()[0],
        "client_certificate": client,
        "time": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
    }
    response = connection.respond(HTTPStatus.OK, json.dumps(facts, indent=1) + "\n")
    del response.headers["Content-Type"]
    response.headers["Content-Type"] = "application/json"
    return response
