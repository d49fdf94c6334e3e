"""Where a session ended whose stop never came: at the last reading its meter can really have shown."""

from datetime import datetime

from sqlmodel import Session

from onetime.billing.cleaning import clean
from onetime.billing.readings import MeteredSession, Reading
from onetime.models import Transaction
from onetime.services.sessions.readings.metered import register_readings


def last_believable(session: Session, row: Transaction, max_power_w: int, until: datetime | None = None) -> Reading:
    """Return the newest reading of a session, in Wh, that one meter on this connector could have shown.

    Readings that went back or rose faster than the connector delivers are passed over, and so are those after
    ``until``. Without any, the session ended where it began.
    """
    samples = [each for each in register_readings(session, row.id or 0) if until is None or each.at <= until]
    return clean(MeteredSession(Reading(row.started_at, row.meter_start_wh), None, samples, max_power_w)).end
