"""What every charger and connector shows at this moment, in memory.

Services change it after their commit; pages and the API read it. It is rebuilt from the database at start, so a
session that was running before a power cut is running after it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from onetime.billing.registers.readings import highest_power_w
from onetime.clock import utc_now
from onetime.events import ChargerChanged, ConnectorChanged, EventBus, ReviewsChanged
from onetime.models import ConnectorStatus, Registration, believable_power_w
from onetime.services.chargers.live_state import STATE_OF_STATUS, LiveState
from onetime.services.chargers.running import LiveSession

FAST_CLOCK = timedelta(minutes=5)  # a stamp that is ahead by less is taken as it is
POWER_TRUSTED_S = 300  # without a new power reading for this long, the energy between two registers says more


@dataclass(slots=True)
class LiveConnector:
    """One connector now. Power in W, registers in Wh."""

    id: int
    charger: "LiveCharger"
    number: int
    spot: str | None
    max_power_w: int
    status: ConnectorStatus = ConnectorStatus.UNKNOWN
    status_at: datetime | None = None
    error_code: str = "NoError"
    status_info: str | None = None
    session: LiveSession | None = None
    power_w: int | None = None
    power_at: datetime | None = None
    soc_percent: int | None = None
    register_wh: int | None = None
    register_at: datetime | None = None
    wanted_available: bool | None = None
    power_is_known: bool = False
    has_own_register: bool = False  # it has said one itself, not through connector 0
    past_until: datetime = field(default_factory=utc_now)  # what was measured before may be of a session that ended

    @property
    def limit_w(self) -> int:
        """The most it can deliver, in W; where its power is a guess, what a house can be fed."""
        return highest_power_w(believable_power_w(self.max_power_w, is_known=self.power_is_known))

    @property
    def draws_power(self) -> bool:
        """Say whether power can flow: in a session, or where the connector says so without one."""
        return self.session is not None or self.status is ConnectorStatus.CHARGING

    @property
    def state(self) -> LiveState:
        """The state a person is shown."""
        if not self.charger.online:
            return LiveState.OFFLINE
        return STATE_OF_STATUS[self.status]

    @property
    def since(self) -> datetime | None:
        """Since when the state holds."""
        return self.charger.offline_since if not self.charger.online else self.status_at

    @property
    def label(self) -> str:
        """What people call it: the spot, or the charger's name and, where it has several, the connector."""
        if self.spot:
            return self.spot
        several = sum(1 for number in self.charger.connectors if number > 0) > 1
        return f"{self.charger.identity} · {self.number}" if several else self.charger.identity


@dataclass(slots=True)
class LiveCharger:
    """One charger now."""

    id: int
    identity: str
    registration: Registration
    vendor: str | None
    model: str | None
    offline_since: datetime | None
    connectors: dict[int, LiveConnector]
    firmware_version: str | None = None
    serial_number: str | None = None
    online: bool = False
    booted_at: datetime | None = None
    clock_offset_s: int | None = None
    reboot_needed_for: str | None = None
    clock_off_since: datetime | None = None
    triggered_at: datetime | None = None
    subprotocol_missing: bool = False
    is_retired: bool = False  # deleted, and kept for its sessions; shown nowhere


