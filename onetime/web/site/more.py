"""The rest: language, light or dark, where chargers connect, the account, the version."""

from typing import Any

import reflex as rx

from onetime import __version__
from onetime.services.people.permissions import Permission
from onetime.services.runtime import current
from onetime.texts import LANGUAGES, _
from onetime.web.commissioning.address import charger_address
from onetime.web.commissioning.notices import watch_commissioning
from onetime.web.commissioning.parts import newcomers
from onetime.web.frame import routes
from onetime.web.frame.access import loads, needs, visitor
from onetime.web.frame.parts.forms import button, choose, field
from onetime.web.frame.parts.layout import frame, permitted, review_count
from onetime.web.frame.parts.link import link, served_link
from onetime.web.frame.registry import page
from onetime.web.frame.session import LANGUAGE_COOKIE, Session, choose_language
from onetime.web.frame.texts.i18n import t
from onetime.web.people.login_ticket import leave


class More(rx.State):
    """What a person decides for themselves."""

    ocpp_port: int = 9000
    deaths: int = 0
    failures: int = 0

    @loads(Permission.SEE_OWN_ACCOUNT)
    async def open(self) -> None:
        """Show the page."""
        self.ocpp_port = current().settings.ocpp_port
        background = current().background
        self.deaths, self.failures = background.deaths, background.failures
        if visitor().may(Permission.ACCEPT_CHARGER):
            await watch_commissioning(self.router.session.session_id)

    @needs(Permission.SEE_OWN_ACCOUNT)
    async def speak(self, language: str) -> object:
        """Use another language, here and at the next login anywhere."""
        person = visitor().person
        if language not in LANGUAGES or person is None:
            return None
        await current().people.accounts.choose_language(person.user_id, language)
        choose_language(await self.get_state(Session), language)
        return rx.call_script(f"document.cookie = '{LANGUAGE_COOKIE}={language};path=/;max-age=31536000;samesite=lax'")

    @needs(Permission.SEE_OWN_ACCOUNT)
    async def log_out(self) -> object:
        """End the login of this browser."""
        someone = visitor()
        if someone.login:
            await current().people.logins.log_out(someone.login, someone.person, someone.visit)
        return leave()


@page(routes.MORE, _("More"), More.open)
def more() -> rx.Component:
    """Show what a person decides for themselves."""
    return frame(
        routes.MORE,
        t("More"),
        rx.el.div(
            rx.el.section(
                rx.el.h2(t("Display")),
                field(
                    t("Language"),
                    choose("language", list(LANGUAGES.items()), value=Session.language, on_change=More.speak),
                    name="language",
                ),
                _colours(),
                class_name="card",
            ),
            permitted(
                Permission.ACCEPT_CHARGER,
                rx.el.section(
                    rx.el.h2(t("Connect a charger")),
                    rx.el.p(t("Enter this address in the charger’s settings as its OCPP server (OCPP 1.6, JSON):")),
                    charger_address(More.ocpp_port),
                    newcomers(),
                    class_name="card",
                ),
            ),
            permitted(
                Permission.REVIEW_SESSIONS,
                rx.el.section(
                    rx.el.h2(t("To review"), " ", review_count()),
                    rx.el.p(t("Sessions and readings that contradict themselves wait there for a decision.")),
                    rx.el.div(link(t("Open"), to=routes.REVIEWS, class_name="button button--secondary")),
                    class_name="card",
                ),
            ),
            rx.el.section(
                rx.el.h2(t("Account")),
                rx.el.p(t("Logged in as {name}.", name=Session.name)),
                rx.el.div(
                    link(t("Password and logins"), to=routes.ACCOUNT, class_name="button button--secondary"),
                    button(t("Log out"), kind="secondary", on_click=More.log_out),
                    class_name="dialog-actions",
                ),
                class_name="card",
            ),
            permitted(
                Permission.MANAGE_PEOPLE,
                rx.el.section(
                    rx.el.h2(t("Who gets in")),
                    rx.el.p(t("People who may log in, and programs that hold a token.")),
                    rx.el.div(link(t("Open"), to=routes.ACCESS, class_name="button button--secondary")),
                    class_name="card",
                ),
            ),
            rx.el.section(
                rx.el.h2("Onetime"),
                rx.el.p(t("Version {version}", version=__version__), class_name="number muted"),
                permitted(
                    Permission.SEE_CHARGER,
                    rx.cond(
                        More.deaths + More.failures > 0,
                        rx.el.p(
                            t(
                                "Since the start parts of it stopped and were started again {deaths} times, "
                                "and {failures} short tasks failed. The log says which.",
                                deaths=More.deaths,
                                failures=More.failures,
                            ),
                            id="failures",
                        ),
                    ),
                ),
                rx.el.p(served_link(t("Programming interface (REST)"), to="/api/docs")),
                class_name="card",
            ),
            class_name="cards",
        ),
    )


def _colours() -> rx.Component:
    modes: tuple[tuple[Any, Any], ...] = (("system", t("Like the device")), ("light", t("Light")), ("dark", t("Dark")))
    return field(
        t("Colours"),
        rx.el.select(
            *(rx.el.option(name, value=mode) for mode, name in modes),
            value=rx.color_mode,
            on_change=rx.style.set_color_mode,
            id="colours",
            class_name="input",
        ),
        name="colours",
    )
