"""``run --demo``: a house to look at, in a folder of its own, with a living garage."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlmodel import Session, col, select

from onetime.cli.databases import opened_database
from onetime.models import Charger, Connector, Role, Site
from onetime.services.cards.holders import CardFacts, save_card
from onetime.services.chargers.life import accept_charger, ensure_connector
from onetime.services.people.passwords import hash_password
from onetime.services.people.users import create_user
from onetime.settings import Settings, get_settings

DEMO_LOGIN = "demo"
DEMO_PASSWORD = "demo-garage"  # noqa: S105 - printed for everybody to see; the demo has a folder of its own
CHARGERS = 12
HISTORY = "60d"
TENANTS = ("Familie Brunner", "Giulia Rossi", "Nadia Keller", "Familie Okafor", "Luc Favre", "Sandra Hug")
CARDS_EACH = CHARGERS // len(TENANTS)  # as many cards as spots, so that any night has its cars


def use_demo_settings() -> None:
    """Keep the demo apart from real data, and let its chargers in."""
    folder = get_settings().data_dir / "demo"
    get_settings.cache_clear()
    os.environ["ONETIME_DATA_DIR"] = str(folder)
    os.environ["ONETIME_ACCEPT_NEW_CHARGERS"] = "true"
    os.environ.pop("ONETIME_DATABASE_URL", None)


def prepare_demo() -> None:
    """Create the demo's house, its people, cards and spots, unless they are there."""
    stored = hash_password(DEMO_PASSWORD)
    with opened_database() as session:
        if session.get(Site, 1) is not None:
            return
        session.add(Site(id=1, name="Sonnenhof 12", time_zone="Europe/Zurich", language=get_settings().language))
        create_user(session, DEMO_LOGIN, stored, Role.ADMINISTRATOR, get_settings().language)
        for number, card in enumerate(_cards()):
            label = f"Card {number % CARDS_EACH + 1}"
            save_card(session, CardFacts(card, tenant=TENANTS[number // CARDS_EACH], label=label), "demo")
        for number in range(1, CHARGERS + 1):
            _add_spot(session, f"SIM-{number:02d}", f"A{number}")


@asynccontextmanager
async def living_garage(settings: Settings) -> AsyncIterator[None]:
    """Run the simulated chargers in a process of their own until the block ends."""
    arguments = ["--url", f"ws://127.0.0.1:{settings.ocpp_port}", "--chargers", str(CHARGERS), "--quiet"]
    arguments += ["--cards", ",".join(_cards()), "--state", str(settings.data_dir / "garage")]
    arguments += ["--since", HISTORY, "--speed", "max"]  # a second start sends only what has happened since
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "onetime", "simulate", *arguments)
    try:
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def _cards() -> list[str]:
    return [f"CARD{number:04d}" for number in range(1, CARDS_EACH * len(TENANTS) + 1)]


def _add_spot(session: Session, identity: str, spot: str) -> None:
    charger = Charger(identity=identity, identity_key=identity.casefold())
    session.add(charger)
    session.flush()
    accept_charger(session, identity, "demo")
    ensure_connector(session, charger.id or 0, 1)
    connector = session.exec(select(Connector).where(col(Connector.charger_id) == charger.id)).one()
    connector.spot = spot
    session.add(connector)
