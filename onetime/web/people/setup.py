"""The first run: name the house and create its administrator. Afterwards the page leads to the login."""

from collections.abc import AsyncIterator
from typing import Any
from zoneinfo import available_timezones

import reflex as rx

from onetime.services.people.accounts import House
from onetime.services.people.passwords import MINIMUM_LENGTH
from onetime.services.runtime import current
from onetime.texts import LANGUAGES, Text, _, say
from onetime.web.frame import routes
from onetime.web.frame.access import public, visitor
from onetime.web.frame.parts.forms import choose, field, problem, submit, text_input
from onetime.web.frame.parts.layout import plain
from onetime.web.frame.registry import page
from onetime.web.frame.session import DEFAULT_TIME_ZONE, Session, choose_language
from onetime.web.frame.texts.i18n import t
from onetime.web.people.login_ticket import enter


class Setup(rx.State):
    """The form of the first run."""

    problem: str = ""
    busy: bool = False

    @public
    async def open(self) -> object:
        """Show the form, unless the house has its name already."""
        self.problem, self.busy = "", False
        return rx.redirect(routes.DASHBOARD, replace=True) if visitor().house else None

    @public
    async def speak(self, language: str) -> None:
        """Show the form in another language."""
        if language in LANGUAGES:
            choose_language(await self.get_state(Session), language)

    @public
    async def create(self, form: dict[str, str]) -> AsyncIterator[Any]:
        """Create the house and its administrator, and log them in."""
        self.problem, self.busy = "", True
        yield
        self.busy = False
        parts = ("house", "time_zone", "language", "name", "password")
        house_name, time_zone, language, name, password = (str(form.get(part, "")) for part in parts)
        house = House(house_name, time_zone, language)
        try:
            admission = await current().people.accounts.set_up(house, name, password)
        except Exception as error:
            if not (error.args and isinstance(error.args[0], Text)):
                raise
            self.problem = say(error.args[0], visitor().language)
            return
        yield enter(admission)


@page(routes.SETUP, _("First steps"), Setup.open)
def setup() -> rx.Component:
    """Ask for what a house needs before anything else."""
    return plain(
        rx.el.img(src="/mark.svg", alt="", class_name="mark mark--big"),
        rx.el.h1(t("Welcome. What is this house called?")),
        rx.el.p(t("This takes a minute, and happens once."), class_name="lead"),
        rx.el.form(
            field(
                t("Language"),
                choose("language", list(LANGUAGES.items()), value=Session.language, on_change=Setup.speak),
                name="language",
            ),
            field(
                t("House"),
                text_input("house", required=True, auto_complete="off", auto_focus=True, max_length=80),
                name="house",
                hint=t("For example its street and number. It is printed on the month’s sheet."),
            ),
            field(
                t("Time zone"),
                choose("time_zone", [(z, z) for z in _time_zones()], default_value=DEFAULT_TIME_ZONE),
                name="time_zone",
                hint=t("Days and quarter-hours are counted on this clock."),
            ),
            rx.el.h2(t("Administrator")),
            field(t("Your name"), text_input("name", required=True, auto_complete="username"), name="name"),
            field(
                t("Password"),
                text_input(
                    "password", type="password", required=True, auto_complete="new-password", min_length=MINIMUM_LENGTH
                ),
                name="password",
                hint=t(
                    "At least {minimum} characters. A short sentence is easy to keep in mind.", minimum=MINIMUM_LENGTH
                ),
            ),
            problem(Setup.problem),
            submit(t("Create the house"), Setup.busy),
            on_submit=Setup.create,
            class_name="form",
        ),
    )


def _time_zones() -> list[str]:
    """Return the zones people live in; the rest are older names for the same."""
    regions = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
    return sorted(zone for zone in available_timezones() if zone.startswith(regions))
