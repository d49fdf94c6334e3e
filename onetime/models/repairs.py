"""What had to be repaired of a charger's messages before they could be read, counted by kind."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from onetime.models.types import UtcDateTime


class SoftRepair(SQLModel, table=True):
    """How often one kind of mistake of one charger was repaired, and when last."""

    __tablename__ = "soft_repair"

    charger_id: int = Field(foreign_key="charger.id", primary_key=True)
    kind: str = Field(primary_key=True, description="A key of the gateway's repairs, such as wrong_type.")
    count: int
    last_at: datetime = Field(sa_type=UtcDateTime)
