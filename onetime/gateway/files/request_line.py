"""Whether what a connection says first asks for a file: told from the request's first line alone."""

import re
from typing import Final

from onetime.services.files.addresses import PATH

REQUEST_LINE_LIMIT: Final = 512  # bytes; one-time addresses and chargers' names are far shorter
_FILE_REQUEST = re.compile(rb"(GET|HEAD|PUT|POST) " + re.escape(PATH.encode()) + rb"/")


def asks_for_file(received: bytes | bytearray) -> bool | None:
    """Say whether a request is for a one-time address, or None while its first line has not come."""
    if b"\n" not in received and len(received) < REQUEST_LINE_LIMIT:
        return None
    return _FILE_REQUEST.match(received) is not None
