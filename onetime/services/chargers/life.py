"""The life of a charger: first contact, acceptance, boot, connectors, status, and being away."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

from sqlmodel import Session, col, func, select, update

from onetime.budgets import CHARGERS
from onetime.clock import utc_now
from onetime.models import Charger, Connector, ConnectorStatus, Registration
from onetime.services.chargers.boarding import live_charger, live_connector
from onetime.services.chargers.live import LiveBoard, LiveCharger, LiveConnector
from onetime.services.people.audit import record
from onetime.services.unreadable import charger_called
from onetime.store.database import Database
from onetime.store.unreadable import what_is_readable
from onetime.texts import _


class TooManyUnknownChargersError(Exception):
    """More strangers wait for acceptance than any house has chargers."""


class UnknownChargerError(Exception):
    """There is no charger of this name."""


@dataclass(frozen=True, slots=True)
class BootFacts:
    """What a BootNotification says of a charger; None for what it leaves out."""

    vendor: str
    model: str
    serial_number: str | None = None
    firmware_version: str | None = None
    iccid: str | None = None
    imsi: str | None = None
    meter_type: str | None = None
    meter_serial_number: str | None = None


@dataclass(frozen=True, slots=True)
class StatusReport:
    """What a StatusNotification says of a connector; number 0 is the charger itself."""

    number: int
    status: ConnectorStatus
    error_code: str
    info: str | None
    vendor_error_code: str | None
    at: datetime


class Room(Protocol):
    """Where chargers wait for acceptance."""

    async def make_room(self, address: str) -> None:
        """Find a place for a newcomer. Raises ``TooManyUnknownChargersError``."""
        ...

    def came(self, charger_id: int, address: str) -> None:
        """Note from where a waiting charger has come."""
        ...


class ChargerService:
    """Keeps the chargers' rows and what they show."""

    def __init__(self, database: Database, live: LiveBoard, room: Room, *, accept_new: bool) -> None:
        self._database = database
        self._live = live
        self._room = room
        self._accept_new = accept_new
        self._door = asyncio.Lock()

    async def contact(self, identity: str, *, subprotocol_missing: bool, address: str = "") -> LiveCharger:
        """Return the charger that has just connected under ``identity``, adding one never seen before.

        The identity is looked up without regard to case; its first spelling is kept. Raises
        ``TooManyUnknownChargersError`` when a stranger finds the waiting room full.
        """
        known = self._live.find(identity)
        if known is None:
            known = await self._add(identity, address)
        if known.registration is Registration.PENDING:
            self._room.came(known.id, address)
        if subprotocol_missing and not known.subprotocol_missing:
            known.subprotocol_missing = True
            await self._database.write(lambda s: _flag_subprotocol(s, known.id))
        return known

    async def _add(self, identity: str, address: str) -> LiveCharger:
        """Add a charger; one that has to wait comes in alone, so that the places are counted right."""
        if self._accept_new:
            return await self._put(identity)
        async with self._door:
            if (known := self._live.find(identity)) is not None:
                return known  # its other socket was quicker
            await self._room.make_room(address)
            return await self._put(identity)

    async def _put(self, identity: str) -> LiveCharger:
        row = await self._database.write(lambda s: _add(s, identity, accept=self._accept_new))
        known = self._live.find(identity) or returned(self._live, row)  # its other socket may have been quicker
        self._live.put_charger(known)
        return known

    async def booted(self, charger_id: int, facts: BootFacts) -> Registration:
        """Store what a booting charger says of itself and return whether the house lets it in."""
        now = utc_now()
        registration = await self._database.write(lambda s: _boot(s, charger_id, facts, now))
        charger = self._live.charger(charger_id)
        charger.vendor, charger.model = facts.vendor, facts.model
        charger.serial_number, charger.firmware_version = facts.serial_number, facts.firmware_version
        charger.booted_at, charger.reboot_needed_for = now, None
        charger.registration = registration
        self._live.charger_changed(charger_id)
        return registration

    async def accept(self, identity: str, actor: str) -> LiveCharger:
        """Let a charger in. Raises ``UnknownChargerError`` when none of this name has been in touch."""
        charger = self._live.find(identity)
        if charger is None:
            raise unknown_charger(identity)
        await self._database.write(lambda s: accept_charger(s, charger.identity, actor))
        charger.registration = Registration.ACCEPTED
        self._live.charger_changed(charger.id)
        return charger

    async def newly_accepted(self, waiting: set[int]) -> list[LiveCharger]:
        """Return those of ``waiting`` that another process (the command line) has accepted meanwhile."""
        accepted = await self._database.read(lambda s: _accepted_among(s, waiting))
        chargers = [self._live.charger(charger_id) for charger_id in accepted]
        for charger in chargers:
            charger.registration = Registration.ACCEPTED
            self._live.charger_changed(charger.id)
        return chargers

    async def reported(self, charger_id: int, report: StatusReport) -> None:
        """Store what a connector says of itself. The last to arrive counts: a charger's clock may jump back."""
        connector = await self.connector(charger_id, report.number)
        received_at = utc_now()
        await self._database.write(lambda s: _store_status(s, connector.id, report, received_at))
        self._live.set_status(connector.id, report.status, report.at, report.error_code, report.info)

    async def connector(self, charger_id: int, number: int) -> LiveConnector:
        """Return a charger's connector, adding it when the charger names it for the first time."""
        charger = self._live.charger(charger_id)
        known = charger.connectors.get(number)
        if known is None:
            row = await self._database.write(lambda s: ensure_connector(s, charger_id, number))
            known = charger.connectors.get(number) or live_connector(row, charger)
            self._live.put_connector(known)
        return known

    async def name_spot(self, connector_id: int, spot: str | None, actor: str) -> None:
        """Name the parking spot a connector serves; an empty name takes it away."""
        name = (spot or "").strip() or None
        await self._database.write(lambda s: _name_spot(s, connector_id, name, actor))
        connector = self._live.connector(connector_id)
        connector.spot = name
        self._live.connector_changed(connector_id)

    async def progressed(self, charger_id: int, *, firmware: str | None = None, diagnostics: str | None = None) -> None:
        """Store how far a firmware update or an upload of diagnostics has come."""
        await self._database.write(lambda s: _store_progress(s, charger_id, firmware, diagnostics))
        self._live.charger_changed(charger_id)

    async def went_online(self, charger_id: int) -> None:
        """Note that the charger can be heard, and since when it could not."""
        await self._database.write(partial(_set_online, charger=self._live.charger(charger_id)))
        self._live.set_online(charger_id, True)

    async def went_offline(self, charger_id: int) -> None:
        """Note that the charger can no longer be heard."""
        self._live.set_online(charger_id, False)
        since = self._live.charger(charger_id).offline_since
        await self._database.write(lambda s: _set_offline_since(s, charger_id, since))


