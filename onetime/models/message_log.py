"""Every OCPP frame as it came and went, in compressed blocks of one charger each."""

import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

import msgspec
from sqlalchemy import Column, Index, LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

from onetime.models.types import BigId, UtcDateTime


class Direction(StrEnum):
    """Which way a frame went."""

    RECEIVED = "received"
    SENT = "sent"


class LoggedMessage(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One frame. ``at_us`` is in microseconds since 1970; ``problem`` says what had to be repaired, or why refused."""

    id: int
    at_us: int
    direction: Direction
    action: str | None
    frame: str
    problem: str | None = None

    @property
    def at(self) -> datetime:
        """The instant it came or went."""
        return datetime.fromtimestamp(self.at_us / 1_000_000, UTC)


class CompressedMessages(TypeDecorator[Sequence[LoggedMessage]]):
    """Messages as one compressed text: about an eighth of what they are, because a charger repeats itself.

    It is compressed where the row is stored, on the database's thread.
    """

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Sequence[LoggedMessage] | None, dialect: Dialect) -> Any:
        """Compress."""
        return None if value is None else packed(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Sequence[LoggedMessage] | None:
        """Decompress."""
        return None if value is None else unpacked(value)


class MessageBlock(SQLModel, table=True):
    """Some messages of one charger in the order in which they came and went. Its id is that of the first of them."""

    __tablename__ = "message_block"
    __table_args__ = (
        Index("ix_message_block_charger", "charger_id", "id"),
        Index("ix_message_block_last_at", "last_at"),
    )

    model_config = {"arbitrary_types_allowed": True}

    id: int = Field(sa_column=Column(BigId, primary_key=True, autoincrement=False))
    charger_id: int = Field(foreign_key="charger.id")
    last_at: datetime = Field(sa_type=UtcDateTime)
    count: int
    problems: int = Field(description="How many of its messages had to be repaired or refused.")
    messages: list[LoggedMessage] = Field(sa_column=Column(CompressedMessages, nullable=False))


def packed(messages: Sequence[LoggedMessage]) -> bytes:
    """Return messages as they are stored."""
    compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, zlib.MAX_WBITS, 8, zlib.Z_DEFAULT_STRATEGY, _USUAL_TEXTS)
    return _FORMAT + compressor.compress(_encode(messages)) + compressor.flush()


def unpacked(stored: bytes) -> list[LoggedMessage]:
    """Return messages out of what is stored."""
    decompressor = zlib.decompressobj(zlib.MAX_WBITS, _USUAL_TEXTS)
    return _decoder.decode(decompressor.decompress(memoryview(stored)[1:]) + decompressor.flush())


_LEVEL: Final = 3  # a sixth larger than the best, in a fifth of the time
_FORMAT: Final = b"\x01"  # says with which of the texts below a block was compressed
_encode = msgspec.msgpack.Encoder().encode
_decoder = msgspec.msgpack.Decoder(list[LoggedMessage])

# What the texts of a short block are likely to hold, the likeliest last (zlib: preset dictionary). Never change it
# for a format that is in use: what was compressed with it could no longer be read.
_USUAL_TEXTS: Final = "".join(
    (
        '"StopTransaction",{"transactionId":,"idTag":"","timestamp":"","meterStop":,"reason":"Local","EVDisconnected"',
        '"StartTransaction",{"connectorId":1,"idTag":"","timestamp":"","meterStart":,"reservationId":',
        '"idTagInfo":{"status":"Accepted","parentIdTag":"","expiryDate":""},"transactionId":',
        '"BootNotification",{"chargePointVendor":"","chargePointModel":"","chargePointSerialNumber":"",',
        '"firmwareVersion":"","meterType":""}],"status":"Accepted","currentTime":"","interval":300}]',
        '"StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"Available","Charging","Preparing",',
        '"SuspendedEV","SuspendedEVSE","Finishing","timestamp":"2026-',
        '"Heartbeat",{}],{"currentTime":"2026-',
        '[2,"","MeterValues",{"connectorId":1,"transactionId":,"meterValue":[{"timestamp":"2026-01-01T00:00:00.000Z",',
        '"sampledValue":[{"value":"","context":"Transaction.Begin","Transaction.End","Sample.Clock",',
        '"measurand":"Power.Offered","Current.Offered","Temperature","Energy.Active.Import.Interval","Frequency",',
        '"unit":"kWh","kW","phase":"N","L1-L2","location":"EV","Inlet","Body"',
        '{"value":".0","context":"Sample.Periodic","format":"Raw","measurand":"SoC","location":"Outlet",',
        '"unit":"Percent"},{"value":"230.","context":"Sample.Periodic","format":"Raw","measurand":"Voltage",',
        '"phase":"L1-N","L2-N","L3-N","location":"Outlet","unit":"V"},{"value":"16.0","context":"Sample.Periodic",',
        '"format":"Raw","measurand":"Current.Import","phase":"L1","L2","L3","location":"Outlet","unit":"A"},',
        '{"value":"","context":"Sample.Periodic","format":"Raw","measurand":"Power.Active.Import",',
        '"location":"Outlet","unit":"W"},{"value":"","context":"Sample.Periodic","format":"Raw",',
        '"measurand":"Energy.Active.Import.Register","location":"Outlet","unit":"Wh"}]}]}]',
        "received",
        'sent[3,"",{}]',
    )
).encode()
