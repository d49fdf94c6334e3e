"""The plain data of one month's report: sessions, quarter-hours, registers and totals. Energy in integer Wh."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from onetime.billing.intervals import Quality
from onetime.billing.periods import Period
from onetime.billing.registers.readings import MeteredSession, Reading, ReviewReason

MAIN_METER_LEAST_WH = 1_000  # two readings of two meters are never of one instant


@dataclass(frozen=True, slots=True)
class Tenant:
    """A person or household sessions are attributed to; `id` tells two of the same name apart."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Connector:
    """A connector as the field names it: the charger's OCPP identity, the connector number, the parking spot."""

    charger_id: str
    number: int
    spot: str | None = None

    @property
    def label(self) -> str:
        """Return what people call it: the parking spot, or the charger and connector where there is none."""
        return self.spot or f"{self.charger_id} · {self.number}"


@dataclass(frozen=True, slots=True)
class ChargingSession:
    """One session as stored: who, where from, and its readings. `id_tag` is the card in full.

    `set_aside` says why it must not be billed, where a person has still to decide about it or has discarded it.
    `is_assigned` says that a person named the tenant, whatever the card says, and `note` why somebody changed it.
    `is_end_estimated` says that its stop never came, `is_time_corrected` that its charger's clock was wrong, and
    `open_doubts` are the keys of the reasons for which it waits for a person.
    """

    transaction_id: int
    metered: MeteredSession
    id_tag: str | None = None
    tenant: Tenant | None = None
    stop_reason: str | None = None
    set_aside: ReviewReason | None = None
    is_assigned: bool = False
    note: str | None = None
    is_end_estimated: bool = False
    is_time_corrected: bool = False
    open_doubts: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One session of the report.

    `energy_wh` is what of it lies in the period, `by_quality` the same split by how well its quarter-hours are known.
    `stopped` is None while the session is open; `meter_stop_wh` is then its last good sample. `is_end_accepted` says
    that a person has accepted its estimated end, and `note` is what the last person said who decided about it.
    """

    transaction_id: int
    connector: Connector
    card: str | None
    tenant: Tenant | None
    started: datetime
    stopped: datetime | None
    meter_start_wh: int
    meter_stop_wh: int
    energy_wh: int
    by_quality: Mapping[Quality, int]
    stop_reason: str | None
    starts_before_period: bool
    ends_after_period: bool
    is_implausibly_fast: bool
    is_end_estimated: bool = False
    is_end_accepted: bool = False
    is_time_corrected: bool = False
    is_corrected: bool = False
    open_doubts: Sequence[str] = ()
    note: str | None = None

    @property
    def measured_wh(self) -> int:
        """Return the energy of the quarter-hours with a reading at both ends."""
        return self.by_quality.get(Quality.MEASURED, 0)


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A session that is in no sum of the report until a person has looked at it."""

    transaction_id: int
    connector: Connector
    started: datetime
    stopped: datetime
    meter_start_wh: int
    meter_stop_wh: int
    reason: ReviewReason


@dataclass(frozen=True, slots=True)
class Correction:
    """What a month that was closed before lacked, or had too much of (negative), in Wh.

    `month` is the closed one, such as 2026-09. Without a session it is the house's energy on the connector.
    """

    month: str
    transaction_id: int | None
    connector: Connector
    tenant: Tenant | None
    energy_wh: int
    note: str | None

    @property
    def is_house(self) -> bool:
        """Say whether it is about energy between sessions."""
        return self.transaction_id is None


@dataclass(frozen=True, slots=True)
class RegisterJump:
    """Where a connector's register did not go on from where it was: from `before` to `after`.

    `is_explained` says that it began again at zero, as chargers do that count each session anew.
    """

    before: Reading
    after: Reading
    is_explained: bool

    @property
    def energy_wh(self) -> int:
        """Return what was shown before less what was shown after, in Wh."""
        return self.before.register_wh - self.after.register_wh


