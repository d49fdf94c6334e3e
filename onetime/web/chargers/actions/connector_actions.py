"""What can be asked of one connector: start and stop at hand, the rest in a sheet."""

from typing import Any

import reflex as rx

from onetime.services.people.permissions import Permission
from onetime.web.chargers.actions.card_dialogs import reserve_dialog, start_dialog
from onetime.web.chargers.actions.limit_dialogs import limit_dialogs
from onetime.web.chargers.actions.state import ChargerActions
from onetime.web.frame.parts.action_sheet import Action, action_sheet, confirmation, more_button
from onetime.web.frame.parts.dialog import opens
from onetime.web.frame.parts.forms import button
from onetime.web.frame.texts.i18n import t


def connector_actions(number: Any, label: Any, live: Any, cards: Any) -> rx.Component:
    """Return the buttons of a connector with their dialogs. ``cards`` are [number, name] of those that may charge."""
    start, stop, more = f"start-{number}", f"stop-{number}", f"more-{number}"
    return rx.el.div(
        rx.cond(
            live["minutes"].is_not_none(),
            button(t("Stop charging"), kind="secondary", on_click=opens(stop)),
            button(t("Start charging"), on_click=opens(start), disabled=live["state"] == "offline"),
        ),
        more_button(more, t("More for {label}", label=label)),
        start_dialog(number, label, start, cards),
        confirmation(
            stop,
            t("Stop charging at {label}?", label=label),
            t("The car stops drawing power at once. To go on, the session has to be started anew."),
            t("Stop charging"),
            ChargerActions.stop(number),
            danger=True,
        ),
        action_sheet(more, label, _actions(number, live)),
        *_dialogs(number, label, cards),
        class_name="connector-actions",
    )


def _actions(number: Any, live: Any) -> tuple[Action, ...]:
    in_service, reserved = live["state"] != "unavailable", live["state"] == "reserved"
    return (
        Action(
            "clock",
            t("Reserve"),
            t("Keeps it free for a card until a time."),
            f"reserve-{number}",
            Permission.CONTROL_CHARGING,
            ~reserved,
        ),
        Action(
            "calendar-x",
            t("Cancel the reservation"),
            t("Everybody can charge here again."),
            f"cancel-{number}",
            Permission.CONTROL_CHARGING,
            reserved,
        ),
        Action(
            "gauge",
            t("Limit the current"),
            t("Lets the car draw less, for a while or for good."),
            f"limit-{number}",
            Permission.CONTROL_CHARGING,
        ),
        Action(
            "circle-slash",
            t("Remove the limit"),
            t("Lets it draw again what the cable allows."),
            f"no-limit-{number}",
            Permission.CONTROL_CHARGING,
        ),
        Action(
            "lock-open",
            t("Release the cable"),
            t("Opens the lock of the socket; a session that runs ends first."),
            f"unlock-{number}",
            Permission.CONTROL_CHARGING,
        ),
        Action(
            "ban",
            t("Take out of service"),
            t("Nobody can charge here until it is put back."),
            f"out-{number}",
            Permission.RESET_CHARGER,
            in_service,
        ),
        Action(
            "plug",
            t("Put back into service"),
            t("Cards can charge here again."),
            f"in-{number}",
            Permission.RESET_CHARGER,
            ~in_service,
        ),
    )


def _dialogs(number: Any, label: Any, cards: Any) -> tuple[rx.Component, ...]:
    return (
        reserve_dialog(number, label, f"reserve-{number}", cards),
        limit_dialogs(number, label),
        confirmation(
            f"cancel-{number}",
            t("Cancel the reservation of {label}?", label=label),
            t("Everybody can charge here again. The person it was kept free for is not told."),
            t("Cancel the reservation"),
            ChargerActions.cancel_reservation(number),
            danger=True,
        ),
        confirmation(
            f"unlock-{number}",
            t("Release the cable at {label}?", label=label),
            t(
                "The lock of the socket opens, so that the cable can be taken out. A session that runs ends first, and "
                "is counted to the end. A cable that is fixed to the charger has no lock here."
            ),
            t("Release the cable"),
            ChargerActions.unlock(number),
        ),
        confirmation(
            f"out-{number}",
            t("Take {label} out of service?", label=label),
            t(
                "Nobody can charge here until somebody puts it back into service. A session that runs goes on to its "
                "end first."
            ),
            t("Take out of service"),
            ChargerActions.change_availability(number, False),
            danger=True,
        ),
        confirmation(
            f"in-{number}",
            t("Put {label} back into service?", label=label),
            t("Cards can charge here again."),
            t("Put back into service"),
            ChargerActions.change_availability(number, True),
        ),
    )
