"""The form of a correction: filled with a suggestion, and read back. What was not touched stays exact."""

import dataclasses
from collections.abc import Mapping
from datetime import datetime

from onetime.services.reviews.ends import CorrectedEnds
from onetime.services.reviews.suggestions import Suggestion
from onetime.services.reviews.undo import ReviewError
from onetime.texts import _, say
from onetime.web.frame.times import Clockwork

LARGEST_WH = 10**12  # more than any meter shows


@dataclasses.dataclass(frozen=True, slots=True)
class CorrectionForm:
    """What the inputs begin with: times of the house's clock as browsers take them, registers in kWh."""

    started: str = ""
    stopped: str = ""
    meter_start: str = ""
    meter_stop: str = ""
    because: str = ""


def form_of(suggestion: Suggestion | None, clockwork: Clockwork) -> CorrectionForm:
    """Return the inputs for a suggestion; empty ones for none."""
    if suggestion is None:
        return CorrectionForm()
    ends = suggestion.ends
    return CorrectionForm(
        _time(ends.started_at, clockwork),
        _time(ends.stopped_at, clockwork),
        _register(ends.meter_start_wh),
        _register(ends.meter_stop_wh),
        say(suggestion.because, clockwork.language),
    )


def read_form(form: Mapping[str, str], suggestion: Suggestion, clockwork: Clockwork) -> CorrectedEnds:
    """Return what a person entered. Raises ``ReviewError`` for what is no time or no register."""
    shown, exact = form_of(suggestion, clockwork), suggestion.ends
    return CorrectedEnds(
        _read_time(form.get("started", ""), shown.started, exact.started_at, clockwork),
        _read_register(form.get("meter_start", ""), shown.meter_start, exact.meter_start_wh),
        _read_time(form.get("stopped", ""), shown.stopped, exact.stopped_at, clockwork),
        _read_register(form.get("meter_stop", ""), shown.meter_stop, exact.meter_stop_wh),
    )


def _time(instant: datetime, clockwork: Clockwork) -> str:
    return clockwork.local(instant).strftime("%Y-%m-%dT%H:%M:%S")


def _register(watt_hours: int) -> str:
    return f"{watt_hours // 1000}.{watt_hours % 1000:03d}"


def _read_time(text: str, shown: str, exact: datetime, clockwork: Clockwork) -> datetime:
    if text in (shown, shown.removesuffix(":00")):  # browsers leave seconds of nought away
        return exact
    instant = clockwork.instant(text)
    if instant is None:
        raise ReviewError(_("Enter date and time of the start and of the end."))
    return instant


def _read_register(text: str, shown: str, exact: int) -> int:
    """Return kWh as Wh, with a point or a comma and any marks between thousands."""
    cleaned = text.strip().replace("’", "").replace("'", "").replace(" ", "").replace("\u202f", "")
    if cleaned == shown:
        return exact
    whole, _point, part = cleaned.replace(",", ".").partition(".")
    if (
        not whole.isascii()
        or not whole.isdigit()
        or len(part) > 3
        or (part and not (part.isascii() and part.isdigit()))
    ):
        raise ReviewError(_("A register is a number of kWh with at most three decimals, such as 15234.5."))
    watt_hours = int(whole[:20]) * 1000 + int(part.ljust(3, "0") or 0)
    if watt_hours > LARGEST_WH:
        raise ReviewError(_("No meter shows that much: {text} kWh.", text=cleaned[:24]))
    return watt_hours
