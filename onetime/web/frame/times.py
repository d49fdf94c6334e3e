"""Times, numbers and amounts of energy as people read them, in their language and the house's time zone."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_skeleton, format_time
from babel.numbers import format_decimal

from onetime.bounds import bounded_instant
from onetime.clock import utc_now
from onetime.services.billing.months import Month
from onetime.texts import _, say

THIN_SPACE = "\u202f"  # narrow and unbreakable, between a number and its unit
LOCALES = {"en": "en_GB", "de": "de_CH", "fr": "fr_CH", "it": "it_CH"}


@dataclass(frozen=True, slots=True)
class Clockwork:
    """Formats for one language and one time zone."""

    language: str
    time_zone: str

    @property
    def locale(self) -> str:
        """The Swiss variant of the language; British English, for it has the same 24 hours."""
        return LOCALES[self.language]

    @property
    def zone(self) -> ZoneInfo:
        """The house's time zone."""
        return ZoneInfo(self.time_zone)

    def local(self, instant: datetime) -> datetime:
        """Return the instant on the house's clock."""
        return instant.astimezone(self.zone)

    def moment(self, instant: datetime | None) -> str:
        """Return a time as people say it: "today 14:02", "yesterday 9:15", "3 Nov 14:02"."""
        if instant is None:
            return "–"
        local = self.local(instant)
        clock = local.strftime("%H:%M")
        today = self.local(utc_now()).date()
        if local.date() == today:
            return say(_("today {time}", time=clock), self.language)
        if local.date() == today - timedelta(days=1):
            return say(_("yesterday {time}", time=clock), self.language)
        parts = "MMMd" if local.year == today.year else "yMMMd"
        return f"{format_skeleton(parts, local, locale=self.locale)} {clock}"

    def in_full(self, instant: datetime | None) -> str:
        """Return a time with everything, for the hover."""
        return "" if instant is None else format_datetime(self.local(instant), "full", locale=self.locale)

    def stamp(self, instant: datetime | None) -> str:
        """Return day and time to the second, to compare two clocks; empty for none."""
        if instant is None:
            return ""
        local = self.local(instant)
        return f"{format_skeleton('yMMMd', local, locale=self.locale)} {local:%H:%M:%S}"

    def clock(self, instant: datetime) -> str:
        """Return hours, minutes and seconds."""
        return str(format_time(self.local(instant), "HH:mm:ss", locale=self.locale))

    def month(self, month: str) -> str:
        """Return "2026-10" as "October 2026"."""
        return Month.parse(month).in_words(self.locale)

    def energy(self, watt_hours: int | None) -> str:
        """Return Wh as kWh with one decimal place."""
        return "–" if watt_hours is None else f"{self.number(watt_hours / 1000, 1)}{THIN_SPACE}kWh"

    def number(self, value: float, places: int) -> str:
        """Return a number with a fixed count of decimal places."""
        pattern = "#,##0." + "0" * places if places else "#,##0"
        return str(format_decimal(value, pattern, locale=self.locale))

    def duration(self, start: datetime, end: datetime | None) -> str:
        """Return how long something took, or has taken until now: "1 h 24 min"."""
        minutes = max(0, int(((end or utc_now()) - start).total_seconds() // 60))
        hours, rest = divmod(minutes, 60)
        if not hours:
            return f"{rest}{THIN_SPACE}min"
        return f"{hours}{THIN_SPACE}h {rest:02d}{THIN_SPACE}min"

    def seconds(self, seconds: float) -> str:
        """Return how long something short took: "0.4 s", "12 s", and from a minute on "2 min 05 s"."""
        if seconds < 10:
            return f"{self.number(max(0.0, seconds), 1)}{THIN_SPACE}s"
        minutes, rest = divmod(round(seconds), 60)
        if not minutes:
            return f"{rest}{THIN_SPACE}s"
        return f"{minutes}{THIN_SPACE}min {rest:02d}{THIN_SPACE}s"

    def day_start(self, day: str) -> datetime | None:
        """Return when an ISO day begins in this house, in UTC; None when it is not a day."""
        try:
            parsed = date.fromisoformat(day)
        except ValueError:
            return None
        return self.instant(parsed.isoformat())

    def instant(self, local: str) -> datetime | None:
        """Return the instant an input names on the house's clock, in UTC; None when no house can mean it."""
        try:
            return bounded_instant(datetime.fromisoformat(local).replace(tzinfo=self.zone))
        except (ValueError, OverflowError):
            return None
