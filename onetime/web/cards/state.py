"""The state of the cards' page: who charges with what."""

import dataclasses
from datetime import date, datetime, timedelta

import reflex as rx

from onetime.clock import utc_now
from onetime.models import CardStatus
from onetime.services.cards.holders import CardFacts, CardRow
from onetime.services.people.permissions import Permission
from onetime.services.runtime import current
from onetime.texts import _
from onetime.web.frame.access import loads, needs, tell, visitor
from onetime.web.frame.parts.dialog import closes
from onetime.web.frame.times import Clockwork

NEW_CARD = "new-card"
REMOVE = "remove-unknown"


@dataclasses.dataclass(frozen=True, slots=True)
class CardLine:
    """One card, every part ready to be read."""

    id: int
    id_tag: str
    label: str
    tenant: str
    group: str
    expires: str
    blocked: bool
    expired: bool
    seen: str


class Cards(rx.State):
    """All cards: those that wait for a decision, and the others."""

    loaded: bool = False
    waiting: list[CardLine] = []
    known: list[CardLine] = []
    tenants: list[str] = []

    @loads(Permission.MANAGE_CARDS)
    async def open(self) -> None:
        """Show the cards."""
        await self._read()
        self.loaded = True

    @needs(Permission.MANAGE_CARDS)
    async def accept(self, form: dict[str, str]) -> object:
        """Let a card charge, and note whose it is."""
        await self._save(form, CardStatus.ACCEPTED)
        return [closes(NEW_CARD), tell(_("{card} may charge from now on.", card=form["id_tag"].strip()), good=True)]

    @needs(Permission.MANAGE_CARDS)
    async def change(self, form: dict[str, str]) -> object:
        """Note whose a card is, and whether it may charge."""
        await self._save(form, CardStatus.BLOCKED if form.get("blocked") else CardStatus.ACCEPTED)
        return [closes(f"card-{form['id']}"), tell(_("Saved."), good=True)]

    @needs(Permission.MANAGE_CARDS)
    async def block(self, id_tag: str) -> object:
        """Refuse a card from now on."""
        await self._save({"id_tag": id_tag}, CardStatus.BLOCKED)
        return tell(_("{card} is blocked. It can be let in again at any time.", card=id_tag), good=True)

    @needs(Permission.MANAGE_CARDS)
    async def remove_waiting(self) -> object:
        """Forget all cards nobody has named."""
        count = await current().cards.holders.delete_unknown(visitor().actor)
        await self._read()
        return [closes(REMOVE), tell(_("{count} cards were removed.", count=count), good=True)]

    async def _save(self, form: dict[str, str], status: CardStatus) -> None:
        expires_at = end_of_day(form.get("expires", ""), visitor().clockwork)
        since = moment_of(form.get("since", ""), visitor().clockwork)
        facts = CardFacts(
            form["id_tag"], status, form.get("tenant"), form.get("label"), form.get("group"), expires_at, since
        )
        await current().cards.holders.save(facts, visitor().actor)
        await self._read()

    async def _read(self) -> None:
        clockwork = visitor().clockwork
        rows = await current().cards.holders.cards()
        self.waiting = [card_line(row, clockwork) for row in rows if row.status is CardStatus.UNKNOWN]
        self.known = [card_line(row, clockwork) for row in rows if row.status is not CardStatus.UNKNOWN]
        self.tenants = await current().cards.holders.tenants()


def card_line(row: CardRow, clockwork: Clockwork) -> CardLine:
    """Return a card as it is listed."""
    return CardLine(
        id=row.id,
        id_tag=row.id_tag,
        label=row.label or "",
        tenant=row.tenant or "",
        group=row.group or "",
        expires=last_day(row.expires_at, clockwork),
        blocked=row.status is CardStatus.BLOCKED,
        expired=row.expires_at is not None and row.expires_at <= utc_now(),
        seen=clockwork.moment(row.last_refused_at or row.first_seen_at),
    )


def moment_of(text: str, clockwork: Clockwork) -> datetime | None:
    """Return the instant a date-and-time input names on the house's clock; None for an empty one.

    Raises ``ValueError`` with a sentence.
    """
    if not text.strip():
        return None
    instant = clockwork.instant(text)
    if instant is None:
        raise ValueError(_("Choose day and time from the calendar."))
    return instant


def end_of_day(day: str, clockwork: Clockwork) -> datetime | None:
    """Return the end of a day on the house's clock, as a date input names it; None for no day.

    Raises ``ValueError`` with a sentence.
    """
    if not day:
        return None
    try:
        end = clockwork.day_start((date.fromisoformat(day) + timedelta(days=1)).isoformat())
    except (ValueError, OverflowError):
        end = None
    if end is None:
        raise ValueError(_("Choose the last day of the card from the calendar."))
    return end


def last_day(instant: datetime | None, clockwork: Clockwork) -> str:
    """Return the last whole day before an instant, as a date input wants it; "" for none."""
    return "" if instant is None else (clockwork.local(instant) - timedelta(microseconds=1)).date().isoformat()
