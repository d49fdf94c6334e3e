"""Calendar months, as people name them: 2026-10."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self
from zoneinfo import ZoneInfo

from onetime.texts import _

_FORM = re.compile(r"(19[7-9][0-9]|2[01][0-9]{2})-(0[1-9]|1[0-2])")  # within the bounds of all times here


class MonthError(ValueError):
    """What was given is no month; the text says how one is written."""


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a month such as 2026-10. Raises ``MonthError``."""
        match = _FORM.fullmatch(text.strip())
        if match is None:
            raise MonthError(_("“{text}” is not a month; one is written 2026-10.", text=text))
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, instant: datetime, zone: ZoneInfo) -> Self:
        """Return the month an instant lies in on a site's clock."""
        local = instant.astimezone(zone)
        return cls(local.year, local.month)

    def before(self) -> "Month":
        """Return the month before this one."""
        return Month(self.year, self.number - 1) if self.number > 1 else Month(self.year - 1, 12)

    def after(self) -> "Month":
        """Return the month after this one."""
        return Month(self.year, self.number + 1) if self.number < 12 else Month(self.year + 1, 1)

    def in_words(self, language: str) -> str:
        """Return "2026-10" as "October 2026"."""
        from babel.dates import format_date  # with the first month that is named: no charger waits for it

        return str(format_date(date(self.year, self.number, 1), "LLLL y", locale=language))

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"
