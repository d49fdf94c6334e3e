"""What a closed month rests on, written down so that its report comes out the same to the Wh for ever.

A connector's sessions are kept with their registers, who is billed, and the readings their quarter-hours rest on.
"""

import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from onetime.billing.registers.readings import EPOCH, MICROSECOND, MeteredSession, Reading, ReviewReason, review_reason
from onetime.billing.report import ChargingSession, Connector, Tenant
from onetime.billing.thinning import thinned

Frozen = tuple[Connector, list[ChargingSession]]


def freeze(
    connector: Connector, sessions: Iterable[ChargingSession], between: Sequence[Reading] | None = None
) -> bytes:
    """Return a connector's sessions as bytes from which ``thaw`` gives sessions of the same quarter-hours.

    ``between`` are the readings between them, None where they are not accounted for.
    """
    content = {
        "connector": [connector.charger_id, connector.number, connector.spot],
        "sessions": [_session(replace(each, metered=_essence(each.metered))) for each in sessions],
        **({} if between is None else {"between": _steps(between)}),
    }
    return zlib.compress(json.dumps(content, separators=(",", ":")).encode())


def thaw(content: bytes) -> Frozen:
    """Return what was frozen. Raises ``ValueError`` or ``zlib.error`` for bytes that ``freeze`` did not write."""
    read = json.loads(zlib.decompress(content))
    charger_id, number, spot = read["connector"]
    return Connector(charger_id, number, spot), [_thawed(each) for each in read["sessions"]]


def thaw_between(content: bytes) -> list[Reading] | None:
    """Return the readings between the sessions that were frozen, None where they were not accounted for."""
    steps = json.loads(zlib.decompress(content)).get("between")
    return None if steps is None else _readings(steps)


def _essence(session: MeteredSession) -> MeteredSession:
    """Return a session with only the readings its quarter-hours rest on."""
    if review_reason(session) is not None:
        return session
    kept = thinned(session)
    return session if kept is None else replace(session, samples=kept)


def _session(each: ChargingSession) -> dict[str, Any]:
    metered = each.metered
    return {
        "id": each.transaction_id,
        "start": _reading(metered.start),
        "stop": _reading(metered.stop) if metered.stop else None,
        "samples": _steps(metered.samples),
        "power": metered.max_power_w,
        "corrected": metered.is_corrected,
        "tag": each.id_tag,
        "tenant": [each.tenant.id, each.tenant.name] if each.tenant else None,
        "assigned": each.is_assigned,
        "reason": each.stop_reason,
        "aside": each.set_aside,
        "note": each.note,
        "estimated": metered.is_estimated,
        "end_estimated": each.is_end_estimated,
        "time_corrected": each.is_time_corrected,
        "doubts": list(each.open_doubts),
    }


def _thawed(read: dict[str, Any]) -> ChargingSession:
    samples = _readings(read["samples"])
    stop = Reading(_instant(read["stop"][0]), read["stop"][1]) if read["stop"] else None
    start = Reading(_instant(read["start"][0]), read["start"][1])
    return ChargingSession(
        transaction_id=read["id"],
        metered=MeteredSession(
            start,
            stop,
            samples,
            read["power"],
            is_corrected=read["corrected"],
            is_estimated=read.get("estimated", False),
        ),
        id_tag=read["tag"],
        tenant=Tenant(*read["tenant"]) if read["tenant"] else None,
        stop_reason=read["reason"],
        set_aside=ReviewReason(read["aside"]) if read["aside"] else None,
        is_assigned=read["assigned"],
        note=read["note"],
        is_end_estimated=read.get("end_estimated", False),
        is_time_corrected=read.get("time_corrected", False),
        open_doubts=tuple(read.get("doubts", ())),
    )


def _reading(reading: Reading) -> list[int]:
    return [_microseconds(reading.at), reading.register_wh]


def _readings(steps: Sequence[Sequence[int]]) -> list[Reading]:
    readings, at, register = [], 0, 0
    for step, gain in steps:
        at, register = at + step, register + gain
        readings.append(Reading(_instant(at), register))
    return readings


def _steps(samples: Sequence[Reading]) -> list[list[int]]:
    """Return samples as steps from one to the next, which are short numbers."""
    steps, at, register = [], 0, 0
    for sample in samples:
        instant = _microseconds(sample.at)
        steps.append([instant - at, sample.register_wh - register])
        at, register = instant, sample.register_wh
    return steps


def _microseconds(instant: datetime) -> int:
    return (instant - EPOCH) // MICROSECOND


def _instant(microseconds: int) -> datetime:
    return EPOCH + microseconds * MICROSECOND
