"""Where a session ended whose stop never came: at the last reading its meter can really have shown."""

from datetime import datetime

from sqlmodel import Session

from onetime.billing.registers.readings import Reading
from onetime.models import Connector, Transaction
from onetime.services.sessions.readings.shown import open_chain


def last_believable(session: Session, row: Transaction, connector: Connector, until: datetime | None = None) -> Reading:
    """Return the newest reading of a session, in Wh and counted like its start, that its meter could have shown.

    Readings that went back or rose faster than the connector delivers are passed over, and so are those after
    ``until``. Without any, the session ended where it began.
    """
    return open_chain(session, row, connector, until).end
