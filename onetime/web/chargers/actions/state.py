"""What a visitor asks of a charger: each button begins an operation, which the page then follows to its end."""

from typing import Any

import reflex as rx

from onetime.services.people.permissions import Permission
from onetime.services.runtime import current
from onetime.texts import _
from onetime.web.chargers.actions.form import THIS_SESSION, amperes, card_number, connector_number, seconds, until
from onetime.web.chargers.frame.head import begin, shown_charger, to_panel
from onetime.web.frame import routes
from onetime.web.frame.access import needs, tell, visitor
from onetime.web.frame.parts.dialog import closes


class ChargerActions(rx.State):
    """The operations of a charger's buttons. They hold nothing: what runs is shown by the charger's head."""

    @needs(Permission.CONTROL_CHARGING)
    async def start(self, form: dict[str, str]) -> list[Any]:
        """Start a session for a card."""
        number = connector_number(form)
        limit = {"limit_a": amperes(form)} if form.get("amperes", "").strip() else {}
        await begin(self, "start", connector=number, id_tag=card_number(form), **limit)
        return _followed(f"start-{number}")

    @needs(Permission.CONTROL_CHARGING)
    async def stop(self, number: int) -> list[Any]:
        """End the session of a connector."""
        await begin(self, "stop", connector=number)
        return _followed(f"stop-{number}")

    @needs(Permission.CONTROL_CHARGING)
    async def unlock(self, number: int) -> list[Any]:
        """Release the cable of a connector."""
        await begin(self, "unlock", connector=number)
        return _followed(f"unlock-{number}")

    @needs(Permission.CONTROL_CHARGING)
    async def reserve(self, form: dict[str, str]) -> list[Any]:
        """Keep a connector free for a card until a time of the house's clock."""
        number = connector_number(form)
        await begin(self, "reserve", connector=number, id_tag=card_number(form), until=until(form))
        return _followed(f"reserve-{number}")

    @needs(Permission.CONTROL_CHARGING)
    async def cancel_reservation(self, number: int) -> list[Any]:
        """Give up what is reserved at a connector."""
        await begin(self, "cancel_reservation", connector=number)
        return _followed(f"cancel-{number}")

    @needs(Permission.CONTROL_CHARGING)
    async def limit(self, form: dict[str, str]) -> list[Any]:
        """Limit the current of a connector, or with 0 of the charger, for some hours or until it is removed."""
        number, duration_s = connector_number(form), seconds(form)
        until_then: dict[str, Any] = {} if duration_s is None else {"duration_s": duration_s}
        if form.get("hours") == THIS_SESSION:
            until_then = {"only_session": True}
        await begin(self, "set_current_limit", connector=number, limit_a=amperes(form), **until_then)
        return _followed(f"limit-{number}")

    @needs(Permission.CONTROL_CHARGING)
    async def remove_limit(self, number: int) -> list[Any]:
        """Remove the limit of a connector, or with 0 of the charger."""
        await begin(self, "clear_current_limit", connector=number)
        return _followed(f"no-limit-{number}")

    @needs(Permission.PUSH_CARDS)
    async def push_cards(self, full: bool) -> list[Any]:
        """Bring the charger's list of cards up to date."""
        await begin(self, "push_authorization_list", full=full)
        return _followed("cards")

    @needs(Permission.PUSH_CARDS)
    async def clear_cache(self) -> list[Any]:
        """Have the charger forget which cards it has seen accepted."""
        await begin(self, "clear_cache")
        return _followed("cards")

    @needs(Permission.RESET_CHARGER)
    async def change_availability(self, number: int, available: bool) -> list[Any]:
        """Take a connector, or with 0 the whole charger, out of service or back into it."""
        await begin(self, "change_availability", connector=number, available=available)
        return _followed(f"{'in' if available else 'out'}-{number}")

    @needs(Permission.RESET_CHARGER)
    async def restart(self, hard: bool) -> list[Any]:
        """Restart the charger."""
        await begin(self, "reset", type="hard" if hard else "soft")
        return _followed("reset")

    @needs(Permission.SEND_COMMAND)
    async def ask_for(self, form: dict[str, str]) -> list[Any]:
        """Ask for a message."""
        await begin(self, "trigger", message=form.get("message", ""))
        return _followed("trigger")

    @needs(Permission.ACCEPT_CHARGER)
    async def retire(self) -> list[Any]:
        """Delete the charger; its sessions stay."""
        charger = await shown_charger(self)
        await current().chargers.leaving.retire(charger.identity, visitor().actor)
        said = tell(_("{identity} is deleted. Its sessions are kept.", identity=charger.identity), good=True)
        return [closes("retire"), said, rx.redirect(routes.DASHBOARD)]


def _followed(dialog: str) -> list[Any]:
    return [closes(dialog), to_panel()]
