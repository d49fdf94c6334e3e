"""A charger's pages: what their addresses and forms mean, and when they are asked to read again."""

import asyncio
from datetime import UTC, datetime

import pytest

from onetime.events import EventBus, MessageSeen, OperationChanged
from onetime.models import Role
from onetime.services.people.accounts import House, Person
from onetime.web.chargers.actions.state import card_number, connector_number, until
from onetime.web.chargers.frame.notices import ChargerNotices, Notice, topic_of
from onetime.web.frame import access, routes
from onetime.web.frame.session import Visitor


class Asked:
    """Notes who is asked to call what."""

    def __init__(self, *topics: str) -> None:
        self._topics = topics
        self.calls: list[tuple[str, str]] = []
        self.called = asyncio.Event()

    async def ask(self, topic: str, event_name: str) -> None:
        self.calls.append((topic, event_name))
        self.called.set()

    def watched(self, topic: str) -> bool:
        return topic in self._topics


async def test_a_page_is_asked_once_for_many_events_of_its_charger() -> None:
    bus, audience = EventBus(), Asked(topic_of("operations", 1))
    notice = Notice("operations", "page.refresh", (OperationChanged,), 0.01)
    task = asyncio.create_task(ChargerNotices(audience, notice).run(bus))
    await asyncio.sleep(0)
    for charger_id in (1, 1, 2):
        bus.publish(OperationChanged(5, charger_id))
    bus.publish(MessageSeen(1, datetime.now(UTC), "sent", None, "", None))
    await audience.called.wait()
    task.cancel()
    assert audience.calls == [("operations 1", "page.refresh")]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/chargers/KEBA-07", "KEBA-07"),
        ("/chargers/KEBA-07/settings/", "KEBA-07"),
        ("/chargers/a%2Fb%20c/log", "a/b c"),
    ],
)
def test_the_address_names_the_charger(path: str, name: str) -> None:
    assert routes.charger_of(path) == name


def test_a_typed_card_counts_instead_of_the_chosen_one() -> None:
    assert card_number({"card": "04A1", "other_card": " 04B2 "}) == "04B2"
    assert card_number({"card": "04A1", "other_card": ""}) == "04A1"
    with pytest.raises(ValueError, match="Choose a card"):
        card_number({})


def test_a_form_without_a_connector_is_refused() -> None:
    assert connector_number({"connector": "2"}) == 2
    with pytest.raises(ValueError, match="no such connector"):
        connector_number({"connector": "-1"})


def test_a_reservation_ends_on_the_clock_of_the_house() -> None:
    anna = Person(1, "anna", Role.MANAGER, "en")
    access._visitor.set(Visitor(anna, House("Seestrasse 12", "Europe/Zurich", "en"), "en", "x"))
    assert until({"until": "2036-07-01T18:00"}) == datetime(2036, 7, 1, 16, 0, tzinfo=UTC)
    with pytest.raises(ValueError, match="still to come"):
        until({"until": "2020-07-01T18:00"})
    with pytest.raises(ValueError, match="Choose the day"):
        until({"until": ""})