def returned(live: LiveBoard, row: Charger) -> LiveCharger:
    """Return a stored charger for the board: the one that was taken off it, if it has come back, or a new one."""
    hidden = live.put_back(row.id or 0, row.identity)
    if hidden is None:
        return live_charger(row, [])
    hidden.registration, hidden.offline_since = row.registration, row.offline_since
    return hidden


def accept_charger(session: Session, identity: str, actor: str) -> None:
    """Let a charger in. Raises ``UnknownChargerError`` when none of this name has been in touch."""
    charger = session.exec(select(Charger).where(Charger.identity_key == identity.casefold())).first()
    if charger is None:
        raise unknown_charger(identity)
    if charger.registration is Registration.ACCEPTED:
        return
    charger.registration = Registration.ACCEPTED
    charger.accepted_at = utc_now()
    session.add(charger)
    record(session, actor, "charger.accept", charger.identity)


def ensure_connector(session: Session, charger_id: int, number: int) -> Connector:
    """Return a charger's connector row, adding it when it is new."""
    query = select(Connector).where(Connector.charger_id == charger_id, Connector.number == number)
    row = session.exec(query).first()
    if row is None:
        row = Connector(charger_id=charger_id, number=number)
        session.add(row)
        session.flush()
    return row


def unknown_charger(identity: str) -> UnknownChargerError:
    """Return the error that no charger of this name has been in touch."""
    return UnknownChargerError(_("No charger called {identity} has been in touch yet.", identity=identity))


