"""Cards: those that wait for an owner first, then everybody's."""

from typing import Any

import reflex as rx

from onetime.texts import _
from onetime.web.cards import words
from onetime.web.cards.state import NEW_CARD, REMOVE, CardLine, Cards
from onetime.web.frame import routes
from onetime.web.frame.parts.action_sheet import confirmation
from onetime.web.frame.parts.dialog import choices, dialog, opens
from onetime.web.frame.parts.forms import button, empty, field, loading, submit, text_input
from onetime.web.frame.parts.layout import frame
from onetime.web.frame.registry import page
from onetime.web.frame.texts.i18n import t

TENANTS = "tenant-names"


@page(routes.CARDS, _("Cards"), Cards.open)
def cards() -> rx.Component:
    """List the cards."""
    waiting: Any = Cards.waiting
    known: Any = Cards.known
    return frame(
        routes.CARDS,
        t("Cards"),
        rx.el.datalist(rx.foreach(Cards.tenants, lambda name: rx.el.option(value=name)), id=TENANTS),
        rx.cond(
            Cards.loaded,
            rx.fragment(
                rx.cond(waiting.length() > 0, _waiting()),
                rx.cond(known.length() > 0, _known(), rx.cond(waiting.length() > 0, rx.fragment(), _none_yet())),
            ),
            loading(),
        ),
        _new_card(),
        action=button(t("Add a card"), kind="secondary", on_click=opens(NEW_CARD)),
    )


def _waiting() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t(words.UNKNOWN)),
        rx.el.p(t(words.UNKNOWN_MEANS), class_name="hint"),
        rx.el.ul(rx.foreach(Cards.waiting, _waiting_card), class_name="list"),
        rx.el.div(button(t("Remove all of them"), kind="secondary", on_click=opens(REMOVE))),
        confirmation(
            REMOVE,
            t("Remove all cards nobody knows?"),
            t(
                "Those that have charged stay, because their sessions need them. "
                "One that is held again is listed again."
            ),
            t("Remove all of them"),
            Cards.remove_waiting,
            danger=True,
        ),
        class_name="card card--notice",
    )


def _waiting_card(card: CardLine) -> rx.Component:
    tenant, label = f"tenant-{card.id}", f"label-{card.id}"
    return rx.el.li(
        rx.el.form(
            rx.el.div(
                rx.el.strong(card.id_tag, class_name="number"),
                rx.el.span(t("last held {time}", time=card.seen), class_name="hint"),
                class_name="stack",
            ),
            rx.el.input(type="hidden", name="id_tag", value=card.id_tag),
            field(t("Tenant"), _tenant_input(tenant), name=tenant),
            field(
                t("Name of the card"),
                rx.el.input(id=label, name="label", max_length=40, class_name="input"),
                name=label,
            ),
            rx.el.div(
                submit(t("Accept"), False),
                button(t("Block"), kind="danger", on_click=Cards.block(card.id_tag)),
                class_name="dialog-actions",
            ),
            on_submit=Cards.accept,
            class_name="card-form",
        ),
        key=card.id,
        class_name="list-row",
    )


def _known() -> rx.Component:
    heads = (t("Tenant"), t("Card"), t("Number"), t("State"))
    return rx.el.table(
        rx.el.thead(
            rx.el.tr(
                *(rx.el.th(head, scope="col") for head in heads),
                rx.el.th(rx.el.span(t("Change"), class_name="sr-only"), scope="col"),
            )
        ),
        rx.el.tbody(rx.foreach(Cards.known, _row)),
        class_name="table table--cards",
    )


def _row(card: CardLine) -> rx.Component:
    name = f"card-{card.id}"
    return rx.el.tr(
        rx.el.td(
            rx.cond(card.tenant != "", card.tenant, rx.el.span(t(words.NO_TENANT), class_name="muted")),
            class_name="cell-spot",
        ),
        rx.el.td(card.label, class_name="cell-who"),
        rx.el.td(card.id_tag, class_name="cell-start number"),
        rx.el.td(
            rx.cond(
                card.blocked,
                _state("ban", words.BLOCKED, "critical"),
                rx.cond(
                    card.expired,
                    _state("calendar-x", words.EXPIRED, "caution"),
                    _state("check", words.MAY_CHARGE, "positive-still"),
                ),
            ),
            class_name="cell-end",
        ),
        rx.el.td(
            button(t("Change"), kind="secondary", on_click=opens(name)),
            _change(card, name),
            class_name="right cell-action",
        ),
        key=card.id,
    )


