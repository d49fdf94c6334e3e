"""Stops that fit no session: kept with all they say, so that a person can match them to one later."""

import json
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from onetime.models import ReviewItem
from onetime.services.chargers.measurements import Measurement
from onetime.services.sessions.doubts.reasons import Doubt, raise_doubt
from onetime.services.sessions.stop_request import StopRequest


def quarantine(session: Session, charger_id: int, request: StopRequest) -> None:
    """Keep a stop for review, once however often it is sent."""
    query = select(ReviewItem.evidence).where(
        ReviewItem.charger_id == charger_id, ReviewItem.reason == Doubt.STOP_WITHOUT_START
    )
    known = [_content(message_of(evidence)) for evidence in session.exec(query)]
    if _content(request.raw) not in known:
        evidence = json.dumps({"stop": _written(request), "message": request.raw})
        raise_doubt(session, Doubt.STOP_WITHOUT_START, charger_id, None, evidence)


def quarantined_stop(item: ReviewItem) -> StopRequest | None:
    """Return the stop an item is about; None for an item about something else."""
    stop = (_parsed(item.evidence) or {}).get("stop")
    if item.reason != Doubt.STOP_WITHOUT_START or not isinstance(stop, dict):
        return None
    return StopRequest(
        transaction_id=stop["transaction_id"],
        stopped_at=datetime.fromisoformat(stop["stopped_at"]),
        meter_stop_wh=stop["meter_stop_wh"],
        reason=stop["reason"],
        id_tag=stop["id_tag"],
        raw=message_of(item.evidence),
        measurements=[
            Measurement(datetime.fromisoformat(taken_at), context, register_wh, power_w)
            for taken_at, context, register_wh, power_w in stop["measurements"]
        ],
        charger_stopped_at=datetime.fromisoformat(stop["charger_stopped_at"]) if stop["charger_stopped_at"] else None,
        has_stamp=stop["has_stamp"],
        connector_number=stop.get("connector_number"),
    )


def message_of(evidence: str) -> str:
    """Return the raw message out of evidence that holds more than it."""
    content = _parsed(evidence)
    return content["message"] if content and isinstance(content.get("message"), str) else evidence


def _written(request: StopRequest) -> dict[str, Any]:
    own = request.charger_stopped_at
    return {
        "transaction_id": request.transaction_id,
        "stopped_at": request.stopped_at.isoformat(),
        "charger_stopped_at": own.isoformat() if own else None,
        "meter_stop_wh": request.meter_stop_wh,
        "reason": request.reason,
        "id_tag": request.id_tag,
        "has_stamp": request.has_stamp,
        "connector_number": request.connector_number,
        "measurements": [
            [each.taken_at.isoformat(), each.context, each.register_wh, each.power_w] for each in request.measurements
        ],
    }


def _content(raw: str) -> Any:
    """Return what a frame says without its message id, which changes when it is sent again."""
    try:
        frame = json.loads(raw)
    except (ValueError, RecursionError):
        return raw
    return frame[3] if isinstance(frame, list) and len(frame) > 3 else raw


def _parsed(evidence: str) -> dict[str, Any] | None:
    try:
        content = json.loads(evidence)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None
