"""What a charger says when a session ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from onetime.services.chargers.measurements import Measurement


@dataclass(frozen=True, slots=True)
class StopRequest:
    """What a StopTransaction says. ``meter_stop_wh`` is the connector's register in Wh, None where it says none.

    ``raw`` is kept as evidence.

    ``charger_stopped_at`` is the charger's own time stamp where it was wrong; ``has_stamp`` says that it sent one.
    ``connector_number`` is not in the specification; some chargers say it (road-labs/chargestation-one #61).
    """

    transaction_id: int
    stopped_at: datetime
    meter_stop_wh: int | None
    reason: str
    id_tag: str | None
    raw: str
    measurements: Sequence[Measurement] = ()
    charger_stopped_at: datetime | None = None
    has_stamp: bool = True
    connector_number: int | None = None
