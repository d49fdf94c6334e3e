"""Which chargers this house lets in: decided before they call, or after."""

from sqlmodel import Session, col, select

from onetime.clock import utc_now
from onetime.models import Charger, Registration
from onetime.services.chargers.life import accept_charger, returned
from onetime.services.chargers.live import LiveBoard, LiveCharger
from onetime.services.commissioning.window import CommissioningService
from onetime.services.people.audit import record
from onetime.services.unreadable import UnreadableRows, charger_called, naming
from onetime.store.database import Database
from onetime.store.unreadable import Tell, readable
from onetime.texts import _

IDENTITY_LIMIT = 48  # characters; OCPP 1.6 names none, this is the limit of OCPP 2.0.1


class IdentityError(Exception):
    """No charger can have this name; the text says why."""


class EnrolmentService:
    """Lets chargers in and keeps them out, known ones and such that have not called yet."""

    def __init__(
        self, database: Database, live: LiveBoard, commissioning: CommissioningService, unreadable: UnreadableRows
    ) -> None:
        self._database = database
        self._live = live
        self._commissioning = commissioning
        self._unreadable = unreadable

    async def expects(self, identity: str) -> bool:
        """Say whether a caller of this name may connect: known ones always, others while commissioning is open.

        Only a name the live board lacks is looked up in the database: the command line, another process, may have
        added it. Names are compared without regard to case.
        """
        return self._live.find(identity) is not None or await self._recall(identity) or self._commissioning.is_open

    async def decide(self, identity: str, actor: str, *, admit: bool) -> LiveCharger:
        """Let a charger in or reject it, adding one that has never called. Raises ``IdentityError``."""
        row = await self._database.write(lambda s: decide(s, identity, actor, admit=admit))
        charger = self._live.find(row.identity)
        if charger is None:
            charger = returned(self._live, row)
            self._live.put_charger(charger)
        charger.registration = row.registration
        self._live.charger_changed(charger.id)
        return charger

    async def notice_added(self) -> None:
        """Put the chargers on the live board that another process, the command line, has added meanwhile."""
        newest = self._live.newest_id()
        with self._unreadable.look("chargers that were added") as tell:
            added = await self._database.read(lambda s: _added_after(s, newest, naming(s, tell)))
        for row in added:
            if self._live.find(row.identity) is None:  # it may have called while it was read
                self._live.put_charger(returned(self._live, row))

    async def _recall(self, identity: str) -> bool:
        """Put a charger that another process has added on the live board; say whether there is one."""
        stored = await self._database.read(lambda s: _find(s, identity))
        if stored is None or stored.retired_at is not None:
            return False
        if self._live.find(identity) is None:
            self._live.put_charger(returned(self._live, stored))
        return True


def decide(session: Session, identity: str, actor: str, *, admit: bool) -> Charger:
    """Let a charger in or reject it inside a transaction, adding one that has never called.

    Raises ``IdentityError`` for a name no charger can have: it ends the address the charger calls (OCPP-J 1.6,
    section 3.1.1), and a colon would end the user name of HTTP's Basic authentication (RFC 7617).
    """
    name = identity.strip()
    charger = _find(session, name)
    if charger is None:
        _check(name)
        charger = Charger(identity=name, identity_key=name.casefold(), offline_since=utc_now())
        session.add(charger)
        session.flush()
    elif charger.retired_at is not None:
        charger.retired_at, charger.offline_since = None, utc_now()
        session.add(charger)
    if admit:
        accept_charger(session, name, actor)
    elif charger.registration is not Registration.REJECTED:
        charger.registration = Registration.REJECTED
        session.add(charger)
        record(session, actor, "charger.reject", charger.identity)
    return charger


def _find(session: Session, identity: str) -> Charger | None:
    return charger_called(session, identity)


def _added_after(session: Session, newest: int, tell: Tell) -> list[Charger]:
    return readable(session, select(Charger).where(col(Charger.id) > newest), col(Charger.id), tell)


def _check(name: str) -> None:
    if not 0 < len(name) <= IDENTITY_LIMIT:
        msg = _(
            "A charger's name has 1 to {limit} characters; this one has {count}.", limit=IDENTITY_LIMIT, count=len(name)
        )
        raise IdentityError(msg)
    if not name.isprintable() or set(name) & set("/:?#"):
        raise IdentityError(_("A charger's name cannot contain “/”, “:”, “?” or “#”."))
