"""A charger's pages are asked to read again when what they show has changed, and no others."""

import asyncio
from datetime import UTC, datetime

from onetime.events import EventBus, MessageSeen, OperationChanged
from onetime.web.chargers.frame.notices import ChargerNotices, Notice, topic_of


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
