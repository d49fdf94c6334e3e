"""What comes in through an address, bounded: names of chargers and cards, numbers of rows, places in a list."""

from typing import Annotated

from fastapi import Path, Query
from pydantic import Field

from onetime import bounds

NAME_LIMIT = 255  # characters; whatever is longer names nothing here, and is not looked for

ChargerName = Annotated[bounds.Text, Field(max_length=NAME_LIMIT)]
ChargerId = Annotated[ChargerName, Path(description="The OCPP identity, in any case.")]
CardNumber = Annotated[bounds.Text, Field(max_length=NAME_LIMIT)]
IdTag = Annotated[CardNumber, Path(description="The number of the card, in any case.")]
RowId = Annotated[bounds.RowId, Path(ge=1)]
RowCursor = Annotated[bounds.RowId | None, Query(description="The last id of the page before.")]
NameCursor = Annotated[
    Annotated[bounds.Text, Field(max_length=NAME_LIMIT)] | None, Query(description="The last name of the page before.")
]
Serial = Annotated[bounds.Text, Field(max_length=NAME_LIMIT), Path(description="Its serial number, hexadecimal.")]
