"""What concerns security, written down and shown: what chargers report, and what this house notices of its callers."""

import logging
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, delete, select

from onetime.clock import utc_now
from onetime.events import EventBus, SecurityNoted
from onetime.models import SecurityEvent
from onetime.services.people.audit import record
from onetime.store.database import Database
from onetime.store.group_commit import DatabaseError
from onetime.store.unreadable import readable_page, readable_rows, row_if_readable

logger = logging.getLogger(__name__)

KEPT_PER_CHARGER = 500  # a charger that reports nonsense must not fill the disk
DETAIL_LIMIT = 255  # characters; TechInfo of the whitepaper
SAME_AGAIN_S = 600.0  # the same thing noticed of the same caller is written down once in ten minutes
NOTICED_LIMIT = 1_000
COMPARED = 20  # alerts of one kind that wait, the newest; more different ones of it nobody sorts out
_DIGITS = re.compile(r"\d+")

# What somebody should look at. The names without a comment are the whitepaper's (appendix 1).
ALERTS = frozenset(
    {
        "AttemptedReplayAttacks",
        "CentralSystemFailedToAuthenticate",
        "FailedToAuthenticateAtCentralSystem",
        "InvalidCentralSystemCertificate",
        "InvalidChargePointCertificate",
        "InvalidFirmwareSignature",
        "InvalidFirmwareSigningCertificate",
        "InvalidTLSCipherSuite",
        "InvalidTLSVersion",
        "SecurityLogWasCleared",
        "TamperDetectionActivated",
        "CertificateRejected",  # the rest is noticed here
        "CertificateRequestRefused",
        "InvalidClientCertificate",
        "InvalidPassword",
        "LoginsLimited",
        "MissingPassword",
        "ProfileTooLow",
    }
)


@dataclass(frozen=True, slots=True)
class SecurityEntry:
    """One event. ``at`` is the time of whoever says so; ``is_reported``: the charger said it.

    An alert that comes again before somebody put it away is one, which came ``count`` times, and ``last_at`` last.
    """

    id: int
    charger_id: int | None
    kind: str
    at: datetime
    received_at: datetime
    is_reported: bool
    is_alert: bool
    detail: str | None
    seen_by: str | None
    count: int = 1
    last_at: datetime | None = None


