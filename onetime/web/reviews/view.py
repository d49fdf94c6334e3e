"""What the review inbox shows, put into the viewer's words."""

import dataclasses

from onetime.models import TransactionCorrection
from onetime.services.reviews.listing import Candidate, Evidence, EvidenceReading, ReviewRow
from onetime.services.sessions.doubts.reasons import Doubt
from onetime.services.sessions.doubts.words import DOUBT_TEXTS
from onetime.services.sessions.history import energy_between
from onetime.texts import _, say
from onetime.web.frame.times import THIN_SPACE, Clockwork
from onetime.web.reviews.words import RESOLUTIONS

READINGS_LISTED = 120  # of a day minute by minute; the curve shows all of them


@dataclasses.dataclass(frozen=True, slots=True)
class ReviewLine:
    """One item of the list."""

    id: int
    reason: str
    name: str
    spot: str
    who: str
    when: str
    energy: str


@dataclasses.dataclass(frozen=True, slots=True)
class DecidedLine:
    """One decision that can be taken back."""

    id: int
    name: str
    spot: str
    decision: str
    by: str
    at: str
    note: str


@dataclasses.dataclass(frozen=True, slots=True)
class ReadingLine:
    """One reading of the evidence, as the charger said it and as it counts."""

    at: str
    own: str
    received: str
    register: str
    power: str


@dataclasses.dataclass(frozen=True, slots=True)
class Detail:
    """One item with all there is to judge it by. What does not apply is empty."""

    id: int = 0
    reason: str = ""
    name: str = ""
    meaning: str = ""
    advice: str = ""
    spot: str = ""
    identity: str = ""
    card: str = ""
    tenant: str = ""
    started: str = ""
    started_own: str = ""
    stopped: str = ""
    stopped_own: str = ""
    meter_start: str = ""
    meter_stop: str = ""
    energy: str = ""
    message: str = ""
    limit_w: int = 0
    registers: list[list[int]] = dataclasses.field(default_factory=list)
    powers: list[list[int]] = dataclasses.field(default_factory=list)
    readings: list[ReadingLine] = dataclasses.field(default_factory=list)
    reading_count: int = 0
    corrections: list[str] = dataclasses.field(default_factory=list)
    candidates: list[list[str]] = dataclasses.field(default_factory=list)
    is_running: bool = False
    can_be_accepted: bool = False
    is_session: bool = False
    is_stop: bool = False
    can_be_made: bool = False
    places: list[list[str]] = dataclasses.field(default_factory=list)
    place: str = ""
    decision: str = ""
    can_be_undone: bool = False


def review_line(row: ReviewRow, clockwork: Clockwork) -> ReviewLine:
    """Return an open item as it is listed."""
    return ReviewLine(
        id=row.id,
        reason=row.reason,
        name=_name(row, clockwork),
        spot=_spot(row),
        who=row.tenant or row.id_tag or "",
        when=clockwork.moment(row.started_at or row.created_at),
        energy=clockwork.energy(_energy(row)) if row.meter_stop_wh is not None else "",
    )


def decided_line(row: ReviewRow, clockwork: Clockwork) -> DecidedLine:
    """Return a decision as it is listed."""
    return DecidedLine(
        id=row.id,
        name=_name(row, clockwork),
        spot=_spot(row),
        decision=_resolution(row, clockwork),
        by=row.resolved_by or "",
        at=clockwork.moment(row.resolved_at),
        note=row.note or "",
    )


