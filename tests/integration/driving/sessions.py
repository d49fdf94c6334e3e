"""Sessions as a charger tells them, and what the house has of them."""

from sqlmodel import Session, select

from onetime.models import MeterReading, ReviewItem, Transaction
from tests.integration.conftest import House
from tests.integration.driving.raw_charger import RawCharger

START = {"connectorId": 1, "idTag": "04A1B2C3", "meterStart": 15_000, "timestamp": "2026-10-05T18:00:00Z"}


def stop(transaction_id: int, meter_stop: int = 22_345, **more: object) -> dict[str, object]:
    return {"transactionId": transaction_id, "meterStop": meter_stop, "timestamp": "2026-10-05T19:00:00Z", **more}


def sample(register: object, timestamp: str, **more: object) -> dict[str, object]:
    return {"timestamp": timestamp, "sampledValue": [{"value": str(register), **more}]}


async def transactions(house: House) -> list[Transaction]:
    return await house.services.database.read(lambda s: list(s.exec(select(Transaction).order_by(Transaction.id))))  # type: ignore[arg-type]


async def readings(house: House) -> list[MeterReading]:
    def work(session: Session) -> list[MeterReading]:
        return list(session.exec(select(MeterReading).order_by(MeterReading.taken_at)))  # type: ignore[arg-type]

    return await house.services.database.read(work)


async def reviews(house: House) -> list[ReviewItem]:
    return await house.services.database.read(lambda s: list(s.exec(select(ReviewItem))))


async def start(charger: RawCharger, **more: object) -> int:
    answer = await charger.call("StartTransaction", {**START, **more})
    assert answer["idTagInfo"]["status"] == "Accepted"
    assert answer["transactionId"] > 0
    return int(answer["transactionId"])
