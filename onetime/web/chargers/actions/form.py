"""What the forms about a charger mean: a connector, a card, a current, a time."""

from datetime import datetime

from onetime.clock import utc_now
from onetime.texts import _
from onetime.web.frame.access import visitor

HOUR_S = 3600
THIS_SESSION = "session"  # chosen in place of a number of hours
LONGEST_NUMBER = 9  # digits; with more it is no connector and no number of hours


def connector_number(form: dict[str, str]) -> int:
    """Return the connector a form is about. Raises ``ValueError`` with a sentence."""
    text = form.get("connector", "")
    if not text.isdecimal() or len(text) > LONGEST_NUMBER:
        raise ValueError(_("This charger has no such connector."))
    return int(text)


def card_number(form: dict[str, str]) -> str:
    """Return the card a form names: the typed one, else the chosen one. Raises ``ValueError`` with a sentence."""
    card = form.get("other_card", "").strip() or form.get("card", "").strip()
    if not card:
        raise ValueError(_("Choose a card, or type the number of one."))
    return card


def amperes(form: dict[str, str]) -> float:
    """Return the current a form names, in A per phase. Raises ``ValueError`` with a sentence."""
    text = form.get("amperes", "").strip().replace(",", ".")
    try:
        return round(float(text), 1)
    except ValueError:
        raise ValueError(_("Type the current in amperes, such as 10 or 13.5.")) from None


def seconds(form: dict[str, str]) -> int | None:
    """Return how long the hours last that a form names, in s; None where it names none."""
    hours = form.get("hours", "")
    return int(hours) * HOUR_S if hours.isdecimal() and len(hours) <= LONGEST_NUMBER else None


def until(form: dict[str, str]) -> datetime:
    """Return the end of a reservation, as the form names it on the house's clock. Raises ``ValueError``."""
    end = visitor().clockwork.instant(form.get("until", ""))
    if end is None:
        raise ValueError(_("Choose the day and the time until which it is reserved."))
    if end <= utc_now():
        raise ValueError(_("Choose a time that is still to come."))
    return end
