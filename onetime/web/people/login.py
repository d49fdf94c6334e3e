"""Log in with name and password."""

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx

from onetime.services.people.users import AccountError
from onetime.services.runtime import current
from onetime.store.group_commit import DatabaseError
from onetime.texts import LANGUAGES, _, say
from onetime.web.frame import routes
from onetime.web.frame.access import public, visitor
from onetime.web.frame.parts.forms import field, problem, submit, text_input
from onetime.web.frame.parts.layout import plain
from onetime.web.frame.registry import page
from onetime.web.frame.session import LANGUAGE_COOKIE, Session, choose_language
from onetime.web.frame.texts.i18n import t
from onetime.web.people.login_ticket import enter


class Login(rx.State):
    """The login form."""

    problem: str = ""
    busy: bool = False

    @public
    async def open(self) -> object:
        """Show the form, unless there is nobody to log in yet or somebody is logged in already."""
        self.problem, self.busy = "", False
        someone = visitor()
        if someone.house is None:
            return rx.redirect(routes.SETUP, replace=True)
        return rx.redirect(routes.DASHBOARD, replace=True) if someone.person else None

    @public
    async def speak(self, language: str) -> object:
        """Show the form in another language, and remember it in this browser."""
        if language not in LANGUAGES:
            return None
        choose_language(await self.get_state(Session), language)
        self.problem = ""
        return rx.call_script(f"document.cookie = '{LANGUAGE_COOKIE}={language};path=/;max-age=31536000;samesite=lax'")

    @public
    async def log_in(self, form: dict[str, str]) -> AsyncIterator[Any]:
        """Check the password and open the house."""
        self.problem, self.busy = "", True
        yield
        self.busy = False
        try:
            name, password = (str(form.get(part, "")) for part in ("name", "password"))
            admission = await current().people.logins.log_in(name, password, visitor().visit)
        except (AccountError, DatabaseError) as error:
            self.problem = say(error.args[0], visitor().language)
            return
        yield enter(admission)


@page(routes.LOGIN, _("Log in"), Login.open)
def login() -> rx.Component:
    """Ask who is there."""
    return plain(
        rx.el.img(src="/mark.svg", alt="", class_name="mark mark--big"),
        rx.el.h1(Session.house),
        rx.el.form(
            field(t("Name"), text_input("name", required=True, auto_complete="username", auto_focus=True), name="name"),
            field(
                t("Password"),
                text_input("password", type="password", required=True, auto_complete="current-password"),
                name="password",
            ),
            problem(Login.problem),
            submit(t("Log in"), Login.busy),
            on_submit=Login.log_in,
            class_name="form",
        ),
        rx.el.div(
            *(
                rx.el.button(
                    name,
                    type="button",
                    on_click=Login.speak(language),
                    class_name="quiet",
                    lang=language,
                    custom_attrs={"aria-pressed": rx.cond(Session.language == language, "true", "false")},
                )
                for language, name in LANGUAGES.items()
            ),
            class_name="languages",
        ),
    )
