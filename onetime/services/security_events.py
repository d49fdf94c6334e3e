"""What chargers say of attacks and failures (security whitepaper, use case A04), kept with the audit."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from onetime.services.audit import record


@dataclass(frozen=True, slots=True)
class SecurityEvent:
    """One event, ``at`` the charger's own time."""

    kind: str
    at: datetime
    tech_info: str | None = None


def store_security_event(session: Session, identity: str, event: SecurityEvent) -> None:
    """Keep an event of a charger."""
    detail = " ".join(filter(None, (event.at.isoformat(), event.tech_info)))
    record(session, identity, "charger.security_event", event.kind, detail)
