"""Write down who changed what."""

from sqlmodel import Session

from onetime.models import AuditEntry

COMMAND_LINE = "command line"


def record(session: Session, actor: str, action: str, subject: str, detail: str | None = None) -> None:
    """Add an audit row to the same transaction as the change itself."""
    session.add(AuditEntry(actor=actor, action=action, subject=subject, detail=detail))
