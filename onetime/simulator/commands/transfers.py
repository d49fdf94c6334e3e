"""Firmware and logs: the charger really fetches the one and leaves the other, and says no more than it did."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from urllib.parse import urlsplit

from onetime.simulator.commands import fields, files
from onetime.simulator.commands.commanded import CommandedCharger
from onetime.simulator.vocabulary import JsonObject, Reason, format_time
from onetime.simulator.wire.calls import Reply

_STEP = 5.0  # simulated seconds each step of an update or upload takes
_RETRY_PAUSE = 60.0  # between two tries, where the central system names none
_VERSION = re.compile(r"\d+(?:\.\d+)+")

Tell = Callable[[str], Awaitable[None]]


def update_firmware(charger: CommandedCharger, payload: JsonObject) -> Reply:
    """Fetch firmware at the wanted time, install it and restart with its version (OCPP 1.6, 5.19)."""
    location = fields.text(payload, "location")
    at = fields.instant(payload, "retrieveDate")
    retries, pause = _retries(payload)

    async def update() -> None:
        await charger.clock.sleep_until(at)
        if await _fetched(charger, location, retries, pause):
            await charger.firmware_status("Downloaded")
            await charger.clock.sleep(_STEP)
            await charger.firmware_status("Installing")
            await charger.clock.sleep(_STEP)
            charger.life.install(_version_in(location, charger.life.firmware))
            await charger.reboot(Reason.REBOOT)
            await charger.firmware_status("Installed")

    return Reply({}, update)


def get_diagnostics(charger: CommandedCharger, payload: JsonObject) -> Reply:
    """Name a diagnostics file, leave it where wanted and report it (OCPP 1.6, 5.9)."""
    location = fields.text(payload, "location")
    name = _log_name(charger)
    return Reply({"fileName": name}, lambda: _leave(charger, location, name, payload, charger.diagnostics_status, ""))


def get_log(charger: CommandedCharger, payload: JsonObject) -> Reply:
    """Leave a log where wanted and report it under the number of the request (security whitepaper, N01)."""
    location = fields.text(fields.mapping(payload, "log"), "remoteLocation", longest=512)
    kind = fields.one_of(payload, "logType", ("DiagnosticsLog", "SecurityLog"))
    number = fields.integer(payload, "requestId")
    name = _log_name(charger)

    async def tell(status: str) -> None:
        await charger.core.reports.send("LogStatusNotification", {"status": status, "requestId": number})

    answer = {"status": "Accepted", "filename": name}
    return Reply(answer, lambda: _leave(charger, location, name, payload, tell, kind))


async def _fetched(charger: CommandedCharger, location: str, retries: int, pause: float) -> bool:
    """Fetch firmware, and say so; tell whether it came."""
    for attempt in range(retries + 1):
        await charger.firmware_status("Downloading")
        try:
            with charger.clock.hold():
                size = len(await asyncio.to_thread(files.fetch, location))
        except files.FileError as error:
            charger.core.station.say(f"the firmware did not come ({error})")
            await charger.firmware_status("DownloadFailed")
            if attempt < retries:
                await charger.clock.sleep(pause)
        else:
            charger.core.station.say(f"{size} bytes of firmware have come")
            return True
    return False


async def _leave(
    charger: CommandedCharger, location: str, name: str, payload: JsonObject, tell: Tell, kind: str
) -> None:
    retries, pause = _retries(payload)
    for attempt in range(retries + 1):
        await tell("Uploading")
        content = _log_of(charger, charger.clock.now(), kind)
        try:
            with charger.clock.hold():
                await asyncio.to_thread(files.leave, location, name, content)
        except files.FileError as error:
            charger.core.station.say(f"the log could not be left ({error})")
            if attempt < retries:
                await charger.clock.sleep(pause)
        else:
            await tell("Uploaded")
            return
    await tell("UploadFailure" if kind else "UploadFailed")


def _log_of(charger: CommandedCharger, now: datetime, kind: str) -> bytes:
    """Return what this charger knows of itself as a text."""
    station = charger.core.station
    lines = [f"{format_time(now)} {kind or 'Diagnostics'} of {charger.identity}", f"firmware {charger.life.firmware}"]
    for connector in station.connectors.values():
        reading = station.reading(connector, now)
        lines.append(
            f"connector {connector.number}: {connector.status}, {connector.error_code}, {reading.register_wh} Wh"
        )
    if kind != "SecurityLog":
        known, _unknown = station.configuration.describe([])
        lines += [f"{key['key']} = {key.get('value', '(hidden)')}" for key in known]
    return ("\n".join(lines) + "\n").encode()


def _log_name(charger: CommandedCharger) -> str:
    safe = "".join(char if char.isalnum() or char in "-_." else "_" for char in charger.identity)
    return f"{safe}-{charger.clock.now():%Y%m%dT%H%M%S}.log"


def _version_in(location: str, present: str) -> str:
    """Return the version in a file's name; without one, the present one counted up."""
    found = _VERSION.search(urlsplit(location).path.rpartition("/")[2])
    if found is not None:
        return found[0]
    stem, _dot, last = present.rpartition(".")
    return f"{stem}.{int(last) + 1}" if stem and last.isdigit() else f"{present}.1"


def _retries(payload: JsonObject) -> tuple[int, float]:
    """Return how often to try again, and the seconds in between."""
    retries, pause = payload.get("retries"), payload.get("retryInterval")
    return (
        retries if isinstance(retries, int) and retries > 0 else 0,
        float(pause) if isinstance(pause, int) else _RETRY_PAUSE,
    )
