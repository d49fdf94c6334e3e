"""A closed month's report stays as it is to the Wh; what changes later is carried by the next open month."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from onetime.billing.report import MonthReport
from onetime.models import AuditEntry, Card, Site, Tenant, Transaction
from onetime.services.billing import closed_months, report_file
from onetime.services.billing.closed_months import ClosingError
from onetime.services.billing.closed_store import closed_months as closed_rows
from onetime.services.billing.closed_store import frozen_connectors
from onetime.services.billing.months import Month
from onetime.services.cards.holders import CardFacts
from onetime.services.chargers.measurements import Measurement
from onetime.services.reviews.ends import CorrectedEnds
from tests.integration.conftest import House
from tests.integration.driving.raw_charger import RawCharger
from tests.integration.driving.sessions import sample, start, stop

OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)
DECEMBER_DAY = datetime(2026, 12, 5, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_december(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closed_months, "utc_now", lambda: DECEMBER_DAY)


async def report(house: House, month: Month) -> MonthReport:
    def work(session: Session) -> MonthReport:
        return report_file.report_of(session, month, "en", lambda _done, _total, _what: None)

    return await house.services.database.read(work)


async def charge(charger: RawCharger, begin: str, end: str, first: int, last: int, card: str = "ANNA") -> int:
    number = await start(charger, idTag=card, timestamp=begin, meterStart=first)
    await charger.call("StopTransaction", stop(number, meter_stop=last, timestamp=end))
    return number


async def own(house: House, card: str, tenant: str) -> None:
    def work(session: Session) -> None:
        row = session.exec(select(Card).where(Card.id_tag == card)).one()
        owner = session.exec(select(Tenant).where(Tenant.name == tenant)).first() or Tenant(name=tenant)
        session.add(owner)
        session.flush()
        row.tenant_id = owner.id
        session.add(row)

    await house.services.database.write(work)


async def two_months(house: House, charger: RawCharger) -> tuple[int, int, int]:
    """A session in October, one across the end of the month, and one in November."""
    await house.services.database.write(lambda s: s.add(Site(name="Seestrasse 12")))
    october = await charge(charger, "2026-10-05T18:00:00Z", "2026-10-05T19:00:00Z", 10_000, 15_000)
    across = await charge(charger, "2026-10-31T22:00:00Z", "2026-11-01T00:00:00Z", 15_000, 19_000)
    november = await charge(charger, "2026-11-20T18:00:00Z", "2026-11-20T19:00:00Z", 19_100, 21_100)
    await own(house, "ANNA", "Anna Müller")
    return october, across, november


def lines(month: MonthReport) -> list[tuple[str, int | None, str | None, int]]:
    return [
        (line.month, line.transaction_id, line.tenant.name if line.tenant else None, line.energy_wh)
        for line in month.corrections
    ]


def figures(month: MonthReport) -> list[object]:
    """All figures of a report that a workbook shows."""
    connectors = [
        (list(each.energy_wh), list(each.quality), each.session_wh, each.house_wh, each.first, each.last, each.jumps_wh)
        for each in month.connectors
    ]
    return [connectors, month.sessions, month.reviews, month.tenants, list(month.house_wh), month.corrections]


async def item_about(house: House, transaction_id: int) -> int:
    """Put a session into the inbox so that somebody can decide about it."""
    await house.services.reviews.ask_about(transaction_id, "maria")
    return next(each.id for each in await house.services.reviews.open_items() if each.transaction_id == transaction_id)


async def test_a_closed_month_stays_as_it_is_and_november_carries_the_difference(house: House) -> None:
    async with house.charger() as charger:
        october, _across, november = await two_months(house, charger)
        before = await report(house, OCTOBER)
        await house.services.billing.closed_months.close("2026-10", "maria")
        assert figures(await report(house, OCTOBER)) == figures(before)

        item = await item_about(house, october)
        ends = CorrectedEnds(
            datetime(2026, 10, 5, 18, tzinfo=UTC), 10_000, datetime(2026, 10, 5, 19, tzinfo=UTC), 14_000
        )
        await house.services.reviews.correct(item, ends, "Meter photo of 5 October.", "maria")
    after = await report(house, NOVEMBER)
    assert figures(await report(house, OCTOBER)) == figures(before)
    assert ("2026-10", october, "Anna Müller", -1_000) in lines(after)
    assert (
        next(line.note for line in after.corrections if line.transaction_id == october) == "Meter photo of 5 October."
    )
    assert november in [line.transaction_id for line in after.sessions]
    counted = before.total_wh + after.total_wh + sum(line.energy_wh for line in after.corrections)
    assert counted == 21_100 - 10_000


async def test_a_session_across_the_end_is_billed_in_two_parts_that_stay_its_energy(house: House) -> None:
    async with house.charger() as charger:
        _october, across, _november = await two_months(house, charger)
        await house.services.billing.closed_months.close("2026-10", "maria")
        first = next(each for each in (await report(house, OCTOBER)).sessions if each.transaction_id == across)
        late = {"connectorId": 1, "transactionId": across, "meterValue": [sample(18_500, "2026-10-31T22:30:00Z")]}
        await charger.call("MeterValues", late)
    november = await report(house, NOVEMBER)
    second = next(each for each in november.sessions if each.transaction_id == across)
    booked = sum(line.energy_wh for line in november.corrections if line.transaction_id == across)
    assert booked != 0
    assert first.energy_wh + booked + second.energy_wh == 4_000


async def test_a_session_handed_in_after_the_closing_is_a_correction(house: House) -> None:
    async with house.charger() as charger:
        await two_months(house, charger)
        await house.services.billing.closed_months.close("2026-10", "maria")
        late = await charge(charger, "2026-10-12T18:00:00Z", "2026-10-12T19:00:00Z", 15_000, 15_000, "BEAT")
        real = await charge(charger, "2026-10-13T18:00:00Z", "2026-10-13T19:00:00Z", 0, 700, "BEAT")
    carried = lines(await report(house, NOVEMBER))
    assert ("2026-10", real, None, 700) in carried
    assert late not in [transaction_id for _month, transaction_id, _tenant, _wh in carried]


async def test_a_correction_is_carried_once_and_stays_in_the_month_that_carried_it(house: House) -> None:
    async with house.charger() as charger:
        october, _across, _november = await two_months(house, charger)
        await house.services.billing.closed_months.close("2026-10", "maria")
        await house.services.reviews.discard(await item_about(house, october), "maria", "Test run.")
        carried = lines(await report(house, NOVEMBER))
        assert ("2026-10", october, "Anna Müller", -5_000) in carried
        await house.services.billing.closed_months.close("2026-11", "maria")
        november = await report(house, NOVEMBER)
        assert lines(november) == carried
        assert lines(await report(house, Month(2026, 12))) == []

        await house.services.reviews.undo((await house.services.reviews.decided())[0].id, "maria")
        december = await report(house, Month(2026, 12))
    assert ("2026-10", october, "Anna Müller", 5_000) in lines(december)
    assert lines(await report(house, NOVEMBER)) == carried


async def test_a_card_that_gets_its_first_owner_after_the_closing_takes_its_sessions_along(house: House) -> None:
    async with house.charger() as charger:
        await house.services.database.write(lambda s: s.add(Site(name="Seestrasse 12")))
        number = await charge(charger, "2026-10-05T18:00:00Z", "2026-10-05T19:00:00Z", 10_000, 15_000, "BEAT")
        await house.services.billing.closed_months.close("2026-10", "maria")
        cards = house.services.cards.holders
        [card] = await cards.cards()
        await cards.save(CardFacts("BEAT", card.status, tenant="Beat Keller"), "maria")
        assert lines(await report(house, NOVEMBER)) == [
            ("2026-10", number, None, -5_000),
            ("2026-10", number, "Beat Keller", 5_000),
        ]
        await house.services.billing.closed_months.close("2026-11", "maria")
        await cards.save(CardFacts("BEAT", card.status, tenant="Carla Rossi"), "maria")
    assert lines(await report(house, Month(2026, 12))) == [], "a card that changes hands takes no old session with it"


async def test_months_are_closed_in_order_once_and_when_they_are_over(house: House) -> None:
    async with house.charger() as charger:
        await two_months(house, charger)
    service = house.services.billing.closed_months
    with pytest.raises(ClosingError, match="2026-10 first"):
        await service.close("2026-11", "maria")
    await service.close("2026-10", "maria")
    with pytest.raises(ClosingError, match="already"):
        await service.close("2026-10", "maria")
    await service.close("2026-11", "maria")
    with pytest.raises(ClosingError, match="not over"):
        await service.close("2026-12", "maria")
    state = await service.state("2026-11")
    assert (state.closed_at, state.closed_by, state.problem) == (DECEMBER_DAY, "maria", None)
    entries = await house.services.database.read(
        lambda s: list(s.exec(select(AuditEntry).order_by(col(AuditEntry.id))))
    )
    assert [(e.actor, e.subject) for e in entries if e.action == "month.close"] == [
        ("maria", "2026-10"),
        ("maria", "2026-11"),
    ]


async def test_no_month_is_closed_while_the_systems_time_is_wrong(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closed_months, "utc_now", lambda: datetime(1970, 1, 1, tzinfo=UTC))
    with pytest.raises(ClosingError, match="time"):
        await house.services.billing.closed_months.close("2026-10", "maria")


async def test_a_closing_that_was_cut_off_is_taken_back_and_done_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house.charger() as charger:
        october, _across, _november = await two_months(house, charger)

    def power_cut(*_args: object) -> None:
        raise OSError("The power went.")

    monkeypatch.setattr(closed_months, "_finish", power_cut)
    with pytest.raises(OSError, match="power"):
        await house.services.billing.closed_months.close("2026-10", "maria")
    assert await house.services.database.read(closed_rows) == []
    monkeypatch.undo()
    monkeypatch.setattr(closed_months, "utc_now", lambda: DECEMBER_DAY)
    await house.services.billing.closed_months.close("2026-10", "maria")
    assert october in [line.transaction_id for line in (await report(house, OCTOBER)).sessions]


async def test_the_state_says_what_would_come_later(house: House) -> None:
    async with house.charger() as charger:
        await two_months(house, charger)
        await start(charger, timestamp="2026-10-31T10:00:00Z", meterStart=15_000, connectorId=2)
        backwards = await start(charger, timestamp="2026-10-20T10:00:00Z", meterStart=9_000, connectorId=3)
        await charger.call("StopTransaction", stop(backwards, meter_stop=8_000, timestamp="2026-10-20T11:00:00Z"))
    state = await house.services.billing.closed_months.state("2026-10")
    assert (state.running, state.in_doubt) == (1, 1)


async def test_what_is_frozen_is_thin(house: House) -> None:
    async with house.charger() as charger:
        october, _across, _november = await two_months(house, charger)
        charger_id = house.services.chargers.live.chargers()[0].id
        begin = datetime(2026, 10, 5, 18, tzinfo=UTC)
        minutes = [Measurement(begin + timedelta(minutes=m), "Sample.Periodic", 10_000 + 80 * m) for m in range(1, 60)]
        await house.services.sessions.metering.measured(charger_id, 1, october, minutes)
        before = await report(house, OCTOBER)
        await house.services.billing.closed_months.close("2026-10", "maria")
    [closed] = await house.services.database.read(closed_rows)
    [(_connector, sessions)] = await house.services.database.read(lambda s: list(frozen_connectors(s, closed)))
    samples = next(each.metered.samples for each in sessions if each.transaction_id == october)
    assert len(samples) < len(minutes) / 4
    assert figures(await report(house, OCTOBER)) == figures(before)
    assert await house.services.database.read(lambda s: s.get_one(Transaction, october).changed_since_closing) is False
