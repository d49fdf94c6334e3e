"""Who gets in: people with a password, and programs with a token."""

from typing import Any

import reflex as rx

from onetime.texts import _
from onetime.web.frame import routes
from onetime.web.frame.parts.action_sheet import confirmation
from onetime.web.frame.parts.dialog import closes, opens
from onetime.web.frame.parts.forms import button, loading
from onetime.web.frame.parts.layout import frame
from onetime.web.frame.registry import page
from onetime.web.frame.texts.i18n import t
from onetime.web.people.access.state import Access, PersonLine, TokenLine


@page(routes.ACCESS, _("Who gets in"), Access.open)
def access() -> rx.Component:
    """Show who gets in."""
    return frame(
        routes.MORE,
        t("Who gets in"),
        rx.cond(Access.loaded, rx.el.div(_people(), _tokens(), class_name="cards"), loading()),
        back=(routes.MORE, t("More")),
    )


def _people() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("People")),
        rx.el.ul(rx.foreach(Access.people, _person), class_name="list"),
        rx.el.p(
            t("People are added, and forgotten passwords replaced, on the command line of this computer:"),
            class_name="hint",
        ),
        rx.el.code("python -m onetime user create --name … --role …", class_name="hint"),
        rx.el.code("python -m onetime user password --name …", class_name="hint"),
        class_name="card",
    )


def _person(person: PersonLine) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.strong(person.name),
            rx.el.span(person.role, class_name="hint"),
            rx.cond(
                person.disabled,
                rx.el.span(
                    rx.icon("ban", size=15, aria_hidden=True), t("cannot log in"), class_name="state state--critical"
                ),
                rx.el.span(
                    rx.cond(person.seen != "", t("last seen {time}", time=person.seen), t("not logged in")),
                    class_name="hint",
                ),
            ),
            class_name="stack",
        ),
        rx.cond(
            person.is_self,
            rx.el.span(t("This is you"), class_name="hint"),
            rx.el.div(
                rx.cond(
                    person.disabled,
                    button(t("Let in again"), kind="secondary", on_click=Access.enable(person.id)),
                    rx.fragment(
                        rx.cond(
                            person.seen != "",
                            button(t("Log out"), kind="secondary", on_click=Access.log_out(person.id)),
                        ),
                        button(t("Let in no more"), kind="danger", on_click=opens(f"disable-{person.id}")),
                        _sure_to_disable(person),
                    ),
                ),
                class_name="dialog-actions",
            ),
        ),
        key=person.id,
        class_name="list-row list-row--wrap",
    )


def _sure_to_disable(person: PersonLine) -> rx.Component:
    name = f"disable-{person.id}"
    return confirmation(
        name,
        t("Let {name} in no more?", name=person.name),
        t("Every browser of this person is logged out at once. What they have done stays as it is."),
        t("Let in no more"),
        [closes(name), Access.disable(person.id)],
        danger=True,
    )


def _tokens() -> rx.Component:
    tokens: Any = Access.tokens
    return rx.el.section(
        rx.el.h2(t("Programs")),
        rx.cond(
            tokens.length() > 0,
            rx.el.ul(rx.foreach(Access.tokens, _token), class_name="list"),
            rx.el.p(t("No program has a token yet.")),
        ),
        rx.el.p(t("A token is made on the command line of this computer:"), class_name="hint"),
        rx.el.code("python -m onetime token create --name … --role … --days …", class_name="hint"),
        class_name="card",
    )


def _token(token: TokenLine) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.strong(token.name),
            rx.el.span(token.role, class_name="hint"),
            rx.el.span(t("since {since}, {end}", since=token.since, end=token.end), class_name="hint"),
            class_name="stack",
        ),
        rx.cond(
            token.lets_in,
            rx.fragment(
                button(t("Revoke"), kind="danger", on_click=opens(f"revoke-{token.id}")), _sure_to_revoke(token)
            ),
            rx.el.span(
                rx.icon("ban", size=15, aria_hidden=True), t("opens nothing"), class_name="state state--neutral"
            ),
        ),
        key=token.id,
        class_name="list-row list-row--wrap",
    )


def _sure_to_revoke(token: TokenLine) -> rx.Component:
    name = f"revoke-{token.id}"
    return confirmation(
        name,
        t("Revoke the token {name}?", name=token.name),
        t("The program that uses it is refused from then on. A token cannot be given back."),
        t("Revoke"),
        [closes(name), Access.revoke(token.id)],
        danger=True,
    )
