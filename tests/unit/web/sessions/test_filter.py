"""What a sessions address asks for."""

from datetime import UTC, datetime

import pytest

from onetime.events import EventBus
from onetime.models import Registration, Role, TransactionState
from onetime.services.chargers.live import LiveBoard, LiveCharger
from onetime.services.people.accounts import House
from onetime.services.people.logins import Person
from onetime.web.frame.session import Visitor
from onetime.web.sessions.filter import NOBODY, session_filter

HOUSE = House("Sonnenhof 12", "Europe/Zurich", "en")
MANAGER = Visitor(Person(1, "mia", Role.MANAGER, "en"), HOUSE, "en", "x")


@pytest.fixture
def board() -> LiveBoard:
    board = LiveBoard(EventBus())
    board.put_charger(LiveCharger(7, "KEBA-07", Registration.ACCEPTED, None, None, None, {}))
    return board


def test_a_month_is_the_houses_month(board: LiveBoard) -> None:
    wanted = session_filter({"month": "2026-12"}, MANAGER, board)
    assert wanted.started_from == datetime(2026, 11, 30, 23, 0, tzinfo=UTC)
    assert wanted.started_before == datetime(2026, 12, 31, 23, 0, tzinfo=UTC)


def test_exact_days_include_the_last_one_and_win_over_the_month(board: LiveBoard) -> None:
    chosen = {"month": "2026-01", "from": "2026-10-24", "until": "2026-10-25"}
    wanted = session_filter(chosen, MANAGER, board)
    assert wanted.started_from == datetime(2026, 10, 23, 22, 0, tzinfo=UTC)
    assert wanted.started_before == datetime(2026, 10, 25, 23, 0, tzinfo=UTC)


def test_a_charger_is_found_whatever_its_case(board: LiveBoard) -> None:
    assert session_filter({"charger": "keba-07"}, MANAGER, board).charger_id == 7


def test_an_unknown_charger_finds_nothing_rather_than_everything(board: LiveBoard) -> None:
    assert session_filter({"charger": "KEBA-99"}, MANAGER, board).charger_id == NOBODY


def test_what_makes_no_sense_does_not_restrict(board: LiveBoard) -> None:
    wanted = session_filter({"month": "13", "from": "x", "state": "lost", "q": ""}, MANAGER, board)
    assert (wanted.started_from, wanted.started_before, wanted.state, wanted.search) == (None, None, None, None)


def test_a_state_is_taken_over(board: LiveBoard) -> None:
    assert session_filter({"state": "open"}, MANAGER, board).state is TransactionState.OPEN


@pytest.mark.parametrize(("tenant_id", "wanted"), [(4, 4), (None, NOBODY)])
def test_a_tenant_sees_nothing_of_the_neighbours(board: LiveBoard, tenant_id: int | None, wanted: int) -> None:
    tenant = Visitor(Person(2, "luc", Role.TENANT, "en", tenant_id), HOUSE, "en", "x")
    assert session_filter({"q": "Brunner"}, tenant, board).tenant_id == wanted
    assert session_filter({}, MANAGER, board).tenant_id is None


def test_a_manager_finds_a_tenants_sessions_and_those_of_nobody(board: LiveBoard) -> None:
    assert session_filter({"tenant": "4"}, MANAGER, board).tenant_id == 4
    assert session_filter({"tenant": "x"}, MANAGER, board).tenant_id == NOBODY
    assert session_filter({"tenant": "none"}, MANAGER, board).is_unassigned


def test_a_tenant_cannot_ask_for_another_ones_sessions(board: LiveBoard) -> None:
    tenant = Visitor(Person(2, "luc", Role.TENANT, "en", 4), HOUSE, "en", "x")
    assert session_filter({"tenant": "5"}, tenant, board).tenant_id == 4
    assert not session_filter({"tenant": "none"}, tenant, board).is_unassigned
