"""Chargers' certificates: signed when a charger asks, handed over, renewed in time, and refused when revoked."""

import asyncio
import contextlib
import logging
import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from onetime.background import Background, pass_finished
from onetime.clock import is_plausible, utc_now
from onetime.models import CertificateState, ChargerCertificate
from onetime.services.chargers.commands import ChargerOfflineError, CommandError
from onetime.services.chargers.live import LiveBoard, LiveCharger
from onetime.services.ocpp_actions.base import Payload
from onetime.services.ocpp_actions.security import CertificateSigned
from onetime.services.ocpp_actions.trigger import ExtendedMessageTrigger, ExtendedTriggerMessage
from onetime.services.security import store
from onetime.services.security.certificates.authority import CertificateAuthority
from onetime.services.security.certificates.check import serial_text
from onetime.services.security.certificates.requests import CheckedRequest, RequestRefusedError, check_request
from onetime.services.security.errors import AuthorityError
from onetime.services.security.guard import SecurityGuard
from onetime.services.security.service import SecurityService
from onetime.store.group_commit import DatabaseError
from onetime.texts import _

logger = logging.getLogger(__name__)

LIFE = timedelta(days=730)
RENEW_BEFORE = timedelta(days=60)  # chargers that are switched off over the summer holidays still get a new one
RENEWAL_CHECK_S = 3_600.0
ASKED_AGAIN_S = 86_400.0  # a charger that did not send a request may be busy, or unable to
ANSWER_FIRST_S = 0.5  # the charger gets the answer to its request before the next call
REQUESTS_PER_HOUR = 5
GIVEN_AGAIN = 2  # how often a certificate is sent again to a charger that lost its connection over it
BACK_WITHIN_S = 300.0
LOOK_EVERY_S = 0.5
THE_HOUSE = "Onetime"

Send = Callable[[int, Payload, str], Awaitable[dict[str, Any]]]


class UnknownCertificateError(Exception):
    """The charger has no certificate with this serial number."""


