"""By which name or address a charger reached this machine."""

from ipaddress import ip_address
from re import compile as pattern
from urllib.parse import urlsplit

from websockets.asyncio.server import ServerConnection

from onetime.services.files.addresses import Reached

_NAME = pattern(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*\.?")
NAME_LIMIT = 253  # characters; RFC 1035, section 2.3.4


def reached_by(socket: ServerConnection) -> Reached | None:
    """Return what the charger's own opening request and socket say.

    The ``Host`` header is what somebody typed into the charger, so it works from there, through a forwarded port too.
    Where it is no usable name (some chargers send ``localhost`` or nothing), the socket's own address is taken.
    """
    named = _host_header(socket)
    local = socket.local_address[0] if socket.local_address else None
    peer = socket.remote_address[0] if socket.remote_address else ""
    if named is not None and (not _is_loopback(named) or _is_loopback(peer)):
        host: str | None = named
    else:
        host = _plain(str(local)) if local else None
    if host is None:
        return None
    return Reached(host, by_tls=socket.transport.get_extra_info("ssl_object") is not None)


def _host_header(socket: ServerConnection) -> str | None:
    values = socket.request.headers.get_all("Host") if socket.request else []
    if len(values) != 1 or set(values[0]) & set("@/?#\\ "):
        return None
    try:
        host = urlsplit(f"//{values[0].strip()}").hostname
    except ValueError:
        return None
    if not host or len(host) > NAME_LIMIT:
        return None
    if _is_address(host):
        return None if ip_address(host).is_unspecified else host
    return host if _NAME.fullmatch(host) and not host.replace(".", "").isdigit() else None


def _plain(address: str) -> str:
    """Return an IPv4 address that a socket for both families shows as IPv6 in its own form."""
    mapped = getattr(ip_address(address.partition("%")[0]), "ipv4_mapped", None)
    return str(mapped) if mapped else address.partition("%")[0]


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return host.casefold() == "localhost" or (_is_address(host) and ip_address(host).is_loopback)
