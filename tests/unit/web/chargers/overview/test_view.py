"""What a charger's page shows of its sessions."""

from datetime import UTC, datetime, timedelta

from onetime.services.sessions.readings.curve import CurvePoint
from onetime.web.chargers.overview.view import by_minute

START = datetime(2026, 10, 3, 12, 0, tzinfo=UTC)


def test_the_curve_has_one_point_a_minute() -> None:
    points = [CurvePoint(START + timedelta(seconds=10 * n), 1_000 * n) for n in range(9)]
    minute = int(START.timestamp())
    assert by_minute(points) == [[minute, 2_500], [minute + 60, 7_000]]
