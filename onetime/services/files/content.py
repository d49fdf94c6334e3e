"""What a file is, by its first bytes: its name proves nothing."""

from onetime.models import FileContent

HEAD_BYTES = 2_048
_TAR_MAGIC = slice(257, 262)  # POSIX.1-1988: "ustar" in the first header
_TEXT_CONTROLS = frozenset(b"\t\n\r\x0b\x0c\x1b\x08")


def recognise(head: bytes) -> FileContent:
    """Say what begins like this.

    >>> recognise(b"2026-10-05 boot\\n").value
    'text'
    """
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return FileContent.ZIP
    if head.startswith(b"\x1f\x8b"):
        return FileContent.GZIP
    if head[_TAR_MAGIC] == b"ustar":
        return FileContent.TAR
    return FileContent.TEXT if is_text(head) else FileContent.BINARY


def is_text(head: bytes) -> bool:
    """Say whether bytes can be shown as text: no control characters but those of a terminal."""
    if not head:
        return False
    return not any(byte < 0x20 and byte not in _TEXT_CONTROLS for byte in head[:HEAD_BYTES])
