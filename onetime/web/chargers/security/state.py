"""The state of a charger's security: its profile, password and certificates, and what was noticed."""

from typing import Any

import reflex as rx

from onetime.services.chargers.live import LiveCharger
from onetime.services.people.permissions import Permission
from onetime.services.runtime import current
from onetime.services.security.configuring import ProfileNotReadyError
from onetime.services.security.passwords.keys import new_key, weakness
from onetime.texts import _
from onetime.web.chargers.frame.head import arrive, begin, shown_charger, to_panel
from onetime.web.chargers.security.view import (
    CertificateLine,
    EventLine,
    ProfileLine,
    RootLine,
    SecurityFactsSeen,
    certificate_line,
    event_line,
    facts_of,
    installed_roots,
    profile_lines,
)
from onetime.web.frame.access import loads, needs, tell, visitor
from onetime.web.frame.parts.dialog import closes, opens

TOPIC = "security"
LOOKED_THROUGH = 100  # operations; as many as are kept
PASSWORD, RENEW, INSTALL, BY_HAND = "change-password", "renew-certificate", "install-certificate", "by-hand"


class ChargerSecurityPage(rx.State):
    """What secures the charger."""

    loaded: bool = False
    facts: SecurityFactsSeen = SecurityFactsSeen()
    profiles: list[ProfileLine] = []
    certificates: list[CertificateLine] = []
    roots: list[RootLine] = []
    events: list[EventLine] = []
    shown_once: str = ""

    @loads(Permission.SECURE_CHARGER)
    async def open(self) -> None:
        """Show the charger's security."""
        charger = await arrive(self, TOPIC)
        self.shown_once = ""
        if charger is not None:
            await self._read(charger)
        self.loaded = True

    @needs(Permission.SECURE_CHARGER)
    async def refresh(self) -> None:
        """Show what has changed. The charger's notices ask for it."""
        await self._read(await shown_charger(self))

    @needs(Permission.SECURE_CHARGER)
    async def change_password(self) -> list[Any]:
        """Give the charger a new password that nobody sees."""
        await begin(self, "change_password")
        return [closes(PASSWORD), to_panel()]

    @needs(Permission.SECURE_CHARGER)
    async def propose(self) -> Any:
        """Offer a password for typing it into the charger by hand."""
        self.shown_once = new_key()
        return opens(BY_HAND)

    @needs(Permission.SECURE_CHARGER)
    async def enter(self, form: dict[str, str]) -> list[Any]:
        """Take a password that has been typed into the charger too. It is never shown again."""
        charger = await shown_charger(self)
        password = form.get("password", "")
        await current().security.desk.configure(charger.id, visitor().actor, password=password)
        self.shown_once = ""
        await self._read(charger)
        warning = weakness(password)
        said = tell(_("The charger may log in with this password from now on."), good=True)
        return [closes(BY_HAND), said, *([tell(warning)] if warning else [])]

    @needs(Permission.SECURE_CHARGER)
    async def raise_profile(self, profile: int) -> list[Any]:
        """Raise the charger to a higher profile, and follow it until it is back."""
        await begin(self, "raise_security_profile", profile=profile)
        return [closes(f"raise-{profile}"), to_panel()]

    @needs(Permission.SECURE_CHARGER)
    async def require_profile(self, profile: int) -> list[Any]:
        """Require another profile from now on, for a charger that was set by hand."""
        charger = await shown_charger(self)
        try:
            await current().security.desk.configure(charger.id, visitor().actor, profile=profile)
        except ProfileNotReadyError as error:
            raise ValueError(error.missing[0]) from error
        await self._read(charger)
        return [closes(f"require-{profile}"), tell(_("Saved."), good=True)]

    @needs(Permission.SECURE_CHARGER)
    async def renew(self) -> list[Any]:
        """Give the charger a new certificate."""
        await begin(self, "renew_certificate")
        return [closes(RENEW), to_panel()]

    @needs(Permission.SECURE_CHARGER)
    async def revoke(self, serial: str) -> Any:
        """Refuse a certificate from now on."""
        charger = await shown_charger(self)
        await current().security.certificates.revoke(charger.id, serial, visitor().actor)
        await self._read(charger)
        return [closes(f"revoke-{serial}"), tell(_("The certificate is refused from now on."), good=True)]

    @needs(Permission.SECURE_CHARGER)
    async def install(self, form: dict[str, str]) -> list[Any]:
        """Install a root certificate: this house's own, or one that was pasted."""
        pasted = form.get("certificate", "").strip()
        given = {"certificate": pasted} if pasted else {}
        await begin(self, "install_certificate", use=form.get("use", "central_system"), **given)
        return [closes(INSTALL), to_panel()]

    @needs(Permission.SECURE_CHARGER)
    async def list_roots(self) -> Any:
        """Ask the charger which root certificates it has."""
        await begin(self, "list_certificates")
        return to_panel()

    @needs(Permission.SECURE_CHARGER)
    async def delete_root(self, serial: str, name_hash: str) -> list[Any]:
        """Delete one of the root certificates the charger told of."""
        root = next((each for each in self.roots if (each.serial, each.name_hash) == (serial, name_hash)), None)
        if root is None:
            raise ValueError(_("This certificate is not in the list any more."))
        await begin(
            self,
            "delete_certificate",
            hash_algorithm=root.algorithm,
            issuer_name_hash=root.name_hash,
            issuer_key_hash=root.key_hash,
            serial_number=root.serial,
        )
        return [closes(f"delete-{serial}"), to_panel()]

    @needs(Permission.SECURE_CHARGER)
    async def put_away(self, event_id: int) -> None:
        """Note that somebody has looked at an alert."""
        charger = await shown_charger(self)
        if any(event.id == event_id for event in self.events):
            await current().security.logins.log.put_away(event_id, visitor().actor)
        await self._read(charger)

    async def _read(self, charger: LiveCharger) -> None:
        clockwork = visitor().clockwork
        state = await current().security.desk.state(charger.id)
        records = await current().operations.recent(charger.id, LOOKED_THROUGH)
        self.facts = facts_of(state, clockwork)
        self.profiles = profile_lines(state, clockwork.language)
        self.certificates = [certificate_line(each, clockwork) for each in reversed(state.certificates)]
        self.roots = installed_roots(records, clockwork.language)
        self.events = [event_line(entry, clockwork) for entry in state.events]
