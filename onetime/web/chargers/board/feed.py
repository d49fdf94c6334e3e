"""Carries what changes on the live board to the pages that show it.

Nothing polls, and no page's state is locked for an update. Services publish events; the feed remembers what they
touched, and sends it at once, then at most ten times a second, to everybody who watches: each changed connector
once, encoded once for all of them. A change that shows the same figures sends nothing.
"""

import time
from collections import Counter, defaultdict
from typing import Any

from onetime.events import ChargerChanged, ConnectorChanged, EventBus
from onetime.services.chargers.live import LiveBoard
from onetime.texts import _
from onetime.web.chargers.board.state import ConnectorRow, Live, Tile, WaitingCharger, key
from onetime.web.chargers.board.view import connector_rows, row, tile, waiting_chargers
from onetime.web.frame.live.audience import Audience
from onetime.web.frame.live.browser_copy import delta, variable
from onetime.web.frame.live.pushing import Push

BOARD = "board"
REST_S = 0.1  # a page redraws at most ten times a second
MINUTES_S = 5.0  # how often running sessions are looked at, so that their minutes move


def charger_topic(charger_id: int) -> str:
    """Return the topic of what changes on one charger."""
    return f"charger {charger_id}"


class LiveFeed:
    """Sends the live board, and what changes on it, to those who watch."""

    def __init__(self, live: LiveBoard, audience: Audience) -> None:
        self._live = live
        self._audience = audience
        self._tiles: dict[int, Tile] = {}
        self._rows: list[ConnectorRow] = []
        self._labels: dict[int, str] = {}
        self._waiting: list[WaitingCharger] = []
        self._counts: dict[str, int] = {}
        self._touched: set[int] = set()
        self._chargers_touched = True
        self._are_pages_behind = False  # something they were to be sent has not been sent
        self._minutes_at = 0.0
        self.push = Push(_("pushing live values to pages"), self._send_in_time, rest_s=REST_S, look_every_s=MINUTES_S)

    async def run(self, bus: EventBus) -> None:
        """Send changes until cancelled."""
        await self.push.run(
            bus,
            (ConnectorChanged, lambda event: self._touch(event.connector_id)),
            (ChargerChanged, lambda _event: self._touch_chargers()),
        )

    async def open_board(self, socket: str) -> None:
        """Let a browser watch the whole board, and send it all of it once."""
        await self._audience.enter(socket, BOARD)
        await self._send_changes()
        whole: dict[str, Any] = {key(connector_id): seen for connector_id, seen in self._tiles.items()}
        whole |= {
            variable("rows"): self._rows,
            variable("waiting"): self._waiting,
            variable("counts"): self._counts,
            variable("loaded"): True,
        }
        await self._audience.write_to(socket, delta(Live, whole))

    async def open_charger(self, socket: str, charger_id: int) -> None:
        """Let a browser watch one charger, and send it the connectors once. Raises ``KeyError`` for no charger."""
        await self._audience.enter(socket, charger_topic(charger_id))
        connectors = self._live.charger(charger_id).connectors.values()
        rows = [row(connector) for connector in connectors if connector.number > 0]
        whole: dict[str, Any] = {key(connector.id): tile(connector) for connector in connectors}
        whole |= {variable("rows"): sorted(rows, key=lambda r: r.number), variable("loaded"): True}
        await self._audience.write_to(socket, delta(Live, whole))

    def _touch(self, connector_id: int) -> None:
        self._touched.add(connector_id)
        self.push.wake()

    def _touch_chargers(self) -> None:
        self._chargers_touched = True
        self.push.wake()

    async def _send_in_time(self) -> None:
        """Send what has changed, and every few seconds the minutes of running sessions."""
        now = time.monotonic()
        if now - self._minutes_at >= MINUTES_S:
            self._minutes_at = now
            self._touched |= {connector.id for connector in self._live.connectors() if connector.session is not None}
        await self._send_changes()

    async def _send_changes(self) -> None:
        """Send what has changed. A connector that cannot be shown keeps no other from its pages."""
        failures: dict[int, Exception] = {}
        try:
            await self._send_whatever_changed(failures)
        except Exception:
            self._are_pages_behind = self._chargers_touched = True
            raise
        if failures:
            self._touched |= failures.keys()
            msg = f"These connectors cannot be shown: {sorted(failures)}."
            raise ExceptionGroup(msg, list(failures.values()))

    async def _send_whatever_changed(self, failures: dict[int, Exception]) -> None:
        touched, self._touched = self._touched, set()
        changes: dict[str, Any] = {}
        if self._chargers_touched or any(self._renamed(connector_id) for connector_id in touched):
            self._chargers_touched = False
            changes |= self._changed_chargers()
            touched |= self._labels.keys() if self._are_pages_behind else self._labels.keys() - self._tiles.keys()
        tiles = self._changed_tiles(touched, failures)
        changes |= {key(connector_id): seen for connector_id, seen in tiles.items()}
        changes |= self._changed_counts()
        self._are_pages_behind = False
        if changes:
            await self._audience.write(BOARD, delta(Live, changes))
        await self._send_by_charger(tiles)

    async def _send_by_charger(self, tiles: dict[int, Tile]) -> None:
        """Send changed connectors to those who watch their charger alone."""
        changes: dict[str, dict[str, Any]] = defaultdict(dict)
        for connector_id, seen in tiles.items():
            topic = charger_topic(self._live.connector(connector_id).charger.id)
            if self._audience.watched(topic):
                changes[topic][key(connector_id)] = seen
        for topic, values in changes.items():
            await self._audience.write(topic, delta(Live, values))

    def _changed_tiles(self, touched: set[int], failures: dict[int, Exception]) -> dict[int, Tile]:
        """Return the touched connectors that look different now, and remember them as sent."""
        changed = {}
        for connector_id in touched & self._labels.keys():
            try:
                seen = tile(self._live.connector(connector_id))
            except Exception as error:  # noqa: BLE001 - raised once the others are sent
                failures[connector_id] = error
                continue
            if self._are_pages_behind or self._tiles.get(connector_id) != seen:
                self._tiles[connector_id] = changed[connector_id] = seen
        return changed

    def _changed_chargers(self) -> dict[str, Any]:
        changes: dict[str, Any] = {}
        rows, waiting = connector_rows(self._live), waiting_chargers(self._live.chargers())
        if self._are_pages_behind or rows != self._rows:
            self._rows = rows
            self._labels = {row.id: row.label for row in rows}
            changes[variable("rows")] = rows
        if self._are_pages_behind or waiting != self._waiting:
            self._waiting = waiting
            changes[variable("waiting")] = waiting
        return changes

    def _changed_counts(self) -> dict[str, Any]:
        counts = dict(Counter(seen["state"] for seen in self._tiles.values()))
        if counts == self._counts and not self._are_pages_behind:
            return {}
        self._counts = counts
        return {variable("counts"): counts}

    def _renamed(self, connector_id: int) -> bool:
        known = self._labels.get(connector_id)
        return known is not None and known != self._live.connector(connector_id).label
