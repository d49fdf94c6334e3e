"""What people do about chargers nobody knows: let all of them in for a while, none, or one by its name."""

from datetime import timedelta

import reflex as rx

from onetime.services.people.permissions import Permission
from onetime.services.runtime import current
from onetime.texts import _
from onetime.web.frame.access import needs, tell, visitor

LENGTHS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}


class Commissioning(rx.State):
    """What the pages ask for; what they show of it is sent to them."""

    @needs(Permission.ACCEPT_CHARGER)
    async def open_house(self, form: dict[str, str]) -> object:
        """Let new chargers in for the chosen time."""
        length = LENGTHS.get(form.get("length", ""))
        if length is None:
            raise ValueError(_("Choose for how long new chargers shall be let in."))
        await current().commissioning.window.open_for(length, visitor().actor)
        return tell(_("New chargers are let in now."), good=True)

    @needs(Permission.ACCEPT_CHARGER)
    async def close_house(self) -> object:
        """Turn new chargers away from now on."""
        await current().commissioning.window.close(visitor().actor)
        return tell(_("New chargers are turned away from now on."), good=True)

    @needs(Permission.ACCEPT_CHARGER)
    async def let_in(self, identity: str) -> object:
        """Accept a charger that was turned away, so that it gets in when it tries again."""
        name = (await current().commissioning.enrolment.decide(identity, visitor().actor, admit=True)).identity
        sentence = _("{identity} is accepted. It connects when it tries again, mostly within minutes.", identity=name)
        return tell(sentence, good=True)