def _add(session: Session, identity: str, *, accept: bool) -> Charger:
    key = identity.casefold()
    known = charger_called(session, identity)
    if known is not None and known.retired_at is None:
        return known
    if session.exec(select(func.count(col(Charger.id)))).one() >= CHARGERS:
        raise TooManyUnknownChargersError(_("There are {count} chargers already.", count=CHARGERS))
    charger = known or Charger(identity=identity, identity_key=key)
    charger.retired_at, charger.offline_since = None, utc_now()
    session.add(charger)
    session.flush()
    if accept:
        accept_charger(session, identity, "setting ONETIME_ACCEPT_NEW_CHARGERS")
    return charger


def _boot(session: Session, charger_id: int, facts: BootFacts, now: datetime) -> Registration:
    said = {name: getattr(facts, name) for name in BootFacts.__dataclass_fields__}
    _store(session, charger_id, **said, booted_at=now, reboot_needed_for=None)
    return Registration(session.exec(select(Charger.registration).where(Charger.id == charger_id)).one())


def _store(session: Session, charger_id: int, **values: object) -> None:
    """Store what is new of a charger without reading the rest of its row, which may be broken."""
    session.exec(update(Charger).where(col(Charger.id) == charger_id).values(**values))


def _accepted_among(session: Session, waiting: set[int]) -> list[int]:
    query = select(Charger.id).where(Charger.registration == Registration.ACCEPTED, col(Charger.id).in_(waiting))
    return [each for each in session.exec(query) if each is not None]


def _flag_subprotocol(session: Session, charger_id: int) -> None:
    _store(session, charger_id, subprotocol_missing=True)


def _store_status(session: Session, connector_id: int, report: StatusReport, received_at: datetime) -> None:
    """Keep what a connector says, and since when: repeating a status does not make it younger, a boot does."""
    connector = what_is_readable(session, Connector, connector_id)
    booted_at = what_is_readable(session, Charger, connector.charger_id).booted_at
    known_since = connector.status_received_at
    values: dict[str, object] = {
        "status": report.status,
        "error_code": report.error_code,
        "status_info": report.info,
        "vendor_error_code": report.vendor_error_code,
    }
    if connector.status is not report.status or known_since is None or (booted_at and known_since < booted_at):
        values |= {"status_at": report.at, "status_received_at": received_at}
    if report.status is ConnectorStatus.AVAILABLE:
        values["available_seen_at"] = received_at
    elif report.status is ConnectorStatus.CHARGING:
        values["charging_seen_at"] = received_at
    session.exec(update(Connector).where(col(Connector.id) == connector_id).values(**values))


def _name_spot(session: Session, connector_id: int, spot: str | None, actor: str) -> None:
    connector = session.get_one(Connector, connector_id)
    record(session, actor, "connector.name", str(connector_id), f"{connector.spot} → {spot}")
    connector.spot = spot
    session.add(connector)


def _store_progress(session: Session, charger_id: int, firmware: str | None, diagnostics: str | None) -> None:
    progress = {"firmware_status": firmware, "diagnostics_status": diagnostics}
    if said := {name: value for name, value in progress.items() if value}:
        _store(session, charger_id, **said)


def _set_offline_since(session: Session, charger_id: int, since: datetime | None) -> None:
    _store(session, charger_id, offline_since=since)


def _set_online(session: Session, charger: LiveCharger) -> None:
    since = {} if charger.offline_since is None else {"silent_since": charger.offline_since}
    _store(session, charger.id, offline_since=None, **since)
