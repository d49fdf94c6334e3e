"""How a charger wants its files: by which protocol, and at which address."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from onetime.events import ChargerChanged
from onetime.models import FileKind, StoredFile
from onetime.services.chargers.commands import ChargerOfflineError, CommandError
from onetime.services.chargers.settings import read_keys
from onetime.services.files.addresses import FilePorts, location_of, offers_https
from onetime.services.files.errors import NoWayToChargerError
from onetime.services.files.transfers import FileProtocol, Transfer
from onetime.services.operations.run import OperationFailedError, Run
from onetime.texts import _

ENCRYPTED = 2  # the security profile from which on a connection is encrypted
SUPPORTED_KEY = "SupportedFileTransferProtocols"  # security whitepaper, edition 3, section 5


async def ways_for(run: Run, asked: FileProtocol | None) -> list[FileProtocol]:
    """Return the protocols to try, one after the other: the one asked for, else those the charger says it knows.

    Where it does not say, HTTP and then FTP, which the specification mentions first (section 5.9). HTTPS only where it
    is set up, first for a charger that speaks TLS already. From security profile 2 on nothing goes unencrypted that
    nobody asked for by its protocol. Raises ``OperationFailedError`` when none fits.
    """
    if asked is not None:
        return [asked]
    must_encrypt = _profile(run) >= ENCRYPTED
    known = await _known_protocols(run)
    by_tls = bool((reached := run.commands.reached(run.charger.id)) and reached.by_tls)
    order = [FileProtocol.HTTP, FileProtocol.FTP]
    if offers_https(_ports(run), run.tools.settings):
        order.insert(0 if by_tls else len(order), FileProtocol.HTTPS)
    fitting = [protocol for protocol in order if not known or protocol.value in known]
    if must_encrypt and fitting:
        fitting = [protocol for protocol in fitting if protocol is FileProtocol.HTTPS]
        if not fitting:
            msg = _("{identity} is encrypted, and HTTPS does not reach it. Choose HTTP or FTP to send the file openly.",
                    identity=run.charger.identity)  # fmt: skip
            raise OperationFailedError(msg, "no-common-protocol")
    if not fitting:
        msg = _(
            "{identity} only knows {protocols} for files, which this house does not offer.",
            identity=run.charger.identity,
            protocols=", ".join(sorted(name.upper() for name in known)),
        )
        raise OperationFailedError(msg, "no-common-protocol")
    return fitting


async def wait_until_back(run: Run, timeout_s: float) -> None:
    """Wait for a charger that has lost its connection: the next way is told to it over the next one."""
    if not run.charger.online:
        otherwise = _("{identity} lost its connection, and has not come back.", identity=run.charger.identity)
        await run.wait_for(ChargerChanged, lambda _event: run.charger.online, timeout_s, otherwise, "charger-offline")


@asynccontextmanager
async def offered(
    run: Run, protocol: FileProtocol, lasts_s: float, wanted: StoredFile | FileKind
) -> AsyncIterator[tuple[Transfer, str]]:
    """Let the charger fetch a file or leave files until the block ends; give the transfer and its address.

    Raises ``OperationFailedError`` when there is no address or port the charger could reach.
    """
    desk = run.tools.transfers
    try:
        async with desk.opened(run.charger.id, run.charger.identity, run.operation_id, protocol, lasts_s, wanted) as t:
            reached = run.commands.reached(run.charger.id)
            if reached is None:
                raise ChargerOfflineError(_("{identity} is not connected.", identity=run.charger.identity))
            yield t, location_of(t, reached, _ports(run), run.tools.settings)
    except NoWayToChargerError as error:
        raise OperationFailedError(error.args[0], "no-way-to-charger") from error


def _profile(run: Run) -> int:
    """Return the security profile that holds, or the higher one a charger uses at this moment."""
    logins = run.tools.logins
    connection = logins.connection(run.charger.id)
    return max(logins.facts(run.charger.id).profile, connection.profile if connection else 0)


def _ports(run: Run) -> FilePorts:
    desk = run.tools.transfers
    return FilePorts(desk.http_port, desk.ftp_port, desk.https_port)


async def _known_protocols(run: Run) -> set[str]:
    """Return what the charger lists in its setting, in lower case; nothing where it does not say."""
    try:
        reading = await read_keys(run.send, [SUPPORTED_KEY])
    except ChargerOfflineError:
        raise
    except CommandError:
        return set()
    setting = reading.settings.get(SUPPORTED_KEY.casefold())
    listed = (setting.value or "") if setting else ""
    return {name.strip().casefold() for name in listed.split(",") if name.strip()}