class SecurityLog:
    """Writes security events and reads them again."""

    def __init__(self, database: Database, bus: EventBus, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._bus = bus
        self._clock = clock
        self._noticed: OrderedDict[tuple[int | None, str, str], float] = OrderedDict()

    async def reported(self, charger_id: int, kind: str, at: datetime, detail: str | None) -> None:
        """Keep what a charger says (security whitepaper, use case A04). Returns after the commit."""
        await self._write(charger_id, kind, at, detail, is_reported=True)

    async def noticed(self, charger_id: int | None, kind: str, detail: str, source: str = "") -> None:
        """Keep what this house noticed; the same of the same ``source`` (an address) is not repeated for a while.

        Best effort: a database that is away never changes the answer to a caller.
        """
        key, now = (charger_id, kind, source), self._clock()
        if now - self._noticed.get(key, -SAME_AGAIN_S) < SAME_AGAIN_S:
            return
        self._noticed[key] = now
        self._noticed.move_to_end(key)
        while len(self._noticed) > NOTICED_LIMIT:
            self._noticed.popitem(last=False)
        try:
            await self._write(charger_id, kind, utc_now(), detail, is_reported=False)
        except DatabaseError as error:
            logger.warning("The security event %s was not written down: %s", kind, error)

    async def latest(
        self, charger_id: int | None = None, limit: int = 50, before: int | None = None
    ) -> list[SecurityEntry]:
        """Return the newest events, of one charger or of all; ``before`` an event's id continues the list."""
        return await self._database.read(lambda s: _latest(s, charger_id, limit, before, alerts_only=False))

    async def alerts(self, charger_id: int | None = None, limit: int = 50) -> list[SecurityEntry]:
        """Return the newest events somebody should look at and nobody has put away."""
        return await self._database.read(lambda s: _latest(s, charger_id, limit, None, alerts_only=True))

    async def put_away(self, event_id: int, actor: str) -> SecurityEntry | None:
        """Note that somebody has looked at an alert. None when there is no such event."""
        entry = await self._database.write(lambda s: _put_away(s, event_id, actor))
        if entry is not None:
            self._bus.publish(SecurityNoted(entry.id, entry.charger_id, entry.kind, is_alert=False))
        return entry

    async def _write(
        self, charger_id: int | None, kind: str, at: datetime, detail: str | None, *, is_reported: bool
    ) -> None:
        values: dict[str, Any] = {
            "charger_id": charger_id,
            "at": at,
            "received_at": utc_now(),
            "kind": kind[:50],
            "is_reported": is_reported,
            "is_alert": kind in ALERTS,
            "detail": detail[:DETAIL_LIMIT] if detail else None,
        }
        event_id = await self._database.write(lambda s: _add(s, values))
        self._bus.publish(SecurityNoted(event_id, charger_id, values["kind"], values["is_alert"]))


def _add(session: Session, values: dict[str, Any]) -> int:
    waiting = _same_alert(session, values) if values["is_alert"] else None
    if waiting is not None:
        waiting.count += 1
        waiting.last_at = max(waiting.last_at or waiting.at, values["at"])
        waiting.detail = values["detail"]
        session.add(waiting)
        return waiting.id or 0
    row = SecurityEvent(**values)
    session.add(row)
    session.flush()
    same = select(SecurityEvent.id).where(SecurityEvent.charger_id == row.charger_id)
    newest_to_go = session.exec(same.order_by(col(SecurityEvent.id).desc()).offset(KEPT_PER_CHARGER).limit(1)).first()
    if newest_to_go is not None:
        owner = col(SecurityEvent.charger_id) == row.charger_id
        session.exec(delete(SecurityEvent).where(owner, col(SecurityEvent.id) <= newest_to_go))
    return row.id or 0


def _same_alert(session: Session, values: dict[str, Any]) -> SecurityEvent | None:
    """Return the alert that waits and says the same, whatever it counts or what time it names."""
    same = [getattr(SecurityEvent, name) == values[name] for name in ("charger_id", "kind", "is_reported")]
    waits = (col(SecurityEvent.is_alert), col(SecurityEvent.seen_by).is_(None))
    query = select(SecurityEvent).where(*same, *waits).order_by(col(SecurityEvent.id).desc()).limit(COMPARED)
    wanted = _gist(values)
    rows = readable_rows(session, query, col(SecurityEvent.id))
    return next((row for row in rows if _gist(row.model_dump()) == wanted), None)


def _gist(values: dict[str, Any]) -> str:
    """Return what an alert says: of a charger's words without their numbers, which often are a time or a count."""
    detail = str(values["detail"] or "")
    return _DIGITS.sub("0", detail) if values["is_reported"] else detail


def _latest(
    session: Session, charger_id: int | None, limit: int, before: int | None, *, alerts_only: bool
) -> list[SecurityEntry]:
    query = select(SecurityEvent).order_by(col(SecurityEvent.id).desc())
    if charger_id is not None:
        query = query.where(SecurityEvent.charger_id == charger_id)
    if before is not None:
        query = query.where(col(SecurityEvent.id) < before)
    if alerts_only:
        query = query.where(col(SecurityEvent.is_alert), col(SecurityEvent.seen_by).is_(None))
    return [_entry(row) for row in readable_page(session, query, col(SecurityEvent.id), limit)]


def _put_away(session: Session, event_id: int, actor: str) -> SecurityEntry | None:
    row = row_if_readable(session, SecurityEvent, event_id)
    if row is None:
        return None
    if row.seen_by is None:
        row.seen_by = actor
        session.add(row)
        record(session, actor, "security_event.put_away", str(event_id), row.kind)
    return _entry(row)


def _entry(row: SecurityEvent) -> SecurityEntry:
    return SecurityEntry(
        id=row.id or 0,
        charger_id=row.charger_id,
        kind=row.kind,
        at=row.at,
        received_at=row.received_at,
        is_reported=row.is_reported,
        is_alert=row.is_alert,
        detail=row.detail,
        seen_by=row.seen_by,
        count=row.count,
        last_at=row.last_at,
    )