class LiveBoard:
    """Every charger and connector, by database id."""

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus
        self._chargers: dict[int, LiveCharger] = {}
        self._connectors: dict[int, LiveConnector] = {}

    def chargers(self) -> list[LiveCharger]:
        """Return all chargers, by name."""
        shown = (charger for charger in self._chargers.values() if not charger.is_retired)
        return sorted(shown, key=lambda charger: charger.identity.casefold())

    def waiting(self) -> list[LiveCharger]:
        """Return the chargers that wait for acceptance."""
        pending = (each for each in self._chargers.values() if each.registration is Registration.PENDING)
        return [charger for charger in pending if not charger.is_retired]

    def newest_id(self) -> int:
        """Return the highest id there is, 0 for none."""
        return max(self._chargers, default=0)

    def charger(self, charger_id: int) -> LiveCharger:
        """Return one charger; raises ``KeyError`` when there is none."""
        return self._chargers[charger_id]

    def identity_of(self, charger_id: int | None) -> str | None:
        """Return a charger's identity by its number; None for no charger, and for one whose row could not be read."""
        charger = self._chargers.get(charger_id) if charger_id is not None else None
        return charger.identity if charger is not None else None

    def find(self, identity: str) -> LiveCharger | None:
        """Return the charger of this identity, whatever its case."""
        key = identity.casefold()
        return next((c for c in self._chargers.values() if c.identity.casefold() == key and not c.is_retired), None)

    def shows(self, charger_id: int) -> bool:
        """Say whether there is such a charger, and nobody has deleted it."""
        charger = self._chargers.get(charger_id)
        return charger is not None and not charger.is_retired

    def is_stranger(self, charger_id: int) -> bool:
        """Say whether nobody has accepted this charger."""
        charger = self._chargers.get(charger_id)
        return charger is None or charger.registration is not Registration.ACCEPTED

    def connectors(self) -> Iterator[LiveConnector]:
        """Yield the connectors a car can be plugged into (not number 0) of accepted chargers, by charger."""
        for charger in self.chargers():
            if charger.registration is Registration.ACCEPTED:
                for number in sorted(charger.connectors):
                    if number > 0:
                        yield charger.connectors[number]

    def connector(self, connector_id: int) -> LiveConnector:
        """Return one connector; raises ``KeyError`` when there is none."""
        return self._connectors[connector_id]

    def session_on(self, connector_id: int) -> LiveSession | None:
        """Return the session of a connector; None where it has none, or is not here: its row could not be read."""
        connector = self._connectors.get(connector_id)
        return connector.session if connector else None

    def put_charger(self, charger: LiveCharger) -> None:
        """Add a charger, or replace what is known of it."""
        self._chargers[charger.id] = charger
        for connector in charger.connectors.values():
            self._connectors[connector.id] = connector
        self.charger_changed(charger.id)

    def take_off(self, charger_id: int) -> None:
        """Take a charger off the board. One with connectors is only hidden: sessions may still name them."""
        charger = self._chargers[charger_id]
        charger.online, charger.registration, charger.is_retired = False, Registration.PENDING, True
        if not charger.connectors:
            del self._chargers[charger_id]

    def put_back(self, charger_id: int, identity: str) -> LiveCharger | None:
        """Show a charger again that was taken off, if it is only hidden. An id may be another charger's by now."""
        charger = self._chargers.get(charger_id)
        if charger is None or charger.identity.casefold() != identity.casefold():
            return None
        charger.is_retired = False
        return charger

    def put_connector(self, connector: LiveConnector) -> None:
        """Add a connector that has just become known."""
        connector.charger.connectors[connector.number] = connector
        self._connectors[connector.id] = connector
        self.charger_changed(connector.charger.id)

    def charger_changed(self, charger_id: int) -> None:
        """Tell listeners that the charger and so all its connectors look different now."""
        self._bus.publish(ChargerChanged(charger_id))
        for connector in self._chargers[charger_id].connectors.values():
            self._bus.publish(ConnectorChanged(connector.id))

    def connector_changed(self, connector_id: int) -> None:
        """Tell listeners that one connector looks different now."""
        if self._bus.wants(ConnectorChanged):
            self._bus.publish(ConnectorChanged(connector_id))

    def reviews_changed(self) -> None:
        """Tell listeners that something waits for a decision."""
        self._bus.publish(ReviewsChanged())

    def set_online(self, charger_id: int, online: bool) -> None:
        """Note that a charger connected or was lost."""
        charger = self._chargers[charger_id]
        if charger.online == online:
            return
        charger.online = online
        charger.offline_since = None if online else utc_now()
        if not online:
            for connector in charger.connectors.values():
                connector.power_w = None
        self.charger_changed(charger_id)

    def set_status(
        self, connector_id: int, status: ConnectorStatus, at: datetime, error_code: str, info: str | None
    ) -> None:
        """Note what a connector said of itself."""
        connector = self._connectors[connector_id]
        if connector.status is not status:
            connector.status_at = at
        connector.status = status
        connector.error_code = error_code
        connector.status_info = info
        if status is not ConnectorStatus.CHARGING:
            connector.power_w = 0 if connector.session else None
        self.connector_changed(connector_id)

    def start_session(self, connector_id: int, session: LiveSession) -> None:
        """Note a session that runs. A connector whose row could not be read is not here and shows none."""
        connector = self._connectors.get(connector_id)
        if connector is None:
            return
        connector.session = session
        connector.soc_percent = None
        self.connector_changed(connector_id)

    def end_session(self, connector_id: int, transaction_id: int) -> None:
        """Note that a session ended, unless another one has taken its place."""
        connector = self._connectors.get(connector_id)
        if connector and connector.session and connector.session.transaction_id == transaction_id:
            if connector.session.counts_otherwise:
                connector.register_wh = connector.register_at = None
            connector.session = None
            connector.past_until = utc_now() + FAST_CLOCK
            connector.power_w = None
            connector.soc_percent = None
            self.connector_changed(connector_id)

    def add_reading(
        self,
        connector_id: int,
        taken_at: datetime,
        *,
        register_wh: int | None,
        power_w: int | None,
        soc_percent: int | None,
    ) -> None:
        """Note what a connector measured. An older reading than the one shown changes nothing."""
        connector = self._connectors[connector_id]
        if power_w is not None and (connector.power_at is None or taken_at >= connector.power_at):
            connector.power_w, connector.power_at = power_w, taken_at
        if register_wh is not None and (connector.register_at is None or taken_at >= connector.register_at):
            self._add_register(connector, register_wh, taken_at)
        if soc_percent is not None:
            connector.soc_percent = soc_percent
        self.connector_changed(connector_id)

    def show_register(
        self, connector_id: int, transaction_id: int, register_wh: int, at: datetime, offset_wh: int
    ) -> None:
        """Show what a session's readings say together, where the newest alone says something else."""
        connector = self._connectors[connector_id]
        session = connector.session
        if session is None or session.transaction_id != transaction_id:
            return
        session.register_wh, session.register_at, session.offset_wh = register_wh, at, offset_wh
        connector.register_wh, connector.register_at = register_wh - offset_wh, at
        self.connector_changed(connector_id)

    def _add_register(self, connector: LiveConnector, register_wh: int, taken_at: datetime) -> None:
        """Note a register; derive the power from two of them where the charger does not send it."""
        before, before_at = connector.register_wh, connector.register_at
        silent = connector.power_at is None or (taken_at - connector.power_at).total_seconds() > POWER_TRUSTED_S
        if silent and before is not None and before_at is not None and register_wh >= before and connector.draws_power:
            elapsed = (taken_at - before_at).total_seconds()
            if elapsed > 0:
                connector.power_w = min(round((register_wh - before) * 3600 / elapsed), connector.limit_w)
        connector.register_wh, connector.register_at = register_wh, taken_at
        if connector.session:
            connector.session.register_wh = register_wh + connector.session.offset_wh
            connector.session.register_at = taken_at
