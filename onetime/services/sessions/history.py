"""What has been: sessions, and what they add up to. Read only."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import case
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, func, select

from onetime.billing.registers.readings import JITTER_WH
from onetime.bounds import FIRST_STORED, LAST_STORED
from onetime.models import (
    Card,
    Charger,
    Connector,
    ReviewState,
    Tenant,
    Transaction,
    TransactionState,
)
from onetime.services.cards.authorization import id_tag_key
from onetime.services.cards.handing_over import BILLED_TO
from onetime.services.complete import complete, naming_row
from onetime.services.sessions.doubts.open import open_doubts
from onetime.services.sessions.readings.shown import shown_register

RUNNING_LIMIT = 10_000  # more sessions than any house runs at once

_NEWEST_FIRST = (col(Transaction.started_at).desc(), col(Transaction.id).desc())
_AS_STORED = (col(Transaction.id),)
SET_ASIDE = frozenset({ReviewState.HELD, ReviewState.DISCARDED})  # in no bill, and so in no sum


@dataclass(frozen=True, slots=True)
class SessionFilter:
    """Which sessions to list; None does not restrict. Times are compared with the start.

    ``is_unassigned`` asks for those that belong to no tenant.
    """

    charger_id: int | None = None
    connector_id: int | None = None
    tenant_id: int | None = None
    state: TransactionState | None = None
    started_from: datetime | None = None
    started_before: datetime | None = None
    search: str | None = None
    id: int | None = None
    id_tag: str | None = None
    after_id: int | None = None
    is_unassigned: bool = False


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session as it is listed. Registers and energy in Wh; energy is that so far while the session is open.

    ``energy_wh`` is what its registers say, None where they contradict each other; ``billed_wh`` is what sums count.
    ``open_doubts`` are the keys of the reasons for which it waits in the review inbox.
    """

    id: int
    charger_id: int
    identity: str
    connector_id: int
    connector_number: int
    spot: str | None
    id_tag: str
    card_label: str | None
    tenant: str | None
    started_at: datetime
    stopped_at: datetime | None
    meter_start_wh: int
    meter_stop_wh: int | None
    energy_wh: int | None
    stop_reason: str | None
    stop_estimated: bool
    state: TransactionState
    review_state: ReviewState = ReviewState.CLEAR
    time_corrected: bool = False
    open_doubts: tuple[str, ...] = ()

    @property
    def is_billed(self) -> bool:
        """Say whether it counts: a held session waits for a decision, a discarded one has got it."""
        return self.review_state not in SET_ASIDE

    @property
    def billed_wh(self) -> int | None:
        """Return what sums count of it; None for a session that is in none."""
        return self.energy_wh if self.is_billed else None


@dataclass(frozen=True, slots=True)
class SessionTotals:
    """What a list of sessions adds up to. Energy in Wh, without the ``set_aside`` sessions that ``count`` includes."""

    count: int
    energy_wh: int
    set_aside: int = 0


def list_sessions(
    session: Session, wanted: SessionFilter, limit: int, *, newest_first: bool = True
) -> list[SessionRow]:
    """Return up to ``limit`` sessions, by their start with the newest first, or in the order they were stored.

    The two differ: a charger that was offline hands its sessions in later.
    """
    query = (
        sa_select(Transaction, Connector, col(Charger.identity), col(Card.label), col(Tenant.name))
        .join(Connector, col(Connector.id) == col(Transaction.connector_id))
        .join(Charger, col(Charger.id) == col(Connector.charger_id))
        .join(Card, col(Card.id) == col(Transaction.card_id), isouter=True)
        .join(Tenant, col(Tenant.id) == BILLED_TO, isouter=True)
        .where(*_conditions(wanted))  # type: ignore[arg-type]  # typed as SQLModel types comparisons
        .order_by(*(_NEWEST_FIRST if newest_first else _AS_STORED))
        .limit(limit)
    )
    rows = complete(session, query, Transaction, Connector, Charger)
    registers = {row.id or 0: _register(session, row) for row, *_ in rows if row.state is TransactionState.OPEN}
    doubts = open_doubts(session, [row.id or 0 for row, *_ in rows])
    return [
        _session_row(row, connector, identity, card_label, tenant, registers, doubts)
        for row, connector, identity, card_label, tenant in rows
    ]


def _register(session: Session, row: Transaction) -> int | None:
    with naming_row(session, Transaction, row.id):
        shown = shown_register(session, row)
    return shown.register_wh if shown else None


def total_sessions(session: Session, wanted: SessionFilter) -> SessionTotals:
    """Return how many sessions fit the filter and what they charged; open ones count with what they have so far."""
    _check_states(session, wanted)
    running = list_sessions(session, replace(wanted, state=TransactionState.OPEN), RUNNING_LIMIT)
    count, energy_wh = len(running), sum(row.billed_wh or 0 for row in running)
    set_aside = sum(not row.is_billed for row in running)
    if wanted.state is TransactionState.OPEN:
        return SessionTotals(count, energy_wh, set_aside)
    if wanted.state is not None:
        count = energy_wh = set_aside = 0
    gained = col(Transaction.meter_stop_wh) - col(Transaction.meter_start_wh)
    energy = func.coalesce(func.sum(case((gained > 0, gained), else_=0)), 0)
    query = (
        select(Transaction.review_state, func.count(), energy)
        .join(Connector, col(Connector.id) == col(Transaction.connector_id))
        .join(Charger, col(Charger.id) == col(Connector.charger_id))
        .join(Card, col(Card.id) == col(Transaction.card_id), isouter=True)
        .join(Tenant, col(Tenant.id) == BILLED_TO, isouter=True)
        .where(*_conditions(replace(wanted, state=TransactionState.ENDED)))
        .group_by(col(Transaction.review_state))
    )
    for review_state, ended, ended_wh in session.exec(query).all():
        is_set_aside = review_state in SET_ASIDE
        count += ended
        set_aside += ended if is_set_aside else 0
        energy_wh += 0 if is_set_aside else int(ended_wh or 0)
    return SessionTotals(count, energy_wh, set_aside)