class CertificateService:
    """Signs what chargers request and keeps the record of it."""

    def __init__(
        self,
        authority: CertificateAuthority,
        security: SecurityService,
        guard: SecurityGuard,
        live: LiveBoard,
        send: Send,
        background: Background,
    ) -> None:
        self._authority = authority
        self._security = security
        self._guard = guard
        self._live = live
        self._send = send
        self._background = background
        self._signing: set[int] = set()
        self._asked_at: dict[int, float] = {}
        self._requests: OrderedDict[int, deque[float]] = OrderedDict()

    async def requested(self, charger_id: int, csr: str) -> bool:
        """Say whether a charger's request will be signed (SignCertificate); the certificate follows on its own.

        A stranger in the network can pose as a charger that needs no password. From such a connection a request is
        only taken after somebody here has asked for it.
        """
        charger = self._live.charger(charger_id)
        connection = self._security.connection(charger_id)
        try:
            if (connection is None or connection.profile == 0) and not self._guard.was_asked_to_sign(charger_id):
                raise RequestRefusedError(_("Nobody asked for it, and the charger has not logged in with a password."))  # noqa: TRY301
            self._count(charger_id)
            checked = await asyncio.to_thread(check_request, csr, charger)
            if not is_plausible(utc_now()):
                raise RequestRefusedError(_("This system's time is not right yet."))  # noqa: TRY301
        except RequestRefusedError as error:
            await self._security.log.noticed(charger_id, "CertificateRequestRefused", str(error), str(error))
            return False
        self._signing.add(charger.id)
        self._background.once(f"certificate for {charger.identity}", self._issue(charger, checked))
        return True

    async def revoke(self, charger_id: int, serial: str, actor: str) -> None:
        """Refuse a certificate from now on. Raises ``UnknownCertificateError``."""
        if self._security.facts(charger_id).certificate(serial) is None:
            raise UnknownCertificateError(_("This charger has no certificate {serial}.", serial=serial))
        state = CertificateState.REVOKED
        await self._security.change(lambda s: store.set_certificate_state(s, charger_id, serial, state, actor))

    async def keep_renewed(self) -> None:
        """Ask chargers for a new request before their certificates expire, for as long as the house runs."""
        while True:
            for charger in list(self._live.chargers()):
                try:
                    await self._renew(charger)
                except Exception:
                    logger.exception("Whether %s needs a new certificate could not be told.", charger.identity)
            pass_finished()
            await asyncio.sleep(RENEWAL_CHECK_S)

    async def _renew(self, charger: LiveCharger) -> None:
        before, now = self._asked_at.get(charger.id), time.monotonic()
        if self._needs_renewal(charger) and (before is None or now - before >= ASKED_AGAIN_S):
            self._asked_at[charger.id] = now
            await self._ask_for_request(charger)

    def _needs_renewal(self, charger: LiveCharger) -> bool:
        certificate = self._security.facts(charger.id).valid_certificate
        if charger.id in self._signing:
            return False  # the next one is on its way
        return charger.online and certificate is not None and certificate.expires_at - utc_now() < RENEW_BEFORE

    async def _ask_for_request(self, charger: LiveCharger) -> None:
        trigger = ExtendedTriggerMessage(requested_message=ExtendedMessageTrigger.SIGN_CHARGE_POINT_CERTIFICATE)
        with contextlib.suppress(CommandError):
            await self._send(charger.id, trigger, THE_HOUSE)

    async def _issue(self, charger: LiveCharger, request: CheckedRequest) -> None:
        expires_at = utc_now() + LIFE
        house = self._security.house
        try:
            certificate = await asyncio.to_thread(
                self._authority.sign_charger, request.key, request.common_name, house, expires_at
            )
            pem, serial = certificate.public_bytes(Encoding.PEM).decode(), serial_text(certificate.serial_number)
            row = _row(charger.id, certificate, pem, serial, request.common_name)
            await self._security.change(lambda s: store.add_certificate(s, ChargerCertificate(**row)))
            await asyncio.sleep(ANSWER_FIRST_S)
            await self._hand_over(charger, pem, serial)
        except (AuthorityError, DatabaseError, OSError) as error:
            logger.warning("%s did not get its certificate: %s", charger.identity, error)
        finally:
            self._signing.discard(charger.id)

    async def _hand_over(self, charger: LiveCharger, pem: str, serial: str) -> None:
        """Give the charger its certificate; with the root where it does not take it alone (some want the chain)."""
        root = await asyncio.to_thread(self._authority.root_pem)
        status: str | None = None
        for chain in (pem, f"{pem.strip()}\n{root}"):
            try:
                status = await self._give(charger, CertificateSigned(certificate_chain=chain))
            except CommandError as error:
                logger.warning("%s may not have got its certificate: %s", charger.identity, error)
                if status is None:
                    return
            if status == "Accepted":
                break
        is_accepted = status == "Accepted"
        if not is_accepted:
            detail = _("The charger rejected the certificate {serial}.", serial=serial)
            await self._security.log.noticed(charger.id, "CertificateRejected", detail, serial)
        state = CertificateState.ACCEPTED if is_accepted else CertificateState.REJECTED
        await self._security.change(lambda s: store.set_certificate_state(s, charger.id, serial, state))

    async def _give(self, charger: LiveCharger, request: CertificateSigned) -> str:
        """Send a certificate, and once more over the next connection where this one ends. Raises ``CommandError``."""
        for _again in range(GIVEN_AGAIN):
            try:
                return str((await self._send(charger.id, request, THE_HOUSE)).get("status", ""))
            except ChargerOfflineError as error:
                logger.info("%s gets its certificate once it is back: %s", charger.identity, error)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(BACK_WITHIN_S):
                    while not charger.online:  # noqa: ASYNC110 - it may take minutes
                        await asyncio.sleep(LOOK_EVERY_S)
        return str((await self._send(charger.id, request, THE_HOUSE)).get("status", ""))

    def _count(self, charger_id: int) -> None:
        """Hold off a charger that asks all the time. Raises ``RequestRefusedError``."""
        now = time.monotonic()
        times = self._requests.setdefault(charger_id, deque(maxlen=REQUESTS_PER_HOUR))
        if len(times) == REQUESTS_PER_HOUR and now - times[0] < 3600:
            raise RequestRefusedError(_("The charger has asked for too many certificates within an hour."))
        times.append(now)


def _row(charger_id: int, certificate: x509.Certificate, pem: str, serial: str, common_name: str) -> dict[str, Any]:
    return {
        "charger_id": charger_id,
        "serial": serial,
        "common_name": common_name,
        "pem": pem,
        "expires_at": certificate.not_valid_after_utc,
    }
