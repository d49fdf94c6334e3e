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
