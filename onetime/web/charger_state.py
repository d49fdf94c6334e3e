"""The state of a charger's page: what it reads, and what it asks of the charger."""

from collections.abc import AsyncIterator, Awaitable
from typing import Any
from urllib.parse import unquote

import reflex as rx

from onetime.models import CardStatus
from onetime.services.commands import ChargerOfflineError, CommandService
from onetime.services.live import LiveCharger
from onetime.services.messages import message_frame
from onetime.services.permissions import Permission
from onetime.services.runtime import current
from onetime.texts import Text, _
from onetime.web.access import loads, needs, tell, visitor
from onetime.web.charger_metering_state import ChargerMetering, show_metering
from onetime.web.charger_view import ConnectorDetail, Facts, MessageLine, read_charger, read_messages
from onetime.web.components.dialog import closes
from onetime.web.runtime import feed
from onetime.web.session_lines import SessionLine

MESSAGES_SHOWN = 20


class ChargerPage(rx.State):
    """What the page shows of one charger; the numbers that move are sent by the feed."""

    name: str = ""
    found: bool = False
    loaded: bool = False
    facts: Facts = Facts()
    connectors: list[ConnectorDetail] = []
    sessions: list[SessionLine] = []
    messages: list[MessageLine] = []
    frames: dict[str, str] = {}
    problems_only: bool = False
    search: str = ""
    messages_wanted: int = MESSAGES_SHOWN
    cards: list[list[str]] = []
    busy: str = ""

    @loads(Permission.SEE_CHARGER)
    async def open(self) -> None:
        """Show the charger of the address and keep it live."""
        self.name = unquote(self.router.url.path.removeprefix("/chargers/").strip("/"))
        self.frames, self.busy, self.problems_only, self.search = {}, "", False, ""
        self.messages_wanted = MESSAGES_SHOWN
        charger = current().live.find(self.name)
        self.found = charger is not None
        if charger is not None:
            self.name = charger.identity
            self.cards = await _cards() if visitor().may(Permission.CONTROL_CHARGING) else []
            await self._read(charger)
            await feed().open_charger(self.router.session.session_id, charger.id)
        self.loaded = True

    @needs(Permission.SEE_CHARGER)
    async def refresh(self) -> None:
        """Read again what has become more since; the feed asks for it."""
        charger = current().live.find(self.name)
        if charger is not None:
            await self._read(charger)

    @needs(Permission.SEE_MESSAGES)
    async def filter_messages(self, form: dict[str, str]) -> None:
        """Show the messages that fit."""
        self.problems_only, self.search = bool(form.get("problems")), form.get("search", "")
        self.messages = await self._messages(self._charger())

    @needs(Permission.SEE_MESSAGES)
    async def more_messages(self) -> None:
        """Show older messages too."""
        self.messages_wanted += MESSAGES_SHOWN
        self.messages = await self._messages(self._charger())

    @needs(Permission.SEE_MESSAGES)
    async def toggle_frame(self, message_id: int) -> None:
        """Show a message as it came over the wire, or put it away."""
        shown = dict(self.frames)
        if shown.pop(str(message_id), None) is None:
            charger_id = self._charger().id
            frame = await current().database.read(lambda s: message_frame(s, charger_id, message_id))
            shown[str(message_id)] = frame or ""
        self.frames = shown

    @needs(Permission.NAME_SPOT)
    async def name_spot(self, form: dict[str, str]) -> object:
        """Name the parking spot of a connector."""
        connector_id = self._connector(form)
        await current().chargers.name_spot(connector_id, form.get("spot", ""), visitor().actor)
        await self._read(self._charger())
        return [closes(f"spot-{connector_id}"), tell(_("Saved."), good=True)]

    @needs(Permission.CONTROL_CHARGING)
    async def start(self, form: dict[str, str]) -> AsyncIterator[Any]:
        """Ask a connector to start for a card."""
        connector_id = self._connector(form)
        label = current().live.connector(connector_id).label
        done = _("{label} was asked to start. It begins as soon as the car is plugged in.", label=label)
        async for event in self._ask(
            f"start-{connector_id}", lambda commands: commands.start(connector_id, form["card"]), done
        ):
            yield event

    @needs(Permission.CONTROL_CHARGING)
    async def stop(self, connector_id: int) -> AsyncIterator[Any]:
        """Ask a connector to end its session."""
        connector_id = self._connector({"connector": str(connector_id)})
        label = current().live.connector(connector_id).label
        done = _("{label} was asked to stop.", label=label)
        async for event in self._ask(f"stop-{connector_id}", lambda commands: commands.stop(connector_id), done):
            yield event

    @needs(Permission.RESET_CHARGER)
    async def restart(self, hard: bool) -> AsyncIterator[Any]:
        """Ask the charger to restart."""
        charger = self._charger()
        done = _("{identity} restarts. It is back in a minute or two.", identity=charger.identity)
        async for event in self._ask("reset", lambda commands: commands.reset(charger.id, hard=hard), done):
            yield event

    async def _ask(self, dialog: str, ask: Any, done: Text) -> AsyncIterator[Any]:
        """Send a command while the page shows that it works, then say what came of it."""
        self.busy = dialog
        yield None
        try:
            await _asked(ask)
        finally:
            self.busy = ""
        yield [closes(dialog), tell(done, good=True)]

    async def _read(self, charger: LiveCharger) -> None:
        clockwork = visitor().clockwork
        view = await current().database.read(lambda s: read_charger(s, charger, clockwork))
        self.facts, self.connectors, self.sessions = view.facts, view.connectors, view.sessions
        show_metering(await self.get_state(ChargerMetering), charger)
        self.messages = await self._messages(charger) if visitor().may(Permission.SEE_MESSAGES) else []
        if not visitor().may(Permission.SEE_SESSIONS):
            self.sessions = []

    async def _messages(self, charger: LiveCharger) -> list[MessageLine]:
        clockwork, limit = visitor().clockwork, self.messages_wanted
        problems_only, search = self.problems_only, self.search
        await current().messages.flush(charger.id)
        return await current().database.read(
            lambda s: read_messages(s, charger.id, limit, clockwork, problems_only=problems_only, search=search)
        )

    def _charger(self) -> LiveCharger:
        charger = current().live.find(self.name)
        if charger is None:
            raise ValueError(_("There is no charger of this name"))
        return charger

    def _connector(self, form: dict[str, str]) -> int:
        """Return the connector a form is about, when it is one of this charger's."""
        wanted = form.get("connector", "")
        for connector in self._charger().connectors.values():
            if str(connector.id) == wanted:
                return connector.id
        raise ValueError(_("This charger has no such connector."))


async def _asked(ask: Any) -> None:
    commands: CommandService | None = current().commands
    if commands is None:
        raise ChargerOfflineError(_("The chargers cannot be reached at the moment."))
    answer: Awaitable[None] = ask(commands)
    await answer


async def _cards() -> list[list[str]]:
    """Return the cards a session can be started for, as [number, what people call it]."""
    cards = [card for card in await current().cards.cards() if card.status is CardStatus.ACCEPTED]
    return [
        [card.id_tag, " · ".join(part for part in (card.tenant, card.label, card.id_tag) if part)] for card in cards
    ]
