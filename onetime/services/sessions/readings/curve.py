"""The power over a session. Read only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlmodel import Session, col, select

from onetime.models import MeterReading, Transaction
from onetime.services.complete import naming_row

CURVE_POINTS = 1_500  # a day at one point a minute


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Power in W at an instant; derived from two registers where the charger sends no power."""

    at: datetime
    power_w: int


def power_curve(session: Session, transaction_id: int) -> list[CurvePoint]:
    """Return the power over a session, oldest first, at most ``CURVE_POINTS`` points."""
    query = (
        select(MeterReading.taken_at, MeterReading.power_w, MeterReading.register_wh)
        .where(MeterReading.transaction_id == transaction_id)
        .order_by(col(MeterReading.taken_at))
    )
    with naming_row(session, Transaction, transaction_id):
        readings = session.exec(query).all()
    measured = [CurvePoint(at, power) for at, power, _register in readings if power is not None]
    points = measured or _derived_power([(at, register) for at, _power, register in readings if register is not None])
    step = -(-len(points) // CURVE_POINTS) or 1
    return points[::step]


def _derived_power(registers: Sequence[tuple[datetime, int]]) -> list[CurvePoint]:
    points = []
    for (before_at, before), (at, register) in pairwise(registers):
        elapsed = (at - before_at).total_seconds()
        if elapsed > 0 and register >= before:
            points.append(CurvePoint(at, round((register - before) * 3600 / elapsed)))
    return points
