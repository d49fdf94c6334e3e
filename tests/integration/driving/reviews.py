"""A session that cannot be right, and what is billed and written down of it."""

from datetime import UTC, datetime, timedelta

from sqlmodel import Session, select

from onetime.billing.intervals import Quality
from onetime.models import AuditEntry
from onetime.services.billing.intervals import list_intervals
from onetime.services.reviews.service import ReviewRow
from tests.integration.conftest import House
from tests.integration.driving.sessions import sample, start, stop

BEGIN = datetime(2026, 10, 5, 18, 0, tzinfo=UTC)
END = BEGIN + timedelta(hours=1)
LIFETIME = 9_015_000


async def billed(house: House) -> dict[Quality, int]:
    """Return the energy of all intervals, in Wh, by quality."""
    found = await house.services.database.read(
        lambda s: list_intervals(s, BEGIN - timedelta(days=1), END + timedelta(days=1), 1_000, None)
    )
    total: dict[Quality, int] = {}
    for each in found:
        total[each.interval.quality] = total.get(each.interval.quality, 0) + each.interval.energy_wh
    return total


async def implausible_session(house: House, meter_stop: int = LIFETIME) -> ReviewRow:
    """A session whose stop cannot be right, and the item that says so."""
    async with house.charger() as charger:
        transaction_id = await start(charger)
        values = {"connectorId": 1, "transactionId": transaction_id}
        await charger.call("MeterValues", {**values, "meterValue": [sample(18_000, "2026-10-05T18:30:00Z")]})
        await charger.call("StopTransaction", stop(transaction_id, meter_stop=meter_stop))
    [item] = await house.services.reviews.open_items()
    return item


async def audit(house: House) -> list[str]:
    def work(session: Session) -> list[str]:
        rows = session.exec(select(AuditEntry).where(AuditEntry.actor == "maria"))
        return [entry.action for entry in rows]

    return await house.services.database.read(work)
