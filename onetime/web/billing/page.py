"""The month's Excel sheet: choose a month, press download, watch it being made, get it."""

import reflex as rx

from onetime.services.people.permissions import Permission
from onetime.texts import _
from onetime.web.billing.state import CLOSE, Billing
from onetime.web.frame import routes
from onetime.web.frame.parts.dialog import choices, dialog, opens
from onetime.web.frame.parts.forms import button, choose_among, field, loading
from onetime.web.frame.parts.layout import frame, permitted
from onetime.web.frame.parts.link import served_link
from onetime.web.frame.registry import page
from onetime.web.frame.texts.i18n import t


@page(routes.BILLING, _("Billing"), Billing.open)
def billing() -> rx.Component:
    """Offer the month's sheet."""
    return frame(
        routes.BILLING,
        t("Billing"),
        rx.cond(Billing.loaded, rx.fragment(_sheet(), permitted(Permission.CLOSE_MONTH, _closing())), loading()),
    )


def _sheet() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("The month’s Excel sheet")),
        rx.el.p(
            t(
                "Every session, the quarter-hours of every connector, and the sums of every tenant. The quarter-hours "
                "add up to the meter registers exactly."
            ),
            class_name="lead",
        ),
        field(
            t("Month"),
            choose_among("month", Billing.months, value=Billing.month, on_change=Billing.choose),
            name="month",
        ),
        rx.cond(Billing.running, _progress(), rx.cond(Billing.file_name != "", _ready(), _make())),
        rx.cond(Billing.problem != "", rx.el.p(Billing.problem, class_name="problem", role="alert")),
        class_name="card sheet",
    )


def _closing() -> rx.Component:
    """Offer to close the chosen month, say that it is, or why it cannot be."""
    return rx.el.section(
        rx.el.h2(t("Close the month")),
        rx.cond(
            Billing.closed != "",
            rx.fragment(
                rx.el.p(rx.icon("lock", size=18, aria_hidden=True), Billing.closed, class_name="notice"),
                rx.el.p(
                    t("Its sheet stays as it is. What changes later is a correction in the next month."),
                    class_name="hint",
                ),
            ),
            rx.fragment(
                rx.el.p(
                    t(
                        "When the sheet is right and the bills are written, close the month: its figures do not "
                        "change any more, and what becomes known later is a correction in the next month."
                    ),
                    class_name="hint",
                ),
                rx.cond(
                    Billing.cannot_close != "",
                    rx.el.p(Billing.cannot_close),
                    rx.el.div(button(t("Close the month …"), kind="secondary", on_click=opens(CLOSE))),
                ),
            ),
        ),
        dialog(
            CLOSE,
            t("Close the month?"),
            rx.el.p(t("This cannot be taken back. From then on its sheet shows the same figures for ever.")),
            rx.cond(
                Billing.unsettled != "",
                rx.el.p(Billing.unsettled, " ", t("They come into the next month as corrections."), class_name="warn"),
            ),
            choices(CLOSE, button(t("Close the month"), busy=Billing.closing, on_click=Billing.close)),
        ),
        class_name="card sheet",
    )


def _make() -> rx.Component:
    return button(t("Download Excel sheet"), on_click=Billing.make)


def _progress() -> rx.Component:
    return rx.el.div(
        rx.el.progress(value=Billing.percent, max=100, aria_label=t("Progress")),
        rx.el.p(
            rx.cond(Billing.what != "", f"{Billing.percent}\u202f% · {Billing.what}", t("Beginning …")),
            class_name="number",
            role="status",
        ),
        rx.el.p(t("You can leave this page; the sheet will be here when you come back."), class_name="hint"),
        class_name="progress",
    )


def _ready() -> rx.Component:
    return rx.el.div(
        served_link(
            rx.icon("download", size=18, aria_hidden=True),
            t("Save {name}", name=Billing.file_name),
            to=Billing.address,
            custom_attrs={"download": Billing.file_name},
            class_name="button button--primary",
        ),
        button(t("Make it again"), kind="secondary", on_click=Billing.make),
        class_name="dialog-actions",
    )
