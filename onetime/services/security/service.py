"""Chargers' security while the house runs: who is let in, with what, and what that changes."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from sqlmodel import Session, col, select

from onetime.background import pass_finished
from onetime.events import ChargerLoggedIn, ChargerSecurityChanged, EventBus
from onetime.models import PasswordState, Site
from onetime.services.chargers.live import LiveBoard
from onetime.services.security import store
from onetime.services.security.admission import Admission, Caller, LoginRefusedError, WrongPasswordError, admit
from onetime.services.security.events import SecurityLog
from onetime.services.security.facts import USABLE, SecurityFacts, changed_since, load_facts
from onetime.services.security.passwords.keys import KeyCheck
from onetime.services.security.passwords.limiter import LoginLimiter
from onetime.services.unreadable import UnreadableRows, naming
from onetime.store.database import Database
from onetime.store.group_commit import DatabaseClosedError, DatabaseError
from onetime.store.unreadable import UnreadableRow, left_out
from onetime.texts import Text, _

logger = logging.getLogger(__name__)

FACTS = "chargers' security"
HOUSE = "the house's name"
REFRESH_S = 2.0  # how soon a change by the command line, another process, is noticed
UNNAMED_HOUSE = "Onetime"


class TooManyAttemptsError(LoginRefusedError):
    """Too many wrong passwords; ``wait_s`` seconds until the next attempt is looked at."""

    def __init__(self, sentence: Text, wait_s: float) -> None:
        super().__init__(sentence, "LoginsLimited")
        self.wait_s = wait_s


class SecurityService:
    """Decides about logins and keeps what is known of each charger's security."""

    def __init__(
        self, database: Database, bus: EventBus, live: LiveBoard, log: SecurityLog, unreadable: UnreadableRows
    ) -> None:
        self._database = database
        self._unreadable = unreadable
        self._bus = bus
        self._live = live
        self._facts: dict[int, SecurityFacts] = {}
        self._connected: dict[int, Admission] = {}
        self._keys = KeyCheck()
        self._limiter = LoginLimiter()
        self._forms: dict[int, str] = {}
        self.in_flight: set[str] = set()
        self.log = log
        self.house = UNNAMED_HOUSE

    def restore(self, session: Session) -> None:
        """Recall what is stored."""
        with self._unreadable.look(FACTS, session) as tell:
            self._facts = {facts.charger_id: facts for facts in load_facts(session, tell=tell)}
        with self._unreadable.look(HOUSE) as tell, left_out(tell, "site", 1):
            self.house = _house_name(session)

    def facts(self, charger_id: int) -> SecurityFacts:
        """Return what is known of a charger's security."""
        return self._facts.get(charger_id) or SecurityFacts(charger_id)

    def connection(self, charger_id: int) -> Admission | None:
        """Return how a charger that is connected now came in."""
        return self._connected.get(charger_id)

    def is_still_welcome(self, charger_id: int, admission: Admission) -> bool:
        """Say whether a connection is still what the charger's profile asks for."""
        facts = self.facts(charger_id)
        if admission.profile < facts.profile:
            return False
        used = next((each for each in facts.certificates if each.id == admission.certificate_id), None)
        return used is None or used.state in USABLE

    async def admit(self, caller: Caller) -> Admission:
        """Decide about a caller. One never seen before has nothing to prove; whether it may connect, enrolment says.

        Raises ``LoginRefusedError``; the refusal has been written down then.
        """
        charger = self._live.find(caller.identity)
        if charger is None:
            return Admission(0, caller.address, caller.is_encrypted)
        key = caller.identity.casefold()
        try:
            if caller.authorization is not None and (wait_s := self._limiter.wait(key, caller.address)) > 0:
                msg = _("Too many wrong passwords; the next attempt counts in {seconds} s.", seconds=round(wait_s) or 1)
                raise TooManyAttemptsError(msg, wait_s)
            admission = await admit(caller, charger, self.facts(charger.id), self.house, self._keys)
        except LoginRefusedError as error:
            if isinstance(error, WrongPasswordError):
                self._limiter.failed(key, caller.address)
            await self.log.noticed(charger.id, error.kind, f"{error} ({caller.address})", caller.address)
            raise
        if admission.password_id is not None:
            self._limiter.succeeded(key, caller.address)
        return admission

    async def came_in(self, charger_id: int, admission: Admission) -> None:
        """Note a connection and what it proves: the password and the certificate in use, the profile reached."""
        self._connected[charger_id] = admission
        self._remember_form(charger_id, admission)
        if work := self._consequences(charger_id, admission):
            await self.change(work)
        self._bus.publish(ChargerLoggedIn(charger_id, admission.profile))

    def left(self, charger_id: int, admission: Admission) -> None:
        """Note that a connection has ended."""
        if self._connected.get(charger_id) is admission:
            del self._connected[charger_id]

    def forget(self, charger_id: int) -> None:
        """Drop what is known of a charger that is deleted."""
        for known in (self._facts, self._connected, self._forms):
            known.pop(charger_id, None)

    async def change(self, work: Callable[[Session], SecurityFacts]) -> SecurityFacts:
        """Write a change of one charger's security and tell who listens, after the commit."""
        facts = await self._database.write(work)
        self._put(facts)
        return facts

    async def keep_fresh(self) -> None:
        """Notice what the command line changes, for as long as the house runs."""
        while True:
            await asyncio.sleep(REFRESH_S)
            known = {charger_id: facts.revision for charger_id, facts in self._facts.items()}
            try:
                await self._write_forms()
                changed, self.house = await self._database.read(partial(self._look, known))
            except DatabaseClosedError:
                return
            except DatabaseError as error:
                logger.debug("Changes by the command line were not looked for: %s", error)
                continue
            for facts in changed:
                self._put(facts)
            pass_finished()

    def _look(self, known: dict[int, int], session: Session) -> tuple[list[SecurityFacts], str]:
        rows: list[UnreadableRow] = []
        changed = changed_since(session, known, naming(session, rows.append))
        self._unreadable.found_anew(FACTS, rows, [each.charger_id for each in changed])
        return changed, _house_name(session)

    def close(self) -> None:
        """Let the threads go."""
        self._keys.close()

    def _remember_form(self, charger_id: int, admission: Admission) -> None:
        """Keep the form a charger sends its password in; it is written later, with those of all the others."""
        facts = self.facts(charger_id)
        if admission.password_form is not None and facts.password_form != admission.password_form:
            self._forms[charger_id] = admission.password_form.value
            self._facts[charger_id] = replace(facts, password_form=admission.password_form.value)

    async def _write_forms(self) -> None:
        forms, self._forms = self._forms, {}
        if forms:
            await self._database.write(lambda s: store.set_password_forms(s, forms))

    def _put(self, facts: SecurityFacts) -> None:
        known = self._facts.get(facts.charger_id)
        if known is not None and known.revision >= facts.revision:
            return  # a read that was overtaken by a write
        form = self._forms.get(facts.charger_id, facts.password_form)
        self._facts[facts.charger_id] = replace(facts, password_form=form)
        self._bus.publish(ChargerSecurityChanged(facts.charger_id))

    def _consequences(self, charger_id: int, admission: Admission) -> Callable[[Session], SecurityFacts] | None:
        """Return what a login changes; usually nothing, so that 200 of them cost no write."""
        facts = self.facts(charger_id)
        steps: list[Callable[[Session], SecurityFacts]] = []
        if admission.password_id is not None and _is_news(admission, facts):
            password_id, in_flight = admission.password_id, set(self.in_flight)
            steps.append(lambda s: store.use_password(s, charger_id, password_id, in_flight))
        if admission.certificate_id is not None and _is_newly_used(admission.certificate_id, facts):
            certificate_id = admission.certificate_id
            steps.append(lambda s: store.use_certificate(s, charger_id, certificate_id))
        if facts.raising_to is not None and admission.profile >= facts.raising_to:
            steps.append(lambda s: store.finish_raising(s, charger_id, admission.profile))
        if not steps:
            return None
        return lambda s: [step(s) for step in steps][-1]


def _is_news(admission: Admission, facts: SecurityFacts) -> bool:
    """Say whether a login by password settles which of several passwords the charger has."""
    used = next((each for each in facts.passwords if each.id == admission.password_id), None)
    if used is None:
        return False
    others = [each for each in facts.passwords if each.id != used.id]
    return used.state is not PasswordState.CURRENT or any(each.state is not PasswordState.CONFIRMED for each in others)


def _is_newly_used(certificate_id: int, facts: SecurityFacts) -> bool:
    newest = max((each.id for each in facts.certificates if each.state.value == "in use"), default=0)
    older = [each for each in facts.certificates if each.id < certificate_id and each.state in USABLE]
    return newest != certificate_id or bool(older)


def _house_name(session: Session) -> str:
    return session.exec(select(Site.name).where(col(Site.id) == 1)).first() or UNNAMED_HOUSE