def detail(evidence: Evidence, clockwork: Clockwork) -> Detail:
    """Return everything the page of one item shows."""
    row, text, language = evidence.item, DOUBT_TEXTS[Doubt(evidence.item.reason)], clockwork.language
    stop = evidence.stop
    registers = [[int(r.taken_at.timestamp()), r.register_wh] for r in evidence.readings if r.register_wh is not None]
    step = -(-len(evidence.readings) // READINGS_LISTED) or 1
    return Detail(
        id=row.id,
        reason=row.reason,
        name=_name(row, clockwork),
        meaning=say(text.meaning, language),
        advice=say(text.advice, language),
        spot=_spot(row),
        identity=row.identity or "",
        card=row.id_tag or (stop.id_tag or "" if stop else ""),
        tenant=row.tenant or "",
        started=clockwork.moment(row.started_at) if row.started_at else "",
        started_own=clockwork.stamp(row.charger_started_at),
        stopped=clockwork.moment(row.stopped_at or (stop.stopped_at if stop else None)) if not row.is_running else "",
        stopped_own=clockwork.stamp(row.charger_stopped_at or (stop.charger_stopped_at if stop else None)),
        meter_start=register(row.meter_start_wh, clockwork),
        meter_stop=register(stop.meter_stop_wh if stop else row.meter_stop_wh, clockwork),
        energy=clockwork.energy(_energy(row)) if row.meter_stop_wh is not None else "",
        message=evidence.message if evidence.message != "{}" else "",
        limit_w=evidence.max_power_w,
        registers=_with_ends(row, registers),
        powers=[[int(r.taken_at.timestamp()), r.power_w] for r in evidence.readings if r.power_w is not None],
        readings=[_reading(each, clockwork) for each in evidence.readings[::step]],
        reading_count=len(evidence.readings),
        corrections=[_correction(each, clockwork) for each in evidence.corrections],
        candidates=[[str(each.transaction_id), _candidate(each, clockwork)] for each in evidence.candidates],
        is_running=row.is_running,
        can_be_accepted=row.transaction_id is not None and not _contradicts_itself(row),
        is_session=row.transaction_id is not None,
        is_stop=row.reason == Doubt.STOP_WITHOUT_START,
        can_be_made=evidence.proposal is not None,
        places=[[str(number), name] for number, name in evidence.proposal.places] if evidence.proposal else [],
        place=str(evidence.proposal.connector_id) if evidence.proposal else "",
        decision=_resolution(row, clockwork),
        can_be_undone=row.can_be_undone,
    )


def register(watt_hours: int | None, clockwork: Clockwork) -> str:
    """Return a register with every digit, so that two can be compared."""
    return "" if watt_hours is None else f"{clockwork.number(watt_hours / 1000, 3)}{THIN_SPACE}kWh"


def _name(row: ReviewRow, clockwork: Clockwork) -> str:
    return say(DOUBT_TEXTS[Doubt(row.reason)].name, clockwork.language)


def _spot(row: ReviewRow) -> str:
    if row.spot or row.connector_number is None:
        return row.spot or row.identity or ""
    return f"{row.identity} · {row.connector_number}"


def _energy(row: ReviewRow) -> int | None:
    if row.meter_stop_wh is None or row.meter_start_wh is None:
        return None
    return energy_between(row.meter_start_wh, row.meter_stop_wh)


def _contradicts_itself(row: ReviewRow) -> bool:
    if row.started_at is None or row.stopped_at is None:
        return False
    return row.stopped_at < row.started_at or (_energy(row) is None and row.meter_stop_wh is not None)


def _resolution(row: ReviewRow, clockwork: Clockwork) -> str:
    text = RESOLUTIONS.get(row.resolution or "")
    if text is not None:
        return say(text, clockwork.language)
    return say(_("Settled by the charger’s own message"), clockwork.language) if row.resolution else ""


def _with_ends(row: ReviewRow, registers: list[list[int]]) -> list[list[int]]:
    """Return the registers with those of the session's ends, oldest first: what contradicts shows as a step."""
    points = list(registers)
    for at, shown in ((row.started_at, row.meter_start_wh), (row.stopped_at, row.meter_stop_wh)):
        if at is not None and shown is not None:
            points.append([int(at.timestamp()), shown])
    return sorted(points, key=lambda point: point[0])


def _reading(reading: EvidenceReading, clockwork: Clockwork) -> ReadingLine:
    power = "" if reading.power_w is None else f"{clockwork.number(reading.power_w / 1000, 1)}{THIN_SPACE}kW"
    return ReadingLine(
        at=clockwork.stamp(reading.taken_at),
        own=clockwork.stamp(reading.charger_taken_at),
        received=clockwork.stamp(reading.received_at),
        register=register(reading.register_wh, clockwork),
        power=power,
    )


def _correction(correction: TransactionCorrection, clockwork: Clockwork) -> str:
    """Return an earlier correction as a sentence."""
    return say(
        _(
            "{at}, {actor}: before, it was {start} to {stop}. {note}",
            at=clockwork.moment(correction.at),
            actor=correction.actor,
            start=register(correction.meter_start_wh, clockwork),
            stop=register(correction.meter_stop_wh, clockwork) or "–",
            note=correction.note,
        ),
        clockwork.language,
    )


def _candidate(candidate: Candidate, clockwork: Clockwork) -> str:
    spot = candidate.spot or f"· {candidate.connector_number}"
    shown = register(candidate.meter_start_wh, clockwork)
    return f"{spot} – {clockwork.moment(candidate.started_at)} – {candidate.id_tag} – {shown}"
