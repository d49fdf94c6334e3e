"""How large a number, how long a text and how far away a time may be: one set of types for every door of the house.

Python, SQLite and PostgreSQL end their dates and integers at different places, and calculating beside an end raises
an error far from where the value came in. Whatever a person or a program hands in is held against these first.
"""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field

# A charger whose clock was never set says 1970; nothing in a house is from before that, or lasts so long.
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)

# What a table may keep. It is wider than what is handed in, so that days can be counted from there in both directions.
FIRST_STORED = datetime(1800, 1, 1, tzinfo=UTC)
LAST_STORED = datetime(2400, 1, 1, tzinfo=UTC)

LARGEST_INTEGER = 2**31 - 1  # OCPP 1.6 edition 2, section 3.10: an integer, which chargers keep in 32 bits
LONGEST_TEXT = 64_000  # characters of a text that no specification limits
MOST_ITEMS = 10_000  # of a list that no specification limits


def bounded_instant(instant: datetime) -> datetime:
    """Return an aware instant in UTC. Raises ``ValueError`` for one that nothing in a house can lie at."""
    if not EARLIEST <= instant < LATEST:
        msg = f"a time between the years {EARLIEST.year} and {LATEST.year} is needed"
        raise ValueError(msg)
    return instant.astimezone(UTC)


def storable(text: str) -> str:
    """Return a text both databases can keep. Raises ``ValueError`` for others.

    PostgreSQL's text has no zero character (its documentation, section 8.3), and half a surrogate pair, which JSON can
    write as an escape (RFC 8259, section 8.2), has no UTF-8.
    """
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        msg = "the text holds a character that cannot be kept"
        raise ValueError(msg)
    return text


Instant = Annotated[AwareDatetime, AfterValidator(bounded_instant)]
Text = Annotated[str, Field(max_length=LONGEST_TEXT), AfterValidator(storable)]
Integer = Annotated[int, Field(ge=-LARGEST_INTEGER - 1, le=LARGEST_INTEGER)]
Whole = Annotated[int, Field(ge=0, le=LARGEST_INTEGER)]
RowId = Whole  # the tables that an address names count in the same 32 bits
