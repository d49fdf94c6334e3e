"""The bus: who listens hears what was published, and what costs something is made only for those who listen."""

from onetime.events import ChargerReported, ConnectorChanged, EventBus


def report(charger_id: int) -> ChargerReported:
    return ChargerReported(charger_id, "Heartbeat", None, None, {})


def test_each_listener_hears_an_event_once() -> None:
    bus = EventBus()
    heard: list[object] = []
    bus.subscribe(ConnectorChanged, heard.append)
    bus.publish(ConnectorChanged(1))
    bus.publish(report(7))
    assert heard == [ConnectorChanged(1)]


def test_a_listener_may_ask_for_one_charger_only() -> None:
    bus = EventBus()
    heard: list[object] = []
    unsubscribe = bus.subscribe(ChargerReported, heard.append, charger_id=7)
    bus.publish(report(6))
    bus.publish(report(7))
    assert heard == [report(7)]
    assert bus.wants(ChargerReported, 7)
    assert not bus.wants(ChargerReported, 6)
    assert not bus.wants(ChargerReported)
    unsubscribe()
    bus.publish(report(7))
    assert heard == [report(7)]
    assert not bus.wants(ChargerReported, 7)


def test_who_listens_to_all_hears_of_each_charger() -> None:
    bus = EventBus()
    heard: list[object] = []
    bus.subscribe(ChargerReported, heard.append)
    bus.publish(report(6))
    assert bus.wants(ChargerReported, 9)
    assert heard == [report(6)]


def test_a_listener_that_fails_keeps_nothing_from_the_others() -> None:
    bus = EventBus()
    heard: list[object] = []

    def fail(event: ConnectorChanged) -> None:
        raise RuntimeError(event)

    bus.subscribe(ConnectorChanged, fail)
    bus.subscribe(ConnectorChanged, heard.append)
    bus.publish(ConnectorChanged(2))
    assert heard == [ConnectorChanged(2)]
