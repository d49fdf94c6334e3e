"""The own account: a new password, and every browser that is logged in."""

from typing import Any

import reflex as rx

from onetime.budgets import PASSWORD_CHARACTERS
from onetime.services.people.passwords import MINIMUM_LENGTH
from onetime.texts import _
from onetime.web.frame import routes
from onetime.web.frame.parts.forms import button, field, loading, problem, submit, text_input
from onetime.web.frame.parts.layout import frame
from onetime.web.frame.registry import page
from onetime.web.frame.session import Session
from onetime.web.frame.texts.i18n import t
from onetime.web.people.account.state import AGAIN, NEW, PRESENT, Account, LoginLine


@page(routes.ACCOUNT, _("Your account"), Account.open)
def account() -> rx.Component:
    """Show the own account."""
    return frame(
        routes.MORE,
        t("Your account"),
        rx.cond(Account.loaded, rx.el.div(_logins(), _password(), class_name="cards"), loading()),
        back=(routes.MORE, t("More")),
    )


def _logins() -> rx.Component:
    logins: Any = Account.logins
    return rx.el.section(
        rx.el.h2(t("Where you are logged in")),
        rx.el.ul(rx.foreach(Account.logins, _login), class_name="list"),
        rx.cond(
            logins.length() > 1,
            rx.el.div(button(t("Log out all other browsers"), kind="secondary", on_click=Account.end_others)),
        ),
        rx.el.p(t("A login that is not used for two weeks ends by itself."), class_name="hint"),
        class_name="card",
    )


def _login(login: LoginLine) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.strong(login.browser),
            rx.el.span(login.address, class_name="hint number"),
            rx.el.span(t("since {since}, last seen {seen}", since=login.since, seen=login.seen), class_name="hint"),
            class_name="stack",
        ),
        rx.cond(
            login.is_this,
            rx.el.span(
                rx.icon("check", size=15, aria_hidden=True), t("this browser"), class_name="state state--positive-still"
            ),
            button(t("Log out"), kind="secondary", on_click=Account.end(login.handle)),
        ),
        key=login.handle,
        class_name="list-row list-row--wrap",
    )


def _password() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("Change your password")),
        rx.el.form(
            rx.el.input(
                type="text",
                name="username",
                value=Session.name,
                read_only=True,
                auto_complete="username",
                class_name="sr-only",
                tab_index=-1,
                custom_attrs={"aria-hidden": "true"},
            ),
            _secret(PRESENT, t("Present password"), "current-password"),
            field(
                t("New password"),
                text_input(
                    NEW,
                    type="password",
                    required=True,
                    auto_complete="new-password",
                    min_length=MINIMUM_LENGTH,
                    max_length=PASSWORD_CHARACTERS,
                ),
                name=NEW,
                hint=t(
                    "At least {minimum} characters. A short sentence is easy to keep in mind.", minimum=MINIMUM_LENGTH
                ),
            ),
            _secret(AGAIN, t("New password again"), "new-password"),
            problem(Account.problem),
            submit(t("Change the password"), Account.busy),
            on_submit=Account.change_password,
            class_name="form",
            id="password-form",
        ),
        class_name="card",
    )


def _secret(name: str, label: rx.Var[str] | str, kept_as: str) -> rx.Component:
    return field(
        label,
        text_input(name, type="password", required=True, auto_complete=kept_as, max_length=PASSWORD_CHARACTERS),
        name=name,
    )
