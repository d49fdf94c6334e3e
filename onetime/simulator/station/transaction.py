"""A transaction as the charger remembers it."""

from dataclasses import dataclass, field
from datetime import datetime

from onetime.simulator.station.meter import Reading
from onetime.simulator.vocabulary import Context

# Intermediate readings a StopTransaction carries at most; the specification lets a charger drop the others
# (errata 3.89). A night at one reading a minute would otherwise be a frame of 100 kB.
_MOST_NOTES = 200


@dataclass(eq=False, slots=True)
class Transaction:
    """One charging transaction.

    `number` is the central system's id, None until it has answered. `refusal` is what it said about the card when
    that was not Accepted; with `supplied` False the transaction runs on without power.
    """

    connector_id: int
    id_tag: str
    started_at: datetime
    meter_start: int
    number: int | None = None
    refusal: str | None = None
    supplied: bool = True
    reservation_id: int | None = None
    last_sample: datetime = field(init=False)
    notes: list[tuple[Reading, Context]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.last_sample = self.started_at

    def note(self, reading: Reading, context: Context) -> None:
        """Keep a reading for StopTransaction.transactionData; halve the intermediate ones when they get many."""
        self.notes.append((reading, context))
        if len(self.notes) > _MOST_NOTES:
            self.notes = [self.notes[0], *self.notes[1:-1:2], self.notes[-1]]
