"""The parts of a charger that its sessions, its life and its commands share."""

import asyncio

from onetime.simulator.background import Background
from onetime.simulator.reporting.ledger import Ledger
from onetime.simulator.reporting.metering import Metering
from onetime.simulator.reporting.outbox import Outbox
from onetime.simulator.reporting.reports import Reports
from onetime.simulator.station.station import Station
from onetime.simulator.wire.link import Link, Pause


class Core:
    """Memory, connection, queue and meter of one charger; `ready` is set while it is online and accepted."""

    def __init__(self, station: Station, link: Link, background: Background, pause: Pause) -> None:
        self.station = station
        self.link = link
        self.background = background
        self.pause = pause
        self.ready = asyncio.Event()
        self.ledger = Ledger(station)
        self.outbox = Outbox(link.call, self.ready, station.configuration, pause)
        self.reports = Reports(station, link, self.ready)
        self.metering = Metering(station, self.ledger, self.outbox, self.reports, background)
