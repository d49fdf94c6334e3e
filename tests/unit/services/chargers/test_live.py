"""The live board: what a person is shown of each connector."""

from datetime import UTC, datetime, timedelta

import pytest

from onetime.events import ChargerChanged, ConnectorChanged, EventBus
from onetime.models import ConnectorStatus, Registration
from onetime.services.chargers.live import LiveBoard, LiveCharger, LiveConnector
from onetime.services.chargers.live_state import LiveState
from onetime.services.chargers.running import LiveSession

NOW = datetime(2026, 10, 5, 18, 0, tzinfo=UTC)


@pytest.fixture
def bus() -> EventBus:
    return EventBus()


@pytest.fixture
def board(bus: EventBus) -> LiveBoard:
    board = LiveBoard(bus)
    charger = LiveCharger(1, "KEBA-07", Registration.ACCEPTED, None, None, NOW, {}, online=True)
    for number in (0, 1, 2):
        charger.connectors[number] = LiveConnector(10 + number, charger, number, None, 11_000)
    board.put_charger(charger)
    return board


def test_connector_zero_is_the_charger_and_not_a_plug(board: LiveBoard) -> None:
    assert [connector.number for connector in board.connectors()] == [1, 2]


def test_chargers_nobody_accepted_show_no_connectors(board: LiveBoard) -> None:
    board.charger(1).registration = Registration.PENDING
    assert list(board.connectors()) == []


def test_a_spot_is_what_people_call_a_connector(board: LiveBoard) -> None:
    connector = board.connector(11)
    assert connector.label == "KEBA-07 · 1"
    connector.spot = "A12"
    assert connector.label == "A12"


@pytest.mark.parametrize("status", list(ConnectorStatus))
def test_every_status_has_a_state_and_offline_hides_it(board: LiveBoard, status: ConnectorStatus) -> None:
    board.set_status(11, status, NOW, "NoError", None)
    assert board.connector(11).state is not LiveState.OFFLINE
    board.set_online(1, False)
    assert board.connector(11).state is LiveState.OFFLINE


def test_energy_counts_from_the_start_of_the_session(board: LiveBoard) -> None:
    board.start_session(11, LiveSession(7, "CARD", NOW, 15_000))
    board.add_reading(11, NOW, register_wh=16_200, power_w=11_000, soc_percent=None)
    session = board.connector(11).session
    assert session is not None
    assert session.energy_wh == 1_200


def test_an_older_reading_changes_nothing(board: LiveBoard) -> None:
    board.start_session(11, LiveSession(7, "CARD", NOW, 0))
    board.add_reading(11, NOW, register_wh=500, power_w=7_000, soc_percent=None)
    board.add_reading(11, NOW - timedelta(minutes=1), register_wh=400, power_w=3_000, soc_percent=None)
    connector = board.connector(11)
    assert (connector.register_wh, connector.power_w) == (500, 7_000)


def test_power_is_derived_from_two_registers_where_the_charger_sends_none(board: LiveBoard) -> None:
    board.start_session(11, LiveSession(7, "CARD", NOW, 0))
    board.add_reading(11, NOW, register_wh=0, power_w=None, soc_percent=None)
    board.add_reading(11, NOW + timedelta(minutes=15), register_wh=1_750, power_w=None, soc_percent=None)
    assert board.connector(11).power_w == 7_000


def test_the_end_of_another_session_leaves_the_running_one_alone(board: LiveBoard) -> None:
    board.start_session(11, LiveSession(8, "CARD", NOW, 0))
    board.end_session(11, 7)
    assert board.connector(11).session is not None
    board.end_session(11, 8)
    assert board.connector(11).session is None


def test_one_connectors_change_tells_of_one_connector(board: LiveBoard, bus: EventBus) -> None:
    heard: list[object] = []
    bus.subscribe(ConnectorChanged, heard.append)
    bus.subscribe(ChargerChanged, heard.append)
    board.add_reading(11, NOW, register_wh=1, power_w=1, soc_percent=None)
    assert heard == [ConnectorChanged(11)]


def test_a_charger_that_is_lost_changes_all_its_connectors(board: LiveBoard, bus: EventBus) -> None:
    heard: list[ConnectorChanged] = []
    bus.subscribe(ConnectorChanged, heard.append)
    board.set_online(1, False)
    assert {event.connector_id for event in heard} == {10, 11, 12}


def test_a_failing_listener_stops_nobody(bus: EventBus, caplog: pytest.LogCaptureFixture) -> None:
    heard: list[ConnectorChanged] = []

    def fail(_event: ConnectorChanged) -> None:
        raise RuntimeError

    bus.subscribe(ConnectorChanged, fail)
    end = bus.subscribe(ConnectorChanged, heard.append)
    bus.publish(ConnectorChanged(1))
    end()
    bus.publish(ConnectorChanged(2))
    assert heard == [ConnectorChanged(1)]
    assert "failed" in caplog.text
