"""The running session of a connector, as the live board keeps it."""

from dataclasses import dataclass
from datetime import datetime

from onetime.billing.registers.readings import JITTER_WH


@dataclass(slots=True)
class LiveSession:
    """The running session of a connector. Registers in Wh.

    ``register_wh`` is counted like ``meter_start_wh``: ``offset_wh`` is added to what the charger says.
    """

    transaction_id: int
    id_tag: str
    started_at: datetime
    meter_start_wh: int
    card_id: int | None = None
    register_wh: int | None = None
    register_at: datetime | None = None
    offset_wh: int = 0
    has_strays: bool = False

    @property
    def counts_otherwise(self) -> bool:
        """Say whether its registers tell nothing of those before and after it: they may count from another zero."""
        return self.has_strays or self.offset_wh != 0 or self.meter_start_wh <= JITTER_WH

    @property
    def energy_wh(self) -> int:
        """Energy since the start, never negative: a register that restarted is not yet understood."""
        return max(0, (self.register_wh or self.meter_start_wh) - self.meter_start_wh)
