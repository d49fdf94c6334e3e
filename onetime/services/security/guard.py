"""What sending a command means for a charger's security, whoever asks for it: a page, a script or an operation.

A raw ``ChangeConfiguration`` of ``AuthorizationKey`` or ``SecurityProfile`` is therefore as safe as the operation.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from onetime.services.chargers.commands import (
    ChargerOfflineError,
    CommandFailedError,
    CommandQueueFullError,
    CommandRefusedError,
    ConnectionLostError,
    Outcome,
)
from onetime.services.chargers.live import LiveCharger
from onetime.services.ocpp_actions.base import Payload
from onetime.services.ocpp_actions.configuration import ChangeConfiguration
from onetime.services.ocpp_actions.trigger import ExtendedMessageTrigger, ExtendedTriggerMessage
from onetime.services.security import store
from onetime.services.security.passwords.keys import stored_form
from onetime.services.security.service import SecurityService
from onetime.texts import _

HIGHEST_PROFILE = 3
SIGNING_ASKED_S = 900.0  # how long after a person asked for it a charger may send its request for a certificate
SUCCESS = ("Accepted", "RebootRequired")
REFUSALS = ("Rejected", "NotSupported")


class SecurityGuard:
    """Looks at each command before it is sent, and at what became of it."""

    def __init__(self, security: SecurityService, *, has_tls: bool) -> None:
        self._security = security
        self._has_tls = has_tls
        self._signing_asked: dict[int, float] = {}

    @asynccontextmanager
    async def watch(self, charger: LiveCharger, request: Payload, asked_by: str) -> AsyncIterator[Outcome]:
        """Surround the sending of a command; the outcome is filled in within. Raises ``CommandRefusedError``."""
        outcome = Outcome()
        is_connected = self._security.connection(charger.id) is not None
        key = request.key.strip().casefold() if isinstance(request, ChangeConfiguration) else ""
        if not is_connected or not isinstance(request, ChangeConfiguration):
            self._note_signing(charger, request)
            yield outcome
        elif key == "authorizationkey":
            async with self._changing_password(charger, request.value, asked_by, outcome):
                yield outcome
        elif key == "securityprofile":
            async with self._changing_profile(charger, request.value, outcome):
                yield outcome
        else:
            yield outcome

    def was_asked_to_sign(self, charger_id: int) -> bool:
        """Say whether somebody here has asked the charger lately to request a certificate."""
        return time.monotonic() - self._signing_asked.get(charger_id, -SIGNING_ASKED_S) < SIGNING_ASKED_S

    @asynccontextmanager
    async def _changing_password(
        self, charger: LiveCharger, key: str, asked_by: str, outcome: Outcome
    ) -> AsyncIterator[None]:
        """Let the charger in with the old and the new password until it is sure which it uses."""
        stored = await asyncio.to_thread(stored_form, key)
        self._security.in_flight.add(stored)
        try:
            await self._security.change(lambda s: store.offer_password(s, charger.id, stored, asked_by))
            yield
        except (CommandFailedError, CommandQueueFullError, ChargerOfflineError) as error:
            if not isinstance(error, ConnectionLostError):
                await self._settle(charger, stored, asked_by, accepted=False)
            raise
        else:
            if outcome.status in SUCCESS + REFUSALS:
                await self._settle(charger, stored, asked_by, accepted=outcome.status in SUCCESS)
        finally:
            self._security.in_flight.discard(stored)

    async def _settle(self, charger: LiveCharger, stored: str, asked_by: str, *, accepted: bool) -> None:
        await self._security.change(lambda s: store.settle_password(s, charger.id, stored, asked_by, accepted=accepted))

    @asynccontextmanager
    async def _changing_profile(self, charger: LiveCharger, value: str, outcome: Outcome) -> AsyncIterator[None]:
        """Refuse a downgrade (security whitepaper, A00.FR.005), and what the charger could not come back from."""
        profile = await self._checked(charger, value)
        try:
            yield
        except (CommandFailedError, CommandQueueFullError, ChargerOfflineError) as error:
            if isinstance(error, ConnectionLostError):
                await self._begin_raising(charger, profile)  # it may have taken it before it hung up
            raise
        except BaseException:
            await self._begin_raising(charger, profile)  # the answer is lost; it may have been yes
            raise
        if outcome.status in SUCCESS:
            await self._begin_raising(charger, profile)

    async def _checked(self, charger: LiveCharger, value: str) -> int:
        wanted = int(value) if value.strip().isdecimal() else -1
        if not 0 <= wanted <= HIGHEST_PROFILE:
            raise CommandRefusedError(_("A security profile is a number from 0 to 3."))
        connection = self._security.connection(charger.id)
        now = max(self._security.facts(charger.id).profile, connection.profile if connection else 0)
        if wanted < now:
            msg = _(
                "{identity} uses security profile {now}; a lower one is never sent to a charger.",
                identity=charger.identity,
                now=now,
            )
            await self._security.log.noticed(charger.id, "DowngradeRefused", msg)
            raise CommandRefusedError(msg)
        if wanted >= 2 and not self._has_tls:
            raise CommandRefusedError(
                _("The encrypted port is closed, so the charger could not come back. Set ONETIME_OCPP_TLS_PORT first.")
            )
        return wanted

    def _note_signing(self, charger: LiveCharger, request: Payload) -> None:
        wanted = ExtendedMessageTrigger.SIGN_CHARGE_POINT_CERTIFICATE
        if isinstance(request, ExtendedTriggerMessage) and request.requested_message is wanted:
            self._signing_asked[charger.id] = time.monotonic()

    async def _begin_raising(self, charger: LiveCharger, profile: int) -> None:
        await self._security.change(lambda s: store.begin_raising(s, charger.id, profile))
        now = self._security.connection(charger.id)
        if now is not None and now.profile >= profile:  # it was back before this was written down
            used = now.profile
            await self._security.change(lambda s: store.finish_raising(s, charger.id, used))
