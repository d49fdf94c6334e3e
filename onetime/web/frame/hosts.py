"""The names this house answers to, and whose pages may speak to it with somebody's cookie.

A page of any site can make its own name lead to an address in the house (DNS rebinding), and then speak to Onetime as
if it came from there: the browser takes both for one site. It cannot choose the name the browser asks for, though. So
a name counts that nobody outside can register, that is this machine's, or that a setting names.
"""

import ipaddress
import socket
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from onetime.settings import Settings
from onetime.web.frame.origin import is_own_page

_RESOLVER = Path("/etc/resolv.conf")


class Hosts:
    """The names of one house."""

    def __init__(self, settings: Settings) -> None:
        named = [*settings.host_list, *settings.tls_host_list, settings.address or "", _host(settings.files_url or "")]
        self._names = {_plain(name) for name in [*named, *_own_names()]} - {""}

    def answers_to(self, host: str) -> bool:
        """Say whether the ``Host`` header of a request names this house."""
        try:
            name = _plain(urlsplit(f"//{host}").hostname or "")
        except ValueError:
            return False
        if not name:
            return False
        return _is_local(name) or name in self._names


def is_foreign(headers: Mapping[str, str]) -> bool:
    """Say whether a browser tells that a page of another site, or of another port of this one, sends the request.

    Only a person's own page may use their cookie, and a cookie knows no ports (RFC 6265, section 8.5).
    """
    origin = headers.get("origin")
    if origin is None:
        return headers.get("sec-fetch-site", "none") not in ("same-origin", "none")
    sent = {"HTTP_HOST": headers.get("host", ""), "HTTP_X_FORWARDED_HOST": headers.get("x-forwarded-host", "")}
    return not is_own_page(origin, sent)


def _is_local(name: str) -> bool:
    """Say whether nobody outside can register the name: RFC 6761 and RFC 6762, and names of one label."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return "." not in name or name.endswith((".local", ".localhost"))
    return True


def _own_names() -> list[str]:
    """Return this machine's name, and as its router spells it. Nobody is asked: that could take a minute."""
    name = socket.gethostname()
    try:
        lines = _RESOLVER.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    domains = [word for line in lines for word in line.split()[1:] if line.startswith(("search ", "domain "))]
    return [name, *(f"{name.partition('.')[0]}.{domain}" for domain in domains)]


def _plain(name: str) -> str:
    return name.strip().rstrip(".").lower()


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
