"""Who knocked and was refused."""

from datetime import UTC, datetime, timedelta

from onetime.events import EventBus
from onetime.services.commissioning.knocking import KNOCKING_LIMIT, TEXT_LIMIT, KnockingList

NOW = datetime(2026, 10, 5, 18, 0, tzinfo=UTC)


def test_who_knocks_again_is_counted_not_repeated() -> None:
    knocking = KnockingList(EventBus())
    for minute in range(3):
        knocking.add("/A", "10.0.0.7", "400", "ocpp2.0.1", NOW + timedelta(minutes=minute))
    [knock] = knocking
    assert (knock.count, knock.first_at, knock.last_at) == (3, NOW, NOW + timedelta(minutes=2))


def test_the_latest_comes_first() -> None:
    knocking = KnockingList(EventBus())
    for path in ("/A", "/B", "/A"):
        knocking.add(path, "10.0.0.7", "400", "", NOW)
    assert [knock.path for knock in knocking] == ["/A", "/B"]


def test_the_list_has_an_end() -> None:
    knocking = KnockingList(EventBus())
    for number in range(KNOCKING_LIMIT + 50):
        knocking.add(f"/{number}", "10.0.0.7", "x" * 10_000, "", NOW)
    knocks = list(knocking)
    assert len(knocks) == KNOCKING_LIMIT
    assert knocks[0].path == f"/{KNOCKING_LIMIT + 49}"
    assert len(knocks[0].reason) == TEXT_LIMIT
