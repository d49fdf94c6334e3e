"""The encrypted port: TLS 1.2 and 1.3 with the suites OCPP asks for, and what goes wrong in its handshakes.

Defined in the security whitepaper (edition 3), A00.FR.301 to 320. A charger that does not trust this house hangs up
before it says its name (quirk C13); the reason is told with its address, because it will not be seen anywhere else.
"""

import asyncio
import logging
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from websockets.asyncio.server import ServerConnection

from onetime.budgets import TLS_S
from onetime.gateway.files.request_line import asks_for_file
from onetime.gateway.sockets.charger_socket import ChargerSocket
from onetime.ports.handshaking import Handshakes
from onetime.services.security.certificates.server import Chain
from onetime.services.security.certificates.showing import load_chains

logger = logging.getLogger(__name__)

# A00.FR.319 in OpenSSL's names. Python's own list lacks the two without forward secrecy that old firmware needs.
SUITES = "ECDHE+AESGCM:AES128-GCM-SHA256:AES256-GCM-SHA384"
REQUEST_S = 10.0  # after the handshake until the request's first line

FailureListener = Callable[[str, str], None]


class Files(Protocol):
    """The HTTP server that answers requests for files."""

    def serve(self, transport: asyncio.Transport, received: bytes, on_lost: Callable[[], None]) -> None:
        """Answer a connection from here on; ``received`` is what it has sent so far. ``on_lost`` is told its end."""
        ...


def server_context(chains: list[Chain], authorities: list[Path]) -> ssl.SSLContext:
    """Return the settings of the encrypted port. Raises ``OSError`` (``ssl.SSLError``) when a file does not fit.

    ``authorities`` are the PEM files of those whose client certificates count. A charger of profile 2 shows none, so
    none is demanded here; what a charger must show is decided once it has said its name.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_CIPHER_SERVER_PREFERENCE  # A00.FR.320
    context.set_ciphers(SUITES)
    context.verify_mode = ssl.CERT_OPTIONAL
    load_chains(context, chains)
    for path in authorities:
        context.load_verify_locations(path)
    return context


class EncryptedConnection(ChargerSocket):
    """A charger's connection that speaks TLS first, and reports a handshake that failed.

    ``asyncio`` would do the handshake as well, but drops a failed one without a word. Once the first line of the
    request is there, a request for a file goes to the ``files`` host and all others to the WebSocket.
    """

    def __init__(
        self,
        *args: Any,
        context: ssl.SSLContext,
        handshakes: Handshakes,
        on_failure: FailureListener,
        files: Files,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self._context = context
        self._handshakes = handshakes
        self._on_failure = on_failure
        self._files = files
        self._early: bytearray | None = bytearray()  # what came before it is known who answers; None once it is
        self._encrypted: asyncio.Transport | None = None
        self._asking: asyncio.TimerHandle | None = None
        self._is_lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin the TLS handshake; the WebSocket's follows when it is done."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - what a listening socket accepts
        if not self.enter(transport):
            return
        transport.pause_reading()  # nothing may reach the WebSocket before TLS is in between
        # Not under ``Background``: it is the socket's own, ends within HANDSHAKE_S, and catches whatever fails.
        self._shaking = self.loop.create_task(self._shake_hands(transport))

    def data_received(self, data: bytes | memoryview) -> None:
        """Keep what comes until it is known who answers it."""
        if self._early is None:
            super().data_received(data)
            return
        self._early += data
        self._hand_over()

    def eof_received(self) -> None:
        """Pass the end on, once there is somebody to tell."""
        if self._early is None:
            super().eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """Pass the loss on, once there is somebody to tell."""
        if self._early is None:
            super().connection_lost(exc)
        else:
            self._is_lost = True
            if self._asking is not None:
                self._asking.cancel()  # it would keep the connection for as long
            self.leave()

    async def _shake_hands(self, transport: asyncio.Transport) -> None:
        peer = transport.get_extra_info("peername")
        try:
            async with self._handshakes.turn(transport.abort):
                if self._is_lost:
                    return
                self._encrypted = await self.loop.start_tls(
                    transport, self, self._context, server_side=True, ssl_handshake_timeout=TLS_S
                )
        except (OSError, TimeoutError) as error:
            transport.abort()
            self.leave()
            self._on_failure(str(peer[0]) if peer else "", describe(error))
            return
        except Exception:  # nobody waits for this task, and a caller must not be left with half a handshake
            transport.abort()
            logger.exception("A TLS handshake failed.")
            return
        self._hand_over()
        if self._early is not None and not self._is_lost:  # the WebSocket has its own patience with what never ends
            self._asking = self.loop.call_later(REQUEST_S, self._speak_websocket)

    def _hand_over(self) -> None:
        if self._encrypted is None or self._is_lost or self._early is None:
            return  # TLS is not in between yet, or it was gone before the first byte
        is_file = asks_for_file(self._early)
        if is_file:
            early, self._early = bytes(self._early), None
            self._files.serve(self._encrypted, early, self.leave)
        elif is_file is False:
            self._speak_websocket()

    def _speak_websocket(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
        if self._encrypted is None or self._is_lost or self._early is None:
            return
        early, self._early = bytes(self._early), None
        super().connection_made(self._encrypted)
        if early:
            super().data_received(early)


def peer_certificate(connection: ServerConnection) -> bytes | None:
    """Return the client certificate of a connection (DER), verified against the known authorities."""
    tls: Any = connection.transport.get_extra_info("ssl_object")
    shown: bytes | None = tls.getpeercert(binary_form=True) if tls is not None else None
    return shown


def is_encrypted(connection: ServerConnection) -> bool:
    """Say whether a connection came through the encrypted port."""
    return connection.transport.get_extra_info("ssl_object") is not None


def describe(error: BaseException) -> str:
    """Say what went wrong in a TLS handshake, and what to do at the charger."""
    reason = str(getattr(error, "reason", "") or "")
    for part, sentence in _REASONS.items():
        if part in reason:
            return sentence
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"TLS: its certificate was not accepted ({error.verify_message})."
    if isinstance(error, ssl.SSLError):
        return f"TLS: {reason or error}."
    return "TLS: it hung up during the handshake; does it trust this house? Install ca.pem in the charger."


_UNTRUSTED = "TLS: it does not trust this house's certificate. Install ca.pem in the charger."
_REASONS = {
    "UNKNOWN_CA": _UNTRUSTED,
    "ALERT_BAD_CERTIFICATE": "TLS: it does not accept this house's certificate; is the address it calls in it?",
    "ALERT_CERTIFICATE_UNKNOWN": _UNTRUSTED,
    "ALERT_CERTIFICATE_EXPIRED": "TLS: it takes this house's certificate for expired; its clock may be wrong.",
    "UNSUPPORTED_PROTOCOL": "TLS: it only speaks a version older than 1.2.",
    "NO_SHARED_CIPHER": "TLS: it has none of the cipher suites OCPP asks for.",
    "HTTP_REQUEST": "It came without encryption: this port is for wss://, not ws://.",
    "WRONG_VERSION_NUMBER": "It came without encryption: this port is for wss://, not ws://.",
}
