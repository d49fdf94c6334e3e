"""The decisions about a doubtful session: each says what follows from it."""

from typing import Any

import reflex as rx

from onetime.web.frame.parts.dialog import choices, closes, dialog, opens
from onetime.web.frame.parts.forms import button, choose_among, field, problem, submit
from onetime.web.frame.texts.i18n import t
from onetime.web.reviews.item.inputs import ends_inputs, note_input, suggested, why_input
from onetime.web.reviews.item.making import make
from onetime.web.reviews.item.state import ReviewPage

DISCARD = "discard"
TENANTS = "review-tenants"


def actions() -> rx.Component:
    """Return the decisions that make sense for this item."""
    item = ReviewPage.item
    return rx.el.div(
        problem(ReviewPage.problem),
        rx.cond(item.is_stop, _match()),
        rx.cond(item.can_be_made, make()),
        rx.cond(item.can_be_accepted, _accept()),
        rx.cond(item.is_session & ~item.is_running, _correct()),
        rx.cond(item.is_session, _assign()),
        rx.el.section(
            rx.el.h2(t("Discard")),
            rx.el.p(
                rx.cond(
                    item.is_session,
                    t("It is billed to nobody. What was measured is kept."),
                    t("What was reported is passed over. It is kept."),
                ),
                class_name="hint",
            ),
            rx.el.div(button(t("Discard …"), kind="danger", on_click=opens(DISCARD))),
            class_name="card",
        ),
        class_name="section",
    )


def discard_dialog() -> rx.Component:
    """Return the question before something is discarded."""
    item = ReviewPage.item
    return dialog(
        DISCARD,
        rx.cond(item.is_session, t("Discard this session?"), t("Discard this report?")),
        rx.el.p(
            rx.cond(
                item.is_session & (item.energy != ""),
                t("{energy} are billed to nobody, and count for no tenant.", energy=item.energy),
                t("Nothing is billed by it."),
            )
        ),
        rx.el.p(t("It can be taken back under “Decided lately”."), class_name="hint"),
        rx.el.form(
            note_input("discard-note"),
            choices(
                DISCARD,
                rx.el.button(t("Discard"), type="submit", on_click=closes(DISCARD), class_name="button button--danger"),
            ),
            on_submit=ReviewPage.discard,
            class_name="form",
        ),
    )


def _accept() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("Accept as measured")),
        rx.el.p(t("It is billed with the times and registers shown here."), class_name="hint"),
        rx.el.form(
            note_input("accept-note"),
            rx.el.div(submit(t("Accept as measured"), False)),
            on_submit=ReviewPage.accept,
            class_name="form",
        ),
        class_name="card",
    )


def _correct() -> rx.Component:
    form = ReviewPage.form
    # A new item has its own form; one that was refused keeps what was typed.
    return rx.el.section(
        rx.el.h2(t("Correct")),
        suggested(form),
        rx.el.form(
            ends_inputs(form),
            why_input(),
            rx.el.div(submit(t("Correct the session"), False)),
            on_submit=ReviewPage.correct,
            class_name="form",
        ),
        class_name="card",
        key=f"{ReviewPage.item.id}",
    )


def _assign() -> rx.Component:
    tenants: Any = ReviewPage.tenants
    return rx.el.section(
        rx.el.h2(t("Assign to a tenant")),
        rx.cond(
            tenants.length() > 0,
            rx.el.form(
                field(
                    t("Tenant"),
                    rx.el.select(
                        rx.foreach(tenants, lambda name: rx.el.option(name, value=name)),
                        id="tenant",
                        name="tenant",
                        class_name="input",
                    ),
                    name="tenant",
                    hint=t("The session is billed to this tenant, whoever the card belongs to."),
                ),
                rx.el.div(button(t("Assign"), kind="secondary", type="submit")),
                on_submit=ReviewPage.assign,
                class_name="form",
            ),
            rx.el.p(t("There is no tenant yet. Name one on the page of the cards."), class_name="hint"),
        ),
        class_name="card",
    )


def _match() -> rx.Component:
    candidates: Any = ReviewPage.item.candidates
    return rx.el.section(
        rx.el.h2(t("Match to a session")),
        rx.cond(
            candidates.length() > 0,
            rx.el.form(
                field(
                    t("Session without an end of its own"),
                    choose_among("session", candidates),
                    name="session",
                    hint=t("It ends with this report: its time, its meter reading, and the readings it brought."),
                ),
                note_input("match-note"),
                rx.el.div(submit(t("Match"), False)),
                on_submit=ReviewPage.match,
                class_name="form",
            ),
            rx.el.p(t("This charger has no session without an end that began before it."), class_name="hint"),
        ),
        class_name="card",
    )
