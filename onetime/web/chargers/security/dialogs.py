"""The dialogs around a charger's security, each with its consequences."""

from typing import Any

import reflex as rx

from onetime.web.chargers.frame.head import ChargerHead
from onetime.web.chargers.security.state import BY_HAND, INSTALL, PASSWORD, RENEW, ChargerSecurityPage
from onetime.web.chargers.security.view import ProfileLine
from onetime.web.frame.parts.action_sheet import confirmation
from onetime.web.frame.parts.copying import copies
from onetime.web.frame.parts.dialog import choices, dialog
from onetime.web.frame.parts.forms import button, choose, field, submit
from onetime.web.frame.texts.i18n import t


def security_dialogs() -> rx.Component:
    """Return those that are there once."""
    name: Any = ChargerHead.name
    return rx.fragment(
        confirmation(
            PASSWORD,
            t("Change the password of {name}?", name=name),
            t(
                "The charger gets a new random password over its connection and logs in again with it; its sessions go "
                "on. The old one holds until it has. Nobody sees the new one, and nobody needs it."
            ),
            t("Change the password"),
            ChargerSecurityPage.change_password,
        ),
        confirmation(
            RENEW,
            t("Renew the certificate of {name}?", name=name),
            t(
                "The charger makes a key and asks for a certificate; this house signs it. The old one holds until the "
                "charger has logged in with the new one."
            ),
            t("Renew it"),
            ChargerSecurityPage.renew,
        ),
        _by_hand(),
        _install(),
    )


def profile_dialogs(line: ProfileLine) -> rx.Component:
    """Return the two ways to another profile: the charger is told, or it has been set by hand."""
    return rx.fragment(
        confirmation(
            f"raise-{line.number}",
            t("Raise {name} to profile {number}?", name=ChargerHead.name, number=line.number),
            t(
                "What is missing is set up first; then the charger is told, and comes back with the new profile, with "
                "a restart where it needs one. A lower one is refused from then on. If it does not come back, the old "
                "profile stays allowed. It is not done while a car charges."
            ),
            t("Raise to {number}", number=line.number),
            ChargerSecurityPage.raise_profile(line.number),
        ),
        confirmation(
            f"require-{line.number}",
            t("Require profile {number} of {name}?", number=line.number, name=ChargerHead.name),
            t(
                "For a charger whose profile was set by hand, in its own settings. It is not told anything: if it does "
                "not use this profile, it is locked out until you choose another one here."
            ),
            t("Require it"),
            ChargerSecurityPage.require_profile(line.number),
            danger=True,
        ),
    )


def _by_hand() -> rx.Component:
    password: Any = ChargerSecurityPage.shown_once
    return dialog(
        BY_HAND,
        t("Set the password of {name} by hand", name=ChargerHead.name),
        rx.el.p(
            t(
                "Type the same password into the charger’s own settings. This is the only time it is shown; what is "
                "kept of it here is a hash."
            )
        ),
        rx.el.form(
            field(
                t("Password"),
                rx.el.input(
                    id="by-hand-password",
                    name="password",
                    default_value=password,
                    required=True,
                    auto_complete="off",
                    spell_check=False,
                    class_name="input number",
                ),
                name="by-hand-password",
                hint=t("A good one is filled in; use your own where the charger wants another form."),
            ),
            choices(
                BY_HAND,
                submit(t("Use this password"), False),
                button(
                    t("Copy"),
                    kind="secondary",
                    on_click=copies(password),
                ),
            ),
            on_submit=ChargerSecurityPage.enter,
            key=password,
            class_name="form",
        ),
    )


def _install() -> rx.Component:
    uses = [("central_system", t("to trust this house")), ("manufacturer", t("to trust signed firmware"))]
    return dialog(
        INSTALL,
        t("Install a certificate in {name}", name=ChargerHead.name),
        rx.el.form(
            field(t("What for?"), choose("use", uses), name="use"),
            field(
                t("Certificate (PEM)"),
                rx.el.textarea(
                    id="certificate",
                    name="certificate",
                    rows="5",
                    max_length=5500,
                    spell_check=False,
                    placeholder="-----BEGIN CERTIFICATE-----",
                    class_name="input",
                ),
                name="certificate",
                hint=t("Leave it empty for this house’s own."),
            ),
            choices(
                INSTALL,
                submit(t("Install it"), False),
            ),
            on_submit=ChargerSecurityPage.install,
            class_name="form",
        ),
    )
