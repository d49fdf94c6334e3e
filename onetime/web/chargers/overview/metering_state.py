"""The state of the card about a charger's clock and its connectors' power."""

import dataclasses
from datetime import datetime

import reflex as rx

from onetime.services.chargers.clocks import OFF_S
from onetime.services.chargers.live import LiveCharger, LiveConnector
from onetime.services.chargers.power import PHASES, VOLTAGE, PowerError, read_power
from onetime.services.people.permissions import Permission
from onetime.services.runtime import current
from onetime.texts import _, say
from onetime.web.frame.access import needs, tell, visitor
from onetime.web.frame.parts.dialog import closes
from onetime.web.frame.times import THIN_SPACE, Clockwork

SHOWN_FROM_S = 60  # a clock that is less wrong is right enough for every bill


@dataclasses.dataclass(frozen=True, slots=True)
class PowerLine:
    """What one connector delivers, and the form's inputs for it."""

    id: int
    label: str
    power: str
    is_known: bool
    amperes: str
    phases: str
    kilowatts: str


class ChargerMetering(rx.State):
    """What the card shows; the charger's page reads it with the rest."""

    clock: str = ""
    connectors: list[PowerLine] = []
    problem: str = ""

    @needs(Permission.SET_CONNECTOR_POWER)
    async def begin(self) -> None:
        """Open the form without an earlier problem."""
        self.problem = ""

    @needs(Permission.SET_CONNECTOR_POWER)
    async def set_power(self, form: dict[str, str]) -> object:
        """Set what a connector delivers."""
        wanted = form.get("connector", "")
        known = [line for line in self.connectors if str(line.id) == wanted]
        if not known:
            raise PowerError(_("This charger has no such connector."))
        self.problem = ""
        try:
            power_w = read_power(form.get("kilowatts", ""), form.get("amperes", ""), form.get("phases", ""))
            await current().chargers.power.set_power(known[0].id, power_w, visitor().actor)
        except PowerError as error:
            self.problem = say(error.args[0], visitor().language)
            return None
        show_metering(self, current().chargers.live.connector(known[0].id).charger)
        return [closes(f"power-{wanted}"), tell(_("Saved."), good=True)]


def show_metering(state: ChargerMetering, charger: LiveCharger) -> None:
    """Show a charger's clock and power to the present visitor."""
    clockwork = visitor().clockwork
    state.clock = clock_sentence(charger.clock_offset_s, charger.clock_off_since, clockwork)
    numbers = sorted(number for number in charger.connectors if number > 0)
    state.connectors = [power_line(charger.connectors[number], clockwork) for number in numbers]


def clock_sentence(offset_s: int | None, since: datetime | None, clockwork: Clockwork) -> str:
    """Say how far a charger's clock is off, since when, and what follows; nothing while it is right."""
    if offset_s is None or abs(offset_s) < SHOWN_FROM_S:
        return ""
    off = _about(abs(offset_s))
    ahead = _("This charger’s clock is {time} ahead; its times are corrected.", time=off)
    behind = _("This charger’s clock is {time} behind; its times are corrected.", time=off)
    if abs(offset_s) <= OFF_S:
        ahead = _("This charger’s clock is {time} ahead: too little to matter.", time=off)
        behind = _("This charger’s clock is {time} behind: too little to matter.", time=off)
    sentence = say(ahead if offset_s > 0 else behind, clockwork.language)
    if since is None:
        return sentence
    return f"{sentence} {say(_('Since {time}.', time=clockwork.moment(since)), clockwork.language)}"


def _about(seconds: int) -> str:
    """Return how far a clock is off as people say it: "2 h", "1 h 24 min", "3 d 4 h"."""
    days, rest = divmod(round(seconds / 60), 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = ((days, "d"), (hours, "h"), (0 if days else minutes, "min"))
    return THIN_SPACE.join(f"{value}{THIN_SPACE}{unit}" for value, unit in parts if value)


def power_line(connector: LiveConnector, clockwork: Clockwork) -> PowerLine:
    """Return a connector's power as the card shows it."""
    watts, is_known = connector.max_power_w, connector.power_is_known
    amperes, phases = _fuse(watts) if is_known else ("", str(PHASES[-1]))
    return PowerLine(
        id=connector.id,
        label=connector.label,
        power=f"{clockwork.number(watts / 1000, 1)}{THIN_SPACE}kW",
        is_known=is_known,
        amperes=amperes,
        phases=phases,
        kilowatts="" if amperes or not is_known else f"{watts / 1000:g}",
    )


def _fuse(watts: int) -> tuple[str, str]:
    """Return the amperes and phases a power was entered as, when it was; else no amperes."""
    for phases in reversed(PHASES):
        amperes, rest = divmod(watts, VOLTAGE * phases)
        if not rest:
            return str(amperes), str(phases)
    return "", str(PHASES[-1])