@dataclass(frozen=True, slots=True)
class LostEnergy:
    """Energy that flowed while no session was known, from one reading to another, more than a standby takes."""

    connector: Connector
    begin: Reading
    end: Reading

    @property
    def energy_wh(self) -> int:
        """Return how much it was, in Wh."""
        return self.end.register_wh - self.begin.register_wh


@dataclass(frozen=True, slots=True)
class MainMeter:
    """A charger's main meter (connector 0) between two of its readings, and what its connectors counted meanwhile."""

    charger_id: str
    first: Reading
    last: Reading
    connectors_wh: int

    @property
    def energy_wh(self) -> int:
        """Return what the main meter counted, in Wh."""
        return self.last.register_wh - self.first.register_wh

    @property
    def agrees(self) -> bool:
        """Say whether both counted the same, give or take two meters of class B (EN 50470: 1 % each)."""
        difference = abs(self.energy_wh - self.connectors_wh)
        return self.energy_wh >= 0 and difference <= MAIN_METER_LEAST_WH + max(self.energy_wh, 0) // 50


@dataclass(frozen=True, slots=True)
class ConnectorMonth:
    """One connector's energy in the period.

    `energy_wh` holds the sessions' energy for each quarter-hour of the period and `quality` its worst quality as a
    rank plus one (0: no session). `house_wh` flowed between sessions. `first` and `last` are the register at the
    period's ends, or the nearest readings within it. Where the register jumped (a charger that counts from zero each
    session, a new meter, a session under review) `jumps_wh` is what was shown before less what was shown after, so
    that always sessions + house = last - first + jumps. `unexplained_jumps` counts those of over 10 Wh that did not
    lead to zero, and `jumps` lists every one of over 10 Wh.
    """

    connector: Connector
    energy_wh: Sequence[int]
    quality: Sequence[int]
    session_wh: int
    house_wh: int
    first: Reading | None
    last: Reading | None
    jumps_wh: int
    unexplained_jumps: int
    jumps: Sequence[RegisterJump] = ()

    @property
    def explained_jumps_wh(self) -> int:
        """Return what of the jumps is no riddle: only that may be left out of the difference of the registers."""
        return self.jumps_wh - sum(jump.energy_wh for jump in self.jumps if not jump.is_explained)


@dataclass(frozen=True, slots=True)
class TenantTotal:
    """A tenant's sum over the period's sessions; `tenant` is None for sessions nobody is assigned to."""

    tenant: Tenant | None
    spots: Sequence[str]
    session_count: int
    energy_wh: int
    measured_wh: int


@dataclass(frozen=True, slots=True)
class DailyEnergy:
    """Energy by local day: one column for each tenant (None: not assigned), and the house's own."""

    days: Sequence[date]
    by_tenant: Mapping[Tenant | None, Sequence[int]]
    house_wh: Sequence[int]


@dataclass(frozen=True, slots=True)
class MonthReport:
    """Everything the month's workbook shows, for one site.

    `house_wh` is the energy between sessions for each quarter-hour of the period, over all connectors. `corrections`
    belong to months closed before and are in no other sum of this one. `closed_at` is set once it is closed itself.
    `lost` is energy no session is known for, `main_meters` the chargers' own. `doubt_names` are English words for the
    keys of the sessions' open doubts.
    """

    site_name: str
    period: Period
    made_at: datetime
    connectors: Sequence[ConnectorMonth]
    sessions: Sequence[SessionLine]
    reviews: Sequence[ReviewLine]
    tenants: Sequence[TenantTotal]
    daily: DailyEnergy
    house_wh: Sequence[int]
    corrections: Sequence[Correction] = ()
    closed_at: datetime | None = None
    doubt_names: Mapping[str, str] = field(default_factory=dict)
    lost: Sequence[LostEnergy] = ()
    main_meters: Sequence[MainMeter] = ()

    @property
    def session_wh(self) -> int:
        """Return the energy of all sessions in the period."""
        return sum(month.session_wh for month in self.connectors)

    @property
    def total_wh(self) -> int:
        """Return all energy in the period, the house's included: what the physical meters counted."""
        return self.session_wh + sum(self.house_wh)