def chargers_of_tenant(session: Session, tenant_id: int) -> list[str]:
    """Return the identities of the chargers a tenant has sessions at, and of no others."""
    query = (
        select(Charger.identity)
        .join(Connector, col(Connector.charger_id) == col(Charger.id))
        .join(Transaction, col(Transaction.connector_id) == col(Connector.id))
        .join(Card, col(Card.id) == col(Transaction.card_id), isouter=True)
        .where(tenant_id == BILLED_TO)
    )
    return list(session.exec(query.distinct().order_by(col(Charger.identity))))


def _check_states(session: Session, wanted: SessionFilter) -> None:
    """Raise ``UnreadableRowError`` for a session of a state that is none, which no sum would hold."""
    unknown = (
        col(Transaction.state).not_in(list(TransactionState))
        | col(Transaction.review_state).not_in(list(ReviewState))
        | ~col(Transaction.started_at).between(FIRST_STORED, LAST_STORED)
    )
    query = (
        select(Transaction)
        .join(Connector, col(Connector.id) == col(Transaction.connector_id))
        .join(Charger, col(Charger.id) == col(Connector.charger_id))
        .join(Card, col(Card.id) == col(Transaction.card_id), isouter=True)
        .join(Tenant, col(Tenant.id) == BILLED_TO, isouter=True)
        .where(*_conditions(replace(wanted, state=None)), unknown)
    )
    complete(session, query.limit(1), Transaction)


def _conditions(wanted: SessionFilter) -> list[bool]:
    """Translate a filter into conditions (typed as SQLModel types comparisons)."""
    conditions: list[bool] = []
    if wanted.charger_id is not None:
        conditions.append(Connector.charger_id == wanted.charger_id)
    if wanted.connector_id is not None:
        conditions.append(Transaction.connector_id == wanted.connector_id)
    if wanted.tenant_id is not None:
        conditions.append(wanted.tenant_id == BILLED_TO)
    if wanted.is_unassigned:
        conditions.append(BILLED_TO.is_(None))  # type: ignore[arg-type]  # a SQL condition
    if wanted.state is not None:
        conditions.append(Transaction.state == wanted.state)
    if wanted.started_from is not None:
        conditions.append(Transaction.started_at >= wanted.started_from)
    if wanted.started_before is not None:
        conditions.append(Transaction.started_at < wanted.started_before)
    if wanted.id is not None:
        conditions.append(Transaction.id == wanted.id)
    if wanted.id_tag is not None:
        conditions.append(Transaction.id_tag_key == id_tag_key(wanted.id_tag))
    return conditions + _paging(wanted) + _searching(wanted.search)


def _paging(wanted: SessionFilter) -> list[bool]:
    conditions: list[bool] = []
    if wanted.after_id is not None:
        conditions.append(col(Transaction.id) > wanted.after_id)  # type: ignore[arg-type]  # a SQL condition
    return conditions


def _searching(search: str | None) -> list[bool]:
    text = (search or "").strip()
    if not text:
        return []
    columns = (Transaction.id_tag, Charger.identity, Connector.spot, Card.label, Tenant.name)
    matches = [col(column).icontains(text, autoescape=True) for column in columns]
    condition = matches[0]
    for match in matches[1:]:
        condition = condition | match
    return [condition]  # type: ignore[list-item]  # a SQL condition


def energy_between(start_wh: int, end_wh: int) -> int | None:
    """Return the energy between two registers: never less than none, and not known where the meter went back."""
    if end_wh < start_wh - JITTER_WH:
        return None
    return max(0, end_wh - start_wh)


def _session_row(
    row: Transaction,
    connector: Connector,
    identity: str,
    card_label: str | None,
    tenant: str | None,
    registers: dict[int, int | None],
    doubts: dict[int, list[str]],
) -> SessionRow:
    end = row.meter_stop_wh if row.meter_stop_wh is not None else registers.get(row.id or 0)
    return SessionRow(
        id=row.id or 0,
        charger_id=connector.charger_id,
        identity=identity,
        connector_id=row.connector_id,
        connector_number=connector.number,
        spot=connector.spot,
        id_tag=row.id_tag,
        card_label=card_label,
        tenant=tenant,
        started_at=row.started_at,
        stopped_at=row.stopped_at,
        meter_start_wh=row.meter_start_wh,
        meter_stop_wh=row.meter_stop_wh,
        energy_wh=None if end is None else energy_between(row.meter_start_wh, end),
        stop_reason=row.stop_reason,
        stop_estimated=row.stop_estimated,
        state=row.state,
        review_state=row.review_state,
        time_corrected=row.time_corrected,
        open_doubts=tuple(sorted(doubts.get(row.id or 0, ()))),
    )
