"""Fetch and leave files where the central system says: over HTTP, HTTPS or FTP. It blocks: call it in a thread."""

import ftplib
import http.client
import io
import ssl
from urllib.parse import SplitResult, unquote, urlsplit

TIMEOUT = 30.0  # seconds without a byte
PIECE = 64 * 1024
FTP_PORT = 21
_TROUBLE: tuple[type[Exception], ...] = (http.client.HTTPException, ValueError, *ftplib.all_errors)  # OSError is among


class FileError(Exception):
    """A file could not be fetched or left."""


def fetch(location: str) -> bytes:
    """Return the file at a URL.

    Raises:
        FileError: it is not there, cannot be reached, or broke off.
    """
    url = urlsplit(location)
    try:
        return _ftp_fetch(url) if url.scheme == "ftp" else _http(url, "GET", url.path)
    except _TROUBLE as error:
        raise FileError(f"{url.hostname or location}: {error}") from error


def leave(location: str, name: str, content: bytes) -> None:
    """Leave a file in the folder a URL names.

    Raises:
        FileError: the folder cannot be reached, or does not take it.
    """
    url = urlsplit(location)
    path = f"{url.path.rstrip('/')}/{name}"
    try:
        if url.scheme == "ftp":
            _ftp_leave(url, path, content)
        else:
            _http(url, "PUT", path, content)
    except _TROUBLE as error:
        raise FileError(f"{url.hostname or location}: {error}") from error


def _http(url: SplitResult, method: str, path: str, body: bytes | None = None) -> bytes:
    if url.scheme not in ("http", "https") or not url.hostname:
        raise FileError(f"{url.scheme or 'this'} is no way this charger knows.")
    if url.scheme == "https":
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            url.hostname, url.port, timeout=TIMEOUT, context=ssl.create_default_context()
        )
    else:
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=TIMEOUT)
    try:
        connection.request(method, f"{path}?{url.query}" if url.query else path, body)
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    if answer.status >= 300:
        raise FileError(f"{url.hostname} answered {answer.status}.")
    return content


def _ftp_fetch(url: SplitResult) -> bytes:
    content = io.BytesIO()
    with _ftp(url) as connection:
        connection.retrbinary(f"RETR {unquote(url.path).lstrip('/')}", content.write, PIECE)
    return content.getvalue()


def _ftp_leave(url: SplitResult, path: str, content: bytes) -> None:
    with _ftp(url) as connection:
        connection.storbinary(f"STOR {unquote(path).lstrip('/')}", io.BytesIO(content), PIECE)


def _ftp(url: SplitResult) -> ftplib.FTP:
    connection = ftplib.FTP(timeout=TIMEOUT)  # noqa: S321 - what chargers speak; its login is good for one file
    connection.connect(url.hostname or "", url.port or FTP_PORT)
    connection.login(unquote(url.username or ""), unquote(url.password or ""))
    return connection
