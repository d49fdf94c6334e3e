"""How the live board looks on a page: pure functions from its objects to what a browser is sent."""

import re
from collections.abc import Iterable

from onetime.clock import utc_now
from onetime.models import Registration
from onetime.services.chargers.live import LiveBoard, LiveCharger, LiveConnector
from onetime.web.chargers.board.state import ConnectorRow, Tile, WaitingCharger


def tile(connector: LiveConnector) -> Tile:
    """Return what of a connector moves."""
    seen = Tile(state=connector.state.value)
    if connector.power_w is not None:
        seen["w"] = round(connector.power_w, -2)  # as exact as it is shown (0.1 kW): noise below sends nothing
    if connector.since is not None:
        seen["since"] = int(connector.since.timestamp())
    if connector.error_code != "NoError":
        seen["error"] = connector.status_info or connector.error_code
    session = connector.session
    if session is not None:
        seen["wh"] = round(session.energy_wh, -1)  # shown as 0.01 kWh
        seen["minutes"] = max(0, int((utc_now() - session.started_at).total_seconds() // 60))
        if connector.soc_percent is not None:
            seen["soc"] = connector.soc_percent
    return seen


def connector_rows(live: LiveBoard) -> list[ConnectorRow]:
    """Return the connectors people can plug into, ordered as people count their spots: A2 before A12."""
    rows = [row(connector) for connector in live.connectors()]
    return sorted(rows, key=lambda r: (_natural(r.label), r.number))


def row(connector: LiveConnector) -> ConnectorRow:
    """Return what of a connector does not move."""
    return ConnectorRow(
        id=connector.id,
        label=connector.label,
        identity=connector.charger.identity,
        number=connector.number,
        limit_w=connector.max_power_w,
    )


def waiting_chargers(chargers: Iterable[LiveCharger]) -> list[WaitingCharger]:
    """Return the chargers nobody has let in yet."""
    return [
        WaitingCharger(charger.identity, " ".join(part for part in (charger.vendor, charger.model) if part))
        for charger in chargers
        if charger.registration is Registration.PENDING
    ]


def _natural(label: str) -> list[tuple[int, int, str]]:
    """Return a key that sorts numbers inside a text as numbers."""
    parts = re.split(r"(\d+)", label.casefold())
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts if part]