def _state(icon: str, word: str, role: str) -> rx.Component:
    return rx.el.span(rx.icon(icon, size=15, aria_hidden=True), t(word), class_name=f"state state--{role}")


def _change(card: CardLine, name: Any) -> rx.Component:
    return dialog(
        name,
        t("Card {number}", number=card.id_tag),
        rx.el.form(
            rx.el.input(type="hidden", name="id", value=f"{card.id}"),
            rx.el.input(type="hidden", name="id_tag", value=card.id_tag),
            field(t("Tenant"), _tenant_input(name + "-tenant", default_value=card.tenant), name=name + "-tenant"),
            field(
                t("Another tenant: from when?"),
                rx.el.input(id=name + "-since", name="since", type="datetime-local", class_name="input"),
                name=name + "-since",
                hint=t(
                    "Sessions that began before stay with the tenant before, and closed months stay as they are. "
                    "Empty: from now on, or from its first session if the card was nobody’s."
                ),
            ),
            field(
                t("Name of the card"),
                rx.el.input(
                    id=name + "-label", name="label", default_value=card.label, max_length=40, class_name="input"
                ),
                name=name + "-label",
            ),
            _limits(name, card.expires, card.group),
            rx.el.label(
                rx.el.input(type="checkbox", name="blocked", default_checked=card.blocked),
                t("Blocked: chargers refuse this card. A session that runs goes on."),
                class_name="check",
            ),
            choices(
                name,
                submit(t("Save"), False),
            ),
            on_submit=Cards.change,
            class_name="form",
        ),
    )


def _new_card() -> rx.Component:
    return dialog(
        NEW_CARD,
        t("Add a card"),
        rx.el.form(
            field(
                t("Card number"),
                text_input("id_tag", required=True, max_length=20, auto_complete="off"),
                name="id_tag",
                hint=t("As the charger reads it. Easier: hold the card to a charger, and it appears on this page."),
            ),
            field(t("Tenant"), _tenant_input("new-tenant"), name="new-tenant"),
            field(
                t("Name of the card"),
                rx.el.input(id="new-label", name="label", max_length=40, class_name="input"),
                name="new-label",
                hint=t("To tell two cards of one tenant apart, such as “Car” and “Guests”."),
            ),
            _limits("new", "", ""),
            choices(
                NEW_CARD,
                submit(t("Add the card"), False),
            ),
            on_submit=Cards.accept,
            reset_on_submit=True,
            class_name="form",
        ),
    )


def _limits(name: Any, expires: Any, group: Any) -> rx.Component:
    """Return what few cards need, folded away: their last day and their group."""
    return rx.el.details(
        rx.el.summary(t("Last day and group")),
        rx.el.div(
            field(
                t("Last day"),
                rx.el.input(
                    id=name + "-expires", name="expires", type="date", default_value=expires, class_name="input"
                ),
                name=name + "-expires",
                hint=t("From the day after, chargers refuse the card. Leave it empty for a card that stays."),
            ),
            field(
                t("Group"),
                rx.el.input(
                    id=name + "-group",
                    name="group",
                    default_value=group,
                    max_length=20,
                    auto_complete="off",
                    class_name="input",
                ),
                name=name + "-group",
                hint=t("Cards with the same group end each other's sessions and use each other's reservations."),
            ),
            class_name="form",
        ),
        class_name="fold",
    )


def _tenant_input(name: Any, **props: Any) -> rx.Component:
    """Return the input for a tenant's name, which offers those there are."""
    return rx.el.input(
        id=name, name="tenant", list=TENANTS, max_length=80, auto_complete="off", class_name="input", **props
    )


def _none_yet() -> rx.Component:
    return empty(
        "nfc",
        t("No cards yet"),
        rx.el.p(t("Hold a card to a charger: it appears here, and you say whose it is. Or add its number by hand.")),
        button(t("Add a card"), on_click=opens(NEW_CARD)),
    )
