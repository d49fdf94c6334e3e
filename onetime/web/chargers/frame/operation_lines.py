"""Operations as pages list them: every part ready to be read, in the viewer's language."""

import dataclasses
from datetime import datetime
from typing import Any

from onetime.clock import utc_now
from onetime.models import OperationRecord, OperationState
from onetime.services.chargers.live import LiveCharger
from onetime.services.operations.words import unpack
from onetime.texts import say
from onetime.web.chargers.frame.words import advice, outcome, title
from onetime.web.frame.times import Clockwork

API_ACTOR = "api:"
UNKNOWN_PROGRESS = -1


@dataclasses.dataclass(frozen=True, slots=True)
class StepLine:
    """Something that happened on the way."""

    at: str
    text: str
    times: int = 1


@dataclasses.dataclass(frozen=True, slots=True)
class OperationLine:
    """One operation. ``progress`` is a percentage, or -1 where none is known; ``now`` is its latest sentence."""

    id: int
    name: str
    title: str
    state: str
    progress: int
    now: str
    outcome: str
    advice: str
    actor: str
    started: str
    started_in_full: str
    took: str
    steps: list[StepLine]


def operation_line(record: OperationRecord, charger: LiveCharger, clockwork: Clockwork) -> OperationLine:
    """Return an operation as it is listed."""
    language = clockwork.language
    steps = [step_line(step, clockwork) for step in record.steps]
    suggestion = advice(record) if record.state is OperationState.FAILED else None
    return OperationLine(
        id=record.id or 0,
        name=record.name,
        title=say(title(record, charger), language),
        state=record.state.value,
        progress=UNKNOWN_PROGRESS if record.progress is None else record.progress,
        now=steps[-1].text if steps else "",
        outcome=_outcome(record, language),
        advice=say(suggestion, language) if suggestion else "",
        actor=record.actor.removeprefix(API_ACTOR),
        started=clockwork.moment(record.started_at),
        started_in_full=clockwork.in_full(record.started_at),
        took=_took(record, clockwork),
        steps=steps,
    )


def step_line(step: dict[str, Any], clockwork: Clockwork) -> StepLine:
    """Return one step with its time of day."""
    at, said = datetime.fromisoformat(step["at"]), say(unpack(step), clockwork.language)
    return StepLine(clockwork.clock(at), said, step.get("times", 1))


def _outcome(record: OperationRecord, language: str) -> str:
    if record.state is OperationState.FAILED:
        return say(unpack(record.problem), language) if record.problem else ""
    if record.state is OperationState.DONE:
        return " ".join(say(sentence, language) for sentence in outcome(record))
    return ""


def _took(record: OperationRecord, clockwork: Clockwork) -> str:
    seconds = ((record.ended_at or utc_now()) - record.started_at).total_seconds()
    return clockwork.seconds(seconds)
