"""The live dashboard: every connector, and the chargers that wait to be let in."""

from typing import Any

import reflex as rx

from onetime.services.people.permissions import Permission
from onetime.services.runtime import current
from onetime.texts import _
from onetime.web.chargers.board.feed import LiveFeed
from onetime.web.chargers.board.state import Live, WaitingCharger
from onetime.web.chargers.board.tiles import board
from onetime.web.commissioning.address import charger_address
from onetime.web.commissioning.notices import watch_commissioning
from onetime.web.commissioning.parts import has_strangers, newcomers, strangers
from onetime.web.frame import routes
from onetime.web.frame.access import loads, needs, tell, visitor
from onetime.web.frame.parts.action_sheet import confirmation
from onetime.web.frame.parts.dialog import closes, opens
from onetime.web.frame.parts.forms import button, empty, loading
from onetime.web.frame.parts.layout import frame, may, permitted
from onetime.web.frame.registry import page
from onetime.web.frame.running import part
from onetime.web.frame.texts.i18n import t

REMOVE = "remove-waiting"


class Dashboard(rx.State):
    """What the dashboard does; what it shows is sent by the feed."""

    ocpp_port: int = 9000

    @loads(Permission.SEE_DASHBOARD)
    async def open(self) -> None:
        """Show the board and keep it live."""
        self.ocpp_port = current().settings.ocpp_port
        await part(LiveFeed).open_board(self.router.session.session_id)
        if visitor().may(Permission.ACCEPT_CHARGER):
            await watch_commissioning(self.router.session.session_id)

    @needs(Permission.ACCEPT_CHARGER)
    async def accept(self, identity: str) -> object:
        """Let a waiting charger in."""
        await current().chargers.life.accept(identity, visitor().actor)
        return tell(
            _("{identity} is accepted. It appears as soon as it reports its connectors.", identity=identity), good=True
        )

    @needs(Permission.ACCEPT_CHARGER)
    async def remove_waiting(self) -> list[Any]:
        """Forget all chargers that wait to be let in."""
        removed = await current().chargers.leaving.remove_waiting(visitor().actor)
        return [closes(REMOVE), tell(_("{count} new chargers were removed.", count=len(removed)), good=True)]


@page(routes.DASHBOARD, _("Overview"), Dashboard.open)
def dashboard() -> rx.Component:
    """Show every connector as it is now."""
    rows: Any = Live.rows
    waiting: Any = Live.waiting
    return frame(
        routes.DASHBOARD,
        t("Overview"),
        rx.cond(
            Live.loaded,
            rx.fragment(
                rx.cond(waiting.length() > 0, _waiting()),
                permitted(Permission.ACCEPT_CHARGER, rx.cond(has_strangers(), strangers())),
                rx.cond(
                    rows.length() > 0,
                    board(),
                    rx.cond(waiting.length() > 0, rx.fragment(), connect_first()),
                ),
            ),
            loading(),
        ),
    )


def connect_first() -> rx.Component:
    """Tell a newcomer how the first charger gets here."""
    return empty(
        "plug-zap",
        t("Connect your first charger"),
        rx.el.p(t("Open the charger’s settings and enter this address as its OCPP server (OCPP 1.6, JSON):")),
        charger_address(Dashboard.ocpp_port),
        rx.el.p(
            t("Some chargers add their own name at the end; for others, type a name of your choice there."),
            class_name="hint",
        ),
        rx.el.p(t("As soon as it calls, it appears here and you let it in with one click."), class_name="hint"),
        newcomers(),
    )


def _waiting() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("New chargers")),
        rx.el.ul(rx.foreach(Live.waiting, _waiting_charger), class_name="list"),
        permitted(
            Permission.ACCEPT_CHARGER,
            rx.fragment(
                rx.el.div(button(t("Remove all of them"), kind="secondary", on_click=opens(REMOVE))),
                confirmation(
                    REMOVE,
                    t("Remove all new chargers?"),
                    t(
                        "Those that nobody has accepted are forgotten. One that calls again is listed again, as long "
                        "as new chargers are let in."
                    ),
                    t("Remove all of them"),
                    Dashboard.remove_waiting,
                    danger=True,
                ),
            ),
        ),
        class_name="card card--notice",
    )


def _waiting_charger(charger: WaitingCharger) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.strong(charger.identity),
            rx.el.span(charger.description, class_name="muted"),
            class_name="stack",
        ),
        rx.cond(
            may(Permission.ACCEPT_CHARGER),
            button(t("Accept"), on_click=Dashboard.accept(charger.identity)),
            rx.el.span(t("Waits for an installer"), class_name="muted"),
        ),
        key=charger.identity,
        class_name="list-row",
    )
