"""Certificates: the charger's own, and those it trusts."""

from typing import Any

import reflex as rx

from onetime.web.chargers.security.state import INSTALL, RENEW, ChargerSecurityPage
from onetime.web.chargers.security.view import CertificateLine, RootLine
from onetime.web.frame.parts.action_sheet import confirmation
from onetime.web.frame.parts.dialog import opens
from onetime.web.frame.parts.forms import button
from onetime.web.frame.parts.link import served_link
from onetime.web.frame.texts.i18n import t

AUTHORITY = "/api/v1/security/ca.pem"


def certificates() -> rx.Component:
    """Return the certificates this house made for the charger."""
    lines: Any = ChargerSecurityPage.certificates
    return rx.el.section(
        rx.el.h2(t("Its own certificate")),
        rx.el.p(t("It proves who the charger is (profile 3). It is renewed by itself, 60 days before it ends.")),
        rx.cond(
            lines.length() > 0,
            rx.el.ul(rx.foreach(ChargerSecurityPage.certificates, _certificate), class_name="list"),
            rx.el.p(t("It has none from this house."), class_name="nothing"),
        ),
        rx.el.div(button(t("Renew it"), kind="secondary", on_click=opens(RENEW))),
        class_name="section card",
    )


def roots() -> rx.Component:
    """Return the certificates the charger trusts, as it told last."""
    lines: Any = ChargerSecurityPage.roots
    return rx.el.section(
        rx.el.h2(t("What it trusts")),
        rx.el.p(t("For an encrypted connection the charger has to trust this house’s certificate, ca.pem.")),
        rx.cond(
            lines.length() > 0,
            rx.el.ul(rx.foreach(ChargerSecurityPage.roots, _root), class_name="list"),
            rx.el.p(t("Ask the charger which certificates it has installed."), class_name="nothing"),
        ),
        rx.el.div(
            button(t("Install one"), kind="secondary", on_click=opens(INSTALL)),
            button(t("List them"), kind="secondary", on_click=ChargerSecurityPage.list_roots),
            served_link(
                rx.icon("download", size=18, aria_hidden=True),
                t("Save ca.pem"),
                to=AUTHORITY,
                download=True,
                class_name="button button--secondary",
            ),
            class_name="dialog-actions",
        ),
        class_name="section card",
    )


def _certificate(line: CertificateLine) -> rx.Component:
    name = "revoke-" + line.serial
    return rx.el.li(
        rx.el.div(
            rx.el.strong(line.name, " · ", line.state),
            rx.el.span(t("until {time}", time=line.expires), class_name="hint number"),
            rx.el.span(line.serial, class_name="hint number member"),
            class_name="stack",
        ),
        rx.cond(
            line.usable,
            rx.fragment(
                button(t("Revoke"), kind="danger", on_click=opens(name)),
                confirmation(
                    name,
                    t("Revoke this certificate?"),
                    t("The charger cannot log in with it any more, and is disconnected if it did."),
                    t("Revoke it"),
                    ChargerSecurityPage.revoke(line.serial),
                    danger=True,
                ),
            ),
        ),
        key=line.serial,
        class_name="list-row",
    )


def _root(line: RootLine) -> rx.Component:
    name = "delete-" + line.serial
    return rx.el.li(
        rx.el.div(
            rx.el.strong(line.use),
            rx.el.span(line.serial, class_name="hint number member"),
            class_name="stack",
        ),
        button(t("Delete"), kind="danger", on_click=opens(name)),
        confirmation(
            name,
            t("Delete this certificate from the charger?"),
            t("The charger no longer trusts what was signed with it. This house’s own is kept while it is needed."),
            t("Delete it"),
            ChargerSecurityPage.delete_root(line.serial, line.name_hash),
            danger=True,
        ),
        key=line.use + line.serial + line.name_hash,
        class_name="list-row",
    )
