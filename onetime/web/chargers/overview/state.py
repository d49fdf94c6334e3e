"""The state of a charger's first page: what it shows of the charger, and the names of its spots."""

import reflex as rx

from onetime.models import CardStatus
from onetime.services.chargers.live import LiveCharger
from onetime.services.people.permissions import Permission
from onetime.services.runtime import current
from onetime.texts import _
from onetime.web.chargers.board.feed import LiveFeed
from onetime.web.chargers.frame.head import arrive, shown_charger
from onetime.web.chargers.overview.metering_state import ChargerMetering, show_metering
from onetime.web.chargers.overview.view import ConnectorDetail, Facts, read_charger
from onetime.web.chargers.overview.words import RepairLine, repair_lines
from onetime.web.frame.access import loads, needs, tell, visitor
from onetime.web.frame.parts.dialog import closes
from onetime.web.frame.running import part
from onetime.web.sessions.lines import SessionLine

TOPIC = "charger"


class ChargerPage(rx.State):
    """What the page shows of one charger; the numbers that move are sent by the feed."""

    loaded: bool = False
    facts: Facts = Facts()
    connectors: list[ConnectorDetail] = []
    sessions: list[SessionLine] = []
    repairs: list[RepairLine] = []
    cards: list[list[str]] = []

    @loads(Permission.SEE_CHARGER)
    async def open(self) -> None:
        """Show the charger of the address and keep it live."""
        charger = await arrive(self, TOPIC)
        if charger is not None:
            self.cards = await _cards() if visitor().may(Permission.CONTROL_CHARGING) else []
            await self._read(charger)
            await part(LiveFeed).open_charger(self.router.session.session_id, charger.id)
        self.loaded = True

    @needs(Permission.SEE_CHARGER)
    async def refresh(self) -> None:
        """Read again what has become more since. The charger's notices ask for it."""
        await self._read(await shown_charger(self))

    @needs(Permission.NAME_SPOT)
    async def name_spot(self, form: dict[str, str]) -> object:
        """Name the parking spot of a connector."""
        charger = await shown_charger(self)
        connector_id = _connector(charger, form)
        await current().chargers.life.name_spot(connector_id, form.get("spot", ""), visitor().actor)
        await self._read(charger)
        return [closes(f"spot-{connector_id}"), tell(_("Saved."), good=True)]

    async def _read(self, charger: LiveCharger) -> None:
        clockwork = visitor().clockwork
        view = await current().database.read(lambda s: read_charger(s, charger, clockwork))
        self.facts, self.connectors, self.sessions = view.facts, view.connectors, view.sessions
        show_metering(await self.get_state(ChargerMetering), charger)
        self.repairs = repair_lines(await current().chargers.repairs.of(charger.id), clockwork)
        if not visitor().may(Permission.SEE_SESSIONS):
            self.sessions = []


def _connector(charger: LiveCharger, form: dict[str, str]) -> int:
    """Return the connector a form is about, when it is one of this charger's."""
    wanted = form.get("connector", "")
    for connector in charger.connectors.values():
        if str(connector.id) == wanted:
            return connector.id
    raise ValueError(_("This charger has no such connector."))


async def _cards() -> list[list[str]]:
    """Return the cards a session can be started for, as [number, what people call it]."""
    cards = [card for card in await current().cards.holders.cards() if card.status is CardStatus.ACCEPTED]
    return [
        [card.id_tag, " · ".join(part for part in (card.tenant, card.label, card.id_tag) if part)] for card in cards
    ]
