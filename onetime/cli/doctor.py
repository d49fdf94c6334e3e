"""``doctor``: what is wrong with the installation, and what to do about it."""

import argparse
import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, func, select

from onetime.clock import is_plausible, utc_now
from onetime.frontend.building import INSTALLED
from onetime.models import Charger, Registration, Site, User
from onetime.services.commissioning.window import stored_window
from onetime.settings import Settings, get_settings
from onetime.store.database import create_database_engine
from onetime.store.group_commit import describe
from onetime.store.migrations import differences

FREE_SPACE = 500_000_000  # bytes; a house of 200 chargers writes less than this in a month


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. ``advice`` is set when something is wrong or deserves a look."""

    subject: str
    found: str
    advice: str | None = None
    is_serious: bool = False


Check = Callable[[Settings], Iterator[Finding]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command."""
    parser.set_defaults(run=_run)


def _run(_args: argparse.Namespace) -> int:
    settings = get_settings()
    findings = [finding for check in CHECKS for finding in check(settings)]
    for finding in findings:
        mark = "✗" if finding.is_serious else "!" if finding.advice else "✓"
        print(f"{mark} {finding.subject}: {finding.found}")  # noqa: T201
        if finding.advice:
            print(f"    {finding.advice}")  # noqa: T201
    serious = sum(finding.is_serious for finding in findings)
    print("Everything needed is in place." if not serious else f"{serious} of these stop Onetime from working.")  # noqa: T201
    return 1 if serious else 0


def _python(_settings: Settings) -> Iterator[Finding]:
    version = ".".join(str(part) for part in sys.version_info[:3])
    known = (3, 11) <= sys.version_info[:2] <= (3, 13)
    yield Finding("Python", version, None if known else "Onetime is tested with 3.11, 3.12 and 3.13.", not known)


def _clock(_settings: Settings) -> Iterator[Finding]:
    now = utc_now()
    advice = None if is_plausible(now) else "Set the date, or wait until the network has set it; bills need it."
    yield Finding("Clock", f"{now:%Y-%m-%d %H:%M} UTC", advice, advice is not None)


def _folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir
    present = folder if folder.exists() else folder.parent
    if not os.access(present, os.W_OK):
        yield Finding("Data folder", str(folder), f"{present} cannot be written to; check who owns it.", True)
        return
    free = shutil.disk_usage(present).free
    advice = None if free > FREE_SPACE else "Make room: when the disk is full, no session can be stored."
    yield Finding("Data folder", f"{folder}, {free / 1e9:.1f} GB free", advice, free < FREE_SPACE / 10)


def _database(settings: Settings) -> Iterator[Finding]:
    kind = "PostgreSQL" if settings.database_url else f"SQLite, {settings.sqlite_path}"
    if settings.database_url is None and not settings.sqlite_path.exists():
        yield Finding("Database", "not created yet", "It is created at the first start.")
        return
    engine = create_database_engine(settings.sqlalchemy_url)
    try:
        yield from _contents(engine, kind)
    except SQLAlchemyError as error:
        yield Finding("Database", kind, str(describe(error)), True)
    finally:
        engine.dispose()


def _contents(engine: Engine, kind: str) -> Iterator[Finding]:
    with Session(engine) as session:
        if engine.dialect.name == "sqlite":
            damage = session.connection().execute(text("PRAGMA quick_check")).scalar_one()
            if damage != "ok":
                yield Finding("Database", kind, f"It is damaged ({damage}); restore a backup.", True)
                return
        if differences(engine):
            yield Finding("Database", kind, "Its tables are those of another version; they are changed at the start.")
            return
        yield Finding("Database", kind)
        yield from _house(session)


def _house(session: Session) -> Iterator[Finding]:
    site = session.get(Site, 1)
    if site is None or session.exec(select(User.id).limit(1)).first() is None:
        yield Finding("House", "not set up", "Open the page in a browser: it asks for the house's name.")
        return
    try:
        ZoneInfo(site.time_zone)
        yield Finding("House", f"{site.name}, {site.time_zone}")
    except (ZoneInfoNotFoundError, ValueError):
        yield Finding("House", site.name, f"Its time zone {site.time_zone} is not known here.", True)
    waiting = session.exec(select(func.count()).where(Charger.registration == Registration.PENDING)).one()
    total = session.exec(select(func.count()).select_from(Charger)).one()
    advice = f"{waiting} wait to be accepted, on the overview page." if waiting else None
    yield Finding("Chargers", str(total), advice)
    yield Finding("New chargers", _newcomers(session))


def _newcomers(session: Session) -> str:
    """Return what happens to a charger that is not known here."""
    window = stored_window(session)
    if get_settings().accept_new_chargers:
        return "accepted at their first call (ONETIME_ACCEPT_NEW_CHARGERS)"
    if window is not None and not window.is_open(utc_now()):
        return "turned away; “charger open” lets them in"
    end = window.open_until if window else None
    return f"let in until {end:%Y-%m-%d %H:%M} UTC" if end else "let in"


def _pages(_settings: Settings) -> Iterator[Finding]:
    built = INSTALLED.is_current()
    yield Finding("Pages", "built" if built else "not built", None if built else "They are built at the next start.")


def _ports(settings: Settings) -> Iterator[Finding]:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104 - a comparison
    ports = [("pages", settings.http_port), ("chargers", settings.ocpp_port)]
    if settings.ocpp_tls_port is not None:
        ports.append(("encrypted chargers", settings.ocpp_tls_port))
    for subject, port in ports:
        with socket.socket() as probe:
            probe.settimeout(1)
            answers = probe.connect_ex((host, port)) == 0
        yield Finding(
            f"Port {port} for {subject}", "answering" if answers else "nobody answers: Onetime is not running"
        )


CHECKS: tuple[Check, ...] = (_python, _clock, _folder, _database, _pages, _ports)
