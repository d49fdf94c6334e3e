"""Names of files that others choose: shown and sent, and never a path on this machine."""

import re
import unicodedata

NAME_LIMIT = 120  # characters; OCPP allows 255, a page and a file system's 255 bytes want less
_SEPARATORS = re.compile(r"[/\\]+")
_UNSAFE_IN_URL = re.compile(r"[^A-Za-z0-9._-]+")


def safe_name(name: str | None, otherwise: str) -> str:
    """Return the last part of a name without control characters; ``otherwise`` where nothing is left of it.

    Long names keep their ending, by which a program knows what to do with them.
    """
    last = _SEPARATORS.split(name or "")[-1]
    shown = "".join(char for char in last if unicodedata.category(char)[0] != "C").strip(" .\t")
    shown = shown.replace('"', "").replace("<", "").replace(">", "")
    if not shown:
        return otherwise
    if len(shown) <= NAME_LIMIT:
        return shown
    stem, dot, ending = shown.rpartition(".")
    if not dot or len(ending) > 12:
        return shown[:NAME_LIMIT]
    return f"{stem[: NAME_LIMIT - len(ending) - 1]}.{ending}"


def url_name(name: str, limit: int = 60) -> str:
    """Return a name that every charger can put into a request and onto its disk: ASCII, no blanks, short."""
    plain = _UNSAFE_IN_URL.sub("-", unicodedata.normalize("NFKD", name)).strip("-.") or "file"
    if len(plain) <= limit:
        return plain
    stem, dot, ending = plain.rpartition(".")
    return f"{stem[: limit - len(ending) - 1]}.{ending}" if dot and len(ending) <= 12 else plain[:limit]
