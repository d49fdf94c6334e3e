"""What a closed month would say today and did not: differences that the next open month carries.

What was billed stays as it is. Each session's difference is a line of its own for whoever it was billed to and
whoever it belongs to now, and what the house gained or lost by it is one too: so the closed month and its corrections
add up to what is known today.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from onetime.billing.grid import Grid, QuarterSeries
from onetime.billing.ledger import ConnectorLedger
from onetime.billing.periods import Period
from onetime.billing.registers.readings import Reading
from onetime.billing.report import ChargingSession, Connector, Correction, Tenant


@dataclass(frozen=True, slots=True)
class ConnectorState:
    """A connector's sessions around a period, and the readings between them, as they were known at some instant.

    Without ``between`` those readings were not accounted for.
    """

    connector: Connector
    sessions: Sequence[ChargingSession]
    between: Sequence[Reading] | None = None


def still_billed_to(before: Iterable[ChargingSession], now: Iterable[ChargingSession]) -> list[ChargingSession]:
    """Return today's sessions with the tenants of the closed month, where nobody has assigned them anew.

    A card that changes hands takes no session of a closed month with it; a session that belonged to nobody goes to
    the card's tenant once there is one.
    """
    billed = {each.transaction_id: each.tenant for each in before if each.tenant and not each.is_assigned}
    return [
        replace(each, tenant=billed[each.transaction_id])
        if each.transaction_id in billed and not each.is_assigned
        else each
        for each in now
    ]


def corrections(month: str, period: Period, before: ConnectorState, now: ConnectorState) -> list[Correction]:
    """Return what a connector's closed month lacks or has too much of, in Wh; none where nothing has changed."""
    is_alike = before.between is not None and now.between is not None  # else a version's rule would be a correction
    was, house_was = _accounted(period, before, (before.between or ()) if is_alike else ())
    known, house_now = _accounted(period, now, (now.between or ()) if is_alike else ())
    names = {tenant.id: tenant for _session, tenant in [*was, *known] if tenant}
    notes = {each.transaction_id: each.note for each in now.sessions}
    difference: Counter[tuple[int, int | None]] = Counter()
    for (session, tenant), energy_wh in known.items():
        difference[session, tenant.id if tenant else None] += energy_wh
    for (session, tenant), energy_wh in was.items():
        difference[session, tenant.id if tenant else None] -= energy_wh
    lines = [
        Correction(
            month, session, now.connector, None if tenant is None else names[tenant], energy_wh, notes.get(session)
        )
        for (session, tenant), energy_wh in sorted(difference.items(), key=lambda item: (item[0][0], item[0][1] or 0))
        if energy_wh
    ]
    if house_now != house_was:
        lines.append(Correction(month, None, now.connector, None, house_now - house_was, None))
    return lines


def _accounted(
    period: Period, state: ConnectorState, between: Sequence[Reading]
) -> tuple[Counter[tuple[int, Tenant | None]], int]:
    """Return the energy of each session with its tenant, and the house's, in Wh."""
    grid = Grid(period)
    ledger = ConnectorLedger(state.connector, grid, QuarterSeries(grid), between)
    for session in sorted(state.sessions, key=lambda each: each.metered.start.at):
        ledger.add(session)
    energy: Counter[tuple[int, Tenant | None]] = Counter()
    for line in ledger.lines:
        energy[line.transaction_id, line.tenant] += line.energy_wh
    return energy, ledger.close().house_wh
