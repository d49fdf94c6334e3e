"""The address a charger is told for its file: one it can reach, because it has reached this machine by it before."""

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

from onetime.services.files.errors import NoWayToChargerError
from onetime.services.files.names import url_name
from onetime.services.files.transfers import FileProtocol, Transfer
from onetime.settings import Settings
from onetime.texts import _

PATH = "/transfer"  # outside /api and the pages: no login, only the token that follows it


@dataclass(frozen=True, slots=True)
class Reached:
    """How a charger reached this machine: under which name or address, and whether by TLS."""

    host: str
    by_tls: bool = False


@dataclass(frozen=True, slots=True)
class FilePorts:
    """The ports files go through at this moment.

    ``ftp`` is None while no charger needs FTP, ``https`` while chargers cannot come encrypted.
    """

    http: int
    ftp: int | None = None
    https: int | None = None


def location_of(transfer: Transfer, reached: Reached | None, ports: FilePorts, settings: Settings) -> str:
    """Return the URL for a charger: of the file to fetch, or of the folder to leave files in.

    A folder ends with a slash (OCPP 1.6 edition 2, section 6.25: “the location (directory)”). The setting
    ``ONETIME_ADDRESS`` wins over the address the charger came in by. Raises ``NoWayToChargerError``.
    """
    name = url_name(transfer.file.name) if transfer.file else ""
    if transfer.protocol is FileProtocol.FTP:
        host = _host(reached, settings)
        return f"ftp://{transfer.user}:{transfer.token}@{host}:{ports.ftp}/{name}"
    return f"{_base(transfer.protocol, reached, ports, settings)}{PATH}/{transfer.token}/{name}"


def offers_https(ports: FilePorts, settings: Settings) -> bool:
    """Say whether chargers can come by HTTPS: to the encrypted port, or through a proxy."""
    return ports.https is not None or (settings.files_url or "").startswith("https://")


def _base(protocol: FileProtocol, reached: Reached | None, ports: FilePorts, settings: Settings) -> str:
    base = settings.files_url
    if base is not None and urlsplit(base).scheme == protocol.value:
        return base.rstrip("/")
    port = ports.https if protocol is FileProtocol.HTTPS else ports.http
    if port is None:
        msg = _(
            "HTTPS is not set up: open the encrypted port with ONETIME_OCPP_TLS_PORT, or set ONETIME_FILES_URL to an "
            "address that begins with https."
        )
        raise NoWayToChargerError(msg)
    return f"{protocol.value}://{_host(reached, settings)}:{port}"


def _host(reached: Reached | None, settings: Settings) -> str:
    host = settings.address or (reached.host if reached else None)
    if not host:
        raise NoWayToChargerError(
            _("Nobody knows by which address the charger reaches this machine; set ONETIME_ADDRESS.")
        )
    try:
        return f"[{host}]" if isinstance(ip_address(host), IPv6Address) else host
    except ValueError:
        return host
