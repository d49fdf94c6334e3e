"""What a person reads and decides about a charger's security: the one place pages, the API and scripts use."""

import asyncio

from onetime.services.chargers.live import LiveBoard
from onetime.services.security import store
from onetime.services.security.facts import SecurityFacts
from onetime.services.security.passwords.keys import check_strength, stored_form
from onetime.services.security.service import SecurityService
from onetime.services.security.state import ChargerSecurityState, missing_for, state_of
from onetime.settings import Settings
from onetime.texts import Text, _

EVENTS_SHOWN = 20
PROFILES = range(4)


class ProfileNotReadyError(Exception):
    """The charger lacks what a profile needs and would be locked out. ``missing`` says what, in sentences."""

    def __init__(self, profile: int, missing: list[Text]) -> None:
        super().__init__(" ".join(missing))
        self.profile = profile
        self.missing = missing


class SecurityDesk:
    """Shows and changes chargers' security for people."""

    def __init__(self, security: SecurityService, live: LiveBoard, settings: Settings) -> None:
        self._security = security
        self._live = live
        self.has_tls = settings.ocpp_tls_port is not None
        self.trusts_others = settings.tls_client_ca is not None

    async def state(self, charger_id: int) -> ChargerSecurityState:
        """Return everything about a charger's security, with its latest events. Raises ``KeyError``."""
        charger = self._live.charger(charger_id)
        return state_of(
            charger,
            self._security.facts(charger.id),
            self._security.connection(charger.id),
            await self._security.log.latest(charger.id, EVENTS_SHOWN),
            has_tls=self.has_tls,
            trusts_others=self.trusts_others,
        )

    async def configure(
        self, charger_id: int, actor: str, *, profile: int | None = None, password: str | None = None
    ) -> ChargerSecurityState:
        """Set by hand what has been set at the charger too: its password, the profile it must use, or both.

        A profile may be lowered here, for a charger that was reset to its factory settings; a charger is never told
        to. What is not given stays. A connection below the new profile is closed. Raises ``WeakKeyError``,
        ``ProfileNotReadyError`` or ``ValueError``.
        """
        charger = self._live.charger(charger_id)
        if password is not None:
            check_strength(password)
        if profile is not None:
            self._check(profile, self._security.facts(charger.id), has_password=password is not None)
        if password is not None:
            stored = await asyncio.to_thread(stored_form, password)
            await self._security.change(lambda s: store.enter_password(s, charger.id, stored, actor))
        if profile is not None:
            await self._security.change(lambda s: store.set_profile(s, charger.id, profile, actor))
        return await self.state(charger_id)

    def missing(self, charger_id: int, profile: int) -> list[Text]:
        """Return what a charger lacks for a profile, in sentences."""
        facts = self._security.facts(charger_id)
        return missing_for(profile, facts, has_tls=self.has_tls, trusts_others=self.trusts_others)

    def _check(self, profile: int, facts: SecurityFacts, *, has_password: bool) -> None:
        if profile not in PROFILES:
            raise ValueError(_("A security profile is a number from 0 to 3."))
        missing = missing_for(
            profile, facts, has_tls=self.has_tls, trusts_others=self.trusts_others, has_password=has_password
        )
        if missing:
            raise ProfileNotReadyError(profile, missing)
