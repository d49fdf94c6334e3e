"""A charging session as one line of a list, in the viewer's words."""

import dataclasses

from onetime.models import ReviewState, TransactionState
from onetime.services.sessions.history import SessionRow
from onetime.texts import _, say
from onetime.web.frame.times import Clockwork
from onetime.web.sessions.words import JUDGED, STOP_REASONS


@dataclasses.dataclass(frozen=True, slots=True)
class SessionLine:
    """One session, every part ready to be read."""

    id: int
    spot: str
    identity: str
    card: str
    tenant: str
    started: str
    started_in_full: str
    stopped: str
    duration: str
    energy: str
    reason: str
    running: bool
    estimated: bool
    remarks: str = ""


def session_line(row: SessionRow, clockwork: Clockwork) -> SessionLine:
    """Return a session as it is listed."""
    return SessionLine(
        id=row.id,
        spot=row.spot or f"{row.identity} · {row.connector_number}",
        identity=row.identity,
        card=row.card_label or row.id_tag,
        tenant=row.tenant or "",
        started=clockwork.moment(row.started_at),
        started_in_full=clockwork.in_full(row.started_at),
        stopped=clockwork.moment(row.stopped_at) if row.stopped_at else "",
        duration=clockwork.duration(row.started_at, row.stopped_at),
        energy=clockwork.energy(row.energy_wh),
        reason=_reason(row, clockwork.language),
        running=row.state is TransactionState.OPEN,
        estimated=row.stop_estimated or row.review_state in JUDGED or bool(row.open_doubts),
        remarks=_remarks(row, clockwork.language),
    )


def _remarks(row: SessionRow, language: str) -> str:
    """Return what a bill rests on besides the charger's own word, where the end's reason does not say it."""
    remarks = {
        _("End estimated from the last reading"): row.stop_estimated and row.review_state in JUDGED,
        _("Time corrected: the charger’s clock was wrong"): row.time_corrected,
        _("In the review inbox"): bool(row.open_doubts) and row.review_state is not ReviewState.HELD,
    }
    return " · ".join(say(remark, language) for remark, applies in remarks.items() if applies)


def _reason(row: SessionRow, language: str) -> str:
    judged = JUDGED.get(row.review_state)
    if judged is not None:
        return say(judged, language)
    if row.stop_estimated:
        return say(_("End estimated from the last reading"), language)
    reason = row.stop_reason or ("" if row.state is TransactionState.OPEN else "Local")
    known = STOP_REASONS.get(reason)
    return say(known, language) if known else reason
