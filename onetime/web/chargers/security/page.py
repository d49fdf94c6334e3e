"""A charger's security: what it uses, what each profile needs, its password and certificates, and what was noticed."""

from typing import Any

import reflex as rx

from onetime.texts import _
from onetime.web.chargers.frame.layout import charger_frame
from onetime.web.chargers.security.certificates import certificates, roots
from onetime.web.chargers.security.dialogs import profile_dialogs, security_dialogs
from onetime.web.chargers.security.events import events
from onetime.web.chargers.security.state import PASSWORD, ChargerSecurityPage
from onetime.web.chargers.security.view import ProfileLine
from onetime.web.frame import routes
from onetime.web.frame.parts.dialog import opens
from onetime.web.frame.parts.forms import button
from onetime.web.frame.registry import page
from onetime.web.frame.texts.i18n import t


@page(routes.CHARGER_SECURITY, _("Security"), ChargerSecurityPage.open)
def charger_security() -> rx.Component:
    """Show the security."""
    return charger_frame(
        routes.CHARGER_SECURITY,
        ChargerSecurityPage.loaded,
        rx.el.div(
            rx.el.div(_now(), events(), class_name="section"),
            _profiles(),
            rx.el.div(certificates(), roots(), class_name="section"),
            class_name="halves halves--tall",
        ),
        security_dialogs(),
    )


def _now() -> rx.Component:
    facts: Any = ChargerSecurityPage.facts
    lines = (
        (t("Required profile"), facts.profile),
        (t("Connected with"), facts.now),
        (t("Connected from"), facts.address),
        (t("Password"), facts.password),
        (t("Certificate"), facts.certificate),
    )
    return rx.el.section(
        rx.el.h2(t("Now")),
        rx.el.dl(
            *(
                rx.cond(value != "", rx.el.div(rx.el.dt(name), rx.el.dd(value, class_name="number")))
                for name, value in lines
            ),
            class_name="facts",
        ),
        rx.el.div(
            button(t("Change the password"), kind="secondary", on_click=opens(PASSWORD)),
            button(t("Set it by hand"), kind="secondary", on_click=ChargerSecurityPage.propose),
            class_name="dialog-actions",
        ),
        class_name="section card",
    )


def _profiles() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("Security profiles")),
        rx.el.ol(rx.foreach(ChargerSecurityPage.profiles, _profile), class_name="history"),
        class_name="section card",
    )


def _profile(line: ProfileLine) -> rx.Component:
    missing: Any = line.missing
    return rx.el.li(
        rx.el.div(
            rx.el.strong(line.number, " · ", line.name),
            rx.cond(
                line.required,
                rx.el.span(rx.icon("check", size=15, aria_hidden=True), t("required"), class_name="state good"),
                rx.cond(line.used, rx.el.span(t("used now"), class_name="state")),
            ),
            class_name="section-head",
        ),
        rx.el.p(line.protects, class_name="hint"),
        rx.cond(
            line.higher & (missing.length() > 0),
            rx.el.div(
                rx.el.p(t("It still needs:"), class_name="label"),
                rx.el.ul(rx.foreach(line.missing, lambda sentence: rx.el.li(sentence)), class_name="needs"),
            ),
        ),
        rx.cond(
            line.required,
            rx.fragment(),
            rx.el.div(
                rx.cond(
                    line.higher,
                    button(
                        t("Raise to {number}", number=line.number),
                        kind="secondary",
                        on_click=opens(f"raise-{line.number}"),
                    ),
                ),
                button(
                    t("Require it only"),
                    kind="secondary",
                    on_click=opens(f"require-{line.number}"),
                    aria_label=t("Only require profile {number}", number=line.number),
                ),
                profile_dialogs(line),
                class_name="dialog-actions",
            ),
        ),
        key=line.number,
        class_name="operation",
    )
