"""The cookies of a login: one name for each of the two ports, for a browser lets none replace the other's.

A cookie that came encrypted is never sent, nor overwritten, without encryption (RFC 6265bis, sections 5.5 and 5.7), and
``__Host-`` keeps it to this host (section 4.1.3.2).
"""

from collections.abc import Mapping

LOGIN_COOKIE = "onetime_login"
ENCRYPTED_LOGIN_COOKIE = f"__Host-{LOGIN_COOKIE}"
DEVICE_COOKIE = "onetime_device"
ENCRYPTED_DEVICE_COOKIE = f"__Host-{DEVICE_COOKIE}"


def login_in(cookies: Mapping[str, str]) -> str | None:
    """Return the login token a browser sent, the one that came encrypted first; None where there is none."""
    return cookies.get(ENCRYPTED_LOGIN_COOKIE) or cookies.get(LOGIN_COOKIE)


def device_in(cookies: Mapping[str, str]) -> str | None:
    """Return by what a browser is known that was let in before; None where it is new."""
    return cookies.get(ENCRYPTED_DEVICE_COOKIE) or cookies.get(DEVICE_COOKIE)


def read_cookies(header: str) -> dict[str, str]:
    """Return the cookies of a ``Cookie`` header, as they are written (RFC 6265, section 4.2).

    ``http.cookies`` and Starlette undo quotes, which none of ours has: with 16 kB of them that takes a second, on the
    loop of all chargers, before anybody is known (CVE-2024-7592; Debian 12 has a Python with it).
    """
    pairs = (pair.partition("=") for pair in header.split(";"))
    return {name.strip(): value.strip() for name, mark, value in pairs if mark and name.strip()}
