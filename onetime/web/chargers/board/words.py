"""What a connector's state is called and looks like, in one table: word, icon and colour role. All pages read it."""

from dataclasses import dataclass

import reflex as rx

from onetime.services.chargers.live_state import LiveState
from onetime.texts import _
from onetime.web.frame.texts.i18n import choice, t


@dataclass(frozen=True, slots=True)
class Look:
    """How a state is shown: always colour and icon and word, never colour alone."""

    role: str
    icon: str
    word: str


LOOKS: dict[LiveState, Look] = {
    LiveState.CHARGING: Look("positive", "zap", _("Charging")),
    LiveState.SUSPENDED_CAR: Look("caution", "pause", _("Paused by the car")),
    LiveState.SUSPENDED_CHARGER: Look("caution", "circle-pause", _("Paused by the charger")),
    LiveState.PREPARING: Look("info", "cable", _("Connected")),
    LiveState.FINISHING: Look("info", "check", _("Finished")),
    LiveState.RESERVED: Look("info", "clock", _("Reserved")),
    LiveState.FAULTED: Look("critical", "triangle-alert", _("Fault")),
    LiveState.OFFLINE: Look("offline", "cloud-off", _("Offline")),
    LiveState.UNAVAILABLE: Look("muted", "ban", _("Out of service")),
    LiveState.UNKNOWN: Look("muted", "circle-help", _("Not known yet")),
    LiveState.AVAILABLE: Look("neutral", "plug", _("Free")),
}


def word(state: rx.Var[str]) -> rx.Var[str]:
    """Return the word for a state only known in the page."""
    return choice({live.value: t(look.word) for live, look in LOOKS.items()}, state)


def role(state: rx.Var[str]) -> rx.Var[str]:
    """Return the colour role of a state only known in the page."""
    return choice({live.value: rx.Var.create(look.role) for live, look in LOOKS.items()}, state)


def icon(state: rx.Var[str], size: int = 16) -> rx.Component:
    """Return the icon of a state only known in the page."""
    cases = [(live.value, rx.icon(look.icon, size=size, aria_hidden=True)) for live, look in LOOKS.items()]
    return rx.match(state, *cases, rx.fragment())
