"""What a connector can deliver, as a person says it: in amperes and phases, or in kilowatts."""

from sqlmodel import Session

from onetime.models import Connector
from onetime.services.chargers.live import LiveBoard
from onetime.services.people.audit import record
from onetime.store.database import Database
from onetime.texts import _

VOLTAGE = 230  # between a phase and neutral (IEC 60038)
AMPERES = (6, 630)  # IEC 61851-1 begins at 6 A; a larger supply than the other end feeds no connector
PHASES = (1, 3)
WATTS = (1_000, 1_000_000)
DEFAULT_W = 22_000  # what is assumed until somebody says it


class PowerError(ValueError):
    """What was given is no power of a connector; the text says what one is."""


class ConnectorPowerService:
    """Keeps what somebody said that a connector delivers."""

    def __init__(self, database: Database, live: LiveBoard) -> None:
        self._database = database
        self._live = live

    async def set_power(self, connector_id: int, power_w: int | None, actor: str) -> None:
        """Set a connector's nominal power in W, or forget it with None. Raises ``PowerError``.

        From then on a session with more energy than that is held for review; before, only absurd ones are.
        """
        if power_w is not None and not WATTS[0] <= power_w <= WATTS[1]:
            raise PowerError(_("A connector delivers between 1 and 1000 kW."))
        await self._database.write(lambda s: _store(s, connector_id, power_w, actor))
        connector = self._live.connector(connector_id)
        connector.max_power_w = power_w or DEFAULT_W
        connector.power_is_known = power_w is not None
        self._live.charger_changed(connector.charger.id)


def read_power(kilowatts: str, amperes: str, phases: str) -> int | None:
    """Return the W that a person entered as kW, or as amperes and phases; None for nothing. Raises ``PowerError``."""
    if kilowatts.strip():
        return round(_number(kilowatts) * 1000)
    if not amperes.strip():
        return None
    current = _number(amperes)
    if not AMPERES[0] <= current <= AMPERES[1]:
        raise PowerError(_("A connector is fused with 6 to 630 A."))
    if phases not in {str(each) for each in PHASES}:
        raise PowerError(_("A connector has one phase or three."))
    return round(current * int(phases) * VOLTAGE)


def _number(text: str) -> float:
    cleaned = text.strip().replace(",", ".")
    try:
        number = float(cleaned) if cleaned.replace(".", "", 1).isdecimal() else -1.0
    except ValueError:
        number = -1.0
    if number < 0:
        raise PowerError(_("“{text}” is not a number.", text=text.strip()[:20]))
    return number


def _store(session: Session, connector_id: int, power_w: int | None, actor: str) -> None:
    connector = session.get_one(Connector, connector_id)
    before = f"{connector.max_power_w} W" if connector.power_is_known else "not known"
    connector.max_power_w = power_w or DEFAULT_W
    connector.power_is_known = power_w is not None
    session.add(connector)
    after = f"{power_w} W" if power_w else "not known"
    record(session, actor, "connector.power", str(connector_id), f"{before} → {after}")
