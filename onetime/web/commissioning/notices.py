"""Tells open pages whether new chargers are let in, and which were turned away, at once and when it changes."""

from typing import Any

from onetime.events import ChargerChanged, CommissioningChanged, EventBus, StrangerKnocked
from onetime.services.chargers.live import LiveBoard
from onetime.services.commissioning.knocking import KnockingList
from onetime.services.commissioning.window import CommissioningService
from onetime.texts import _
from onetime.web.commissioning.newcomers_state import Newcomers, Stranger
from onetime.web.frame.live.audience import Audience
from onetime.web.frame.live.browser_copy import delta, variable
from onetime.web.frame.live.pushing import Push
from onetime.web.frame.running import part

COMMISSIONING = "commissioning"
REST_S = 0.5  # after a power cut many strangers may knock at once


class CommissioningNotices:
    """Sends what is shown of commissioning to those who may decide about it."""

    def __init__(
        self, audience: Audience, commissioning: CommissioningService, knocking: KnockingList, live: LiveBoard
    ) -> None:
        self._audience = audience
        self._commissioning = commissioning
        self._knocking = knocking
        self._live = live
        self._sent: dict[str, Any] = {}
        self.push = Push(_("telling pages about new chargers"), self._send_changes, rest_s=REST_S)

    async def run(self, bus: EventBus) -> None:
        """Send changes until cancelled."""
        kinds = (CommissioningChanged, StrangerKnocked, ChargerChanged)
        await self.push.run(bus, *((kind, lambda _event: self.push.wake()) for kind in kinds))

    async def enter(self, socket: str) -> None:
        """Let a browser watch, and send it all of it once."""
        await self._audience.enter(socket, COMMISSIONING)
        await self._send_changes()
        await self._audience.write_to(socket, _delta(self._sent))

    async def _send_changes(self) -> None:
        if not self._audience.watched(COMMISSIONING):
            return
        seen = self._seen()
        changes = {name: value for name, value in seen.items() if self._sent.get(name) != value}
        if changes:
            await self._audience.write(COMMISSIONING, _delta(changes))
        self._sent = seen

    def _seen(self) -> dict[str, Any]:
        """Return what pages show now. A stranger somebody has decided about is one no more."""
        end = self._commissioning.open_until
        strangers = [
            Stranger(knock.identity or "", knock.address, int(knock.last_at.timestamp()))
            for key, knock in self._knocking.strangers().items()
            if self._live.find(key) is None
        ]
        return {
            "known": True,
            "is_open": self._commissioning.is_open,
            "accepts_at_once": self._commissioning.always_open,
            "until": int(end.timestamp()) if end is not None else 0,
            "strangers": strangers,
        }


async def watch_commissioning(socket: str) -> None:
    """Tell this browser whether new chargers are let in, and which were turned away."""
    await part(CommissioningNotices).enter(socket)


def _delta(values: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return delta(Newcomers, {variable(name): value for name, value in values.items()})
