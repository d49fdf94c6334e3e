"""One connector's account of a period: its sessions by quarter-hour, and between them the house."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from onetime.billing.cards import masked_card
from onetime.billing.grid import Grid, QuarterSeries
from onetime.billing.intervals import Profile, Quality, profile, session_profile
from onetime.billing.registers.cleaning import Chain, clean
from onetime.billing.registers.readings import (
    JITTER_WH,
    MeteredSession,
    Reading,
    ReviewReason,
    is_faster_than_connector,
    review_reason,
)
from onetime.billing.registers_between import gap_before, rest_after, rises
from onetime.billing.report import (
    ChargingSession,
    Connector,
    ConnectorMonth,
    LostEnergy,
    RegisterJump,
    ReviewLine,
    SessionLine,
    Tenant,
)


class ConnectorLedger:
    """Takes a connector's sessions, oldest first, and accounts for every Wh its register counted.

    What the register gained between two sessions belongs to the house ("Allgemein"), spread over the gap by the
    readings `between` them, and so does what it gained before the first and after the last. Where the register cannot
    have got from one session to the next by counting (it went back, it rose faster than the connector can deliver, or
    a session in between is under review) nothing is attributed: the step is kept as a jump.
    """

    def __init__(self, connector: Connector, grid: Grid, house: QuarterSeries, between: Sequence[Reading] = ()) -> None:
        self.lost: list[LostEnergy] = []
        self._between = sorted(between)
        self._trusted_from: datetime | None = None
        self._max_power_w: int | None = None
        self._jumps: list[RegisterJump] = []
        self.lines: list[SessionLine] = []
        self.reviews: list[ReviewLine] = []
        self.daily: Counter[tuple[Tenant | None, int]] = Counter()
        self._connector = connector
        self._grid = grid
        self._house = house
        self._series = QuarterSeries(grid)
        self._session_wh = self._house_wh = self._jumps_wh = self._unexplained_jumps = 0
        self._first: Reading | None = None
        self._last: Reading | None = None
        self._previous: Chain | None = None

    def add(self, session: ChargingSession) -> None:
        """Account for a session that starts no earlier than the one before it.

        Sessions outside the period are not listed; the last before and the first after it tell the register at the
        period's ends.
        """
        reason = session.set_aside or review_reason(session.metered)
        if reason is not None:
            self._set_aside(session, session.metered.stop or session.metered.start, reason)
            return
        chain = clean(session.metered)
        self._max_power_w = session.metered.max_power_w
        self._add_gap(chain.start)
        self._previous = chain
        part = session_profile(session.metered, chain, self._grid.period.start, self._grid.period.end)
        if part is None:
            return
        self._follow_register(part.begin, part.end)
        self._series.add(part)
        self._session_wh += sum(part.energy_wh)
        for day, energy_wh in self._grid.daily(part.energy_wh, self._grid.position(part)).items():
            self.daily[session.tenant, day] += energy_wh
        self.lines.append(self._line(session, chain, part))

    def close(self) -> ConnectorMonth:
        """Return the connector's month."""
        self._add_rest()
        return ConnectorMonth(
            connector=self._connector,
            energy_wh=self._series.energy_wh,
            quality=self._series.quality,
            session_wh=self._session_wh,
            house_wh=self._house_wh,
            first=self._first,
            last=self._last,
            jumps_wh=self._jumps_wh,
            unexplained_jumps=self._unexplained_jumps,
            jumps=self._jumps,
        )

    def _add_gap(self, until: Reading) -> None:
        """Give the house what the register gained since the session before, or since the first reading."""
        since, samples = gap_before(until, self._known_end, self._readings_before(until.at), self._max_power_w)
        if since is None:
            return
        gap = MeteredSession(since, until, samples, self._max_power_w)
        if review_reason(gap) is not None or is_faster_than_connector(gap):
            return
        if until.register_wh == since.register_wh:
            self._pass_time(since, until)
            return
        self._give_to_house(clean(gap))

    def _add_rest(self) -> None:
        """Give the house what the register gained after the last session, as far as two readings agree on it."""
        if self._previous is not None and self._previous.is_open:
            return
        rest = rest_after(self._known_end, self._readings_before(None), self._max_power_w)
        if rest is not None:
            self._give_to_house(rest)

    def _give_to_house(self, chain: Chain) -> None:
        part = profile(chain, self._grid.period.start, self._grid.period.end)
        if part is not None:
            self._follow_register(part.begin, part.end)
            self._house.add(part)
            self._house_wh += sum(part.energy_wh)
        period = self._grid.period
        for begin, end in rises(chain):
            if period.start <= begin.at < period.end:
                self.lost.append(LostEnergy(self._connector, begin, end))

    @property
    def _known_end(self) -> Reading | None:
        return self._previous.end if self._previous is not None else None

    def _readings_before(self, instant: datetime | None) -> list[Reading]:
        """Return the readings between sessions since the last one, up to an instant."""
        end = self._known_end
        since = end.at if end is not None else self._trusted_from
        return [
            each
            for each in self._between
            if (since is None or each.at > since) and (instant is None or each.at < instant)
        ]

    def _pass_time(self, since: Reading, until: Reading) -> None:
        """Follow a register that stood still, which most do between sessions."""
        start, end = max(since.at, self._grid.period.start), min(until.at, self._grid.period.end)
        if start < end:
            self._follow_register(Reading(start, since.register_wh), Reading(end, until.register_wh))

    def _follow_register(self, begin: Reading, end: Reading) -> None:
        """Keep the register at the period's ends, and count where it did not go on from where it was."""
        if self._last is None:
            self._first = begin
        else:
            jump = RegisterJump(self._last, begin, is_explained=begin.register_wh == 0)
            self._jumps_wh += jump.energy_wh
            if abs(jump.energy_wh) > JITTER_WH:
                self._jumps.append(jump)
                self._unexplained_jumps += not jump.is_explained
        self._last = end

    def _set_aside(self, session: ChargingSession, stop: Reading, reason: ReviewReason) -> None:
        """List a session for review if it belongs to the period, and trust no register gap around it."""
        self._previous = None
        start = session.metered.start
        self._trusted_from = max(start.at, stop.at, self._trusted_from or start.at)
        first, last = sorted([start.at, stop.at])
        if last < self._grid.period.start or first >= self._grid.period.end:
            return
        self.reviews.append(
            ReviewLine(
                session.transaction_id,
                self._connector,
                start.at,
                stop.at,
                start.register_wh,
                stop.register_wh,
                reason,
            )
        )

    def _line(self, session: ChargingSession, chain: Chain, part: Profile) -> SessionLine:
        by_quality: Counter[Quality] = Counter()
        for quality, energy_wh in zip(part.quality, part.energy_wh, strict=True):
            by_quality[quality] += energy_wh
        return SessionLine(
            transaction_id=session.transaction_id,
            connector=self._connector,
            card=None if session.id_tag is None else masked_card(session.id_tag),
            tenant=session.tenant,
            started=chain.start.at,
            stopped=None if chain.is_open else chain.end.at,
            meter_start_wh=chain.start.register_wh,
            meter_stop_wh=chain.end.register_wh,
            energy_wh=sum(part.energy_wh),
            by_quality=dict(by_quality),
            stop_reason=session.stop_reason,
            starts_before_period=chain.start.at < self._grid.period.start,
            ends_after_period=chain.end.at > self._grid.period.end,
            is_implausibly_fast=is_faster_than_connector(session.metered),
            is_end_estimated=session.is_end_estimated,
            is_end_accepted=session.is_end_estimated and not session.metered.is_estimated,
            is_time_corrected=session.is_time_corrected,
            is_corrected=session.metered.is_corrected,
            open_doubts=session.open_doubts,
            note=session.note,
        )
