"""A look into a file for a page: the members of an archive, the head of a text. Bounded, whatever the file claims.

A file of a charger may be broken, or made to do harm: an archive that unpacks to terabytes, or one with millions of
members. Nothing is unpacked to the disk, and no more is read than is shown.
"""

import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

from onetime.models import FileContent
from onetime.services.files.content import HEAD_BYTES, is_text, recognise
from onetime.services.files.errors import UnreadableArchiveError
from onetime.texts import _

MEMBERS_SHOWN = 200
MEMBERS_LIMIT = 20_000  # a directory of more is not read at all: each member costs memory before it is shown
TEXT_SHOWN = 64_000  # bytes
UNPACKED_LIMIT = 64_000_000  # bytes looked through to find the members of a packed archive
_ZIP_END = struct.Struct("<4s4H2LH")  # APPNOTE.TXT 4.3.16: end of central directory record
_ZIP_END_REACH = 65_557  # its size and that of the longest comment


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive; its size in bytes, unpacked, as the archive claims."""

    name: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Inside:
    """What a page shows of a file: the members of an archive, or the head of a text; neither of a binary file."""

    members: tuple[Member, ...] = ()
    more_members: bool = False
    text: str | None = None
    more_text: bool = False


def look_inside(path: Path, content: FileContent) -> Inside:
    """Return what can be shown of a file. It reads the disk: call it in a thread.

    Raises ``UnreadableArchiveError``.
    """
    with _understandable():
        match content:
            case FileContent.ZIP:
                return _zip_members(path)
            case FileContent.TAR:
                with _tar(path, content) as archive:
                    return _tar_members(archive)
            case FileContent.GZIP:
                return _gzip_inside(path)
            case FileContent.TEXT:
                with path.open("rb") as file:
                    return _text(file)
            case FileContent.BINARY:
                return Inside()


def look_at_member(path: Path, content: FileContent, name: str) -> Inside:
    """Return the head of one member of an archive, where it is text. Call it in a thread.

    Raises ``UnreadableArchiveError``, also when there is no such member.
    """
    with _understandable():
        if content is FileContent.ZIP:
            _check_directory(path)
            with zipfile.ZipFile(path) as archive, archive.open(name) as member:
                return _text_or_nothing(member)
        if content in (FileContent.TAR, FileContent.GZIP):
            with _tar(path, content) as tar:
                for entry in tar:
                    if entry.name == name and entry.isfile() and (found := tar.extractfile(entry)):
                        return _text_or_nothing(found)
    raise UnreadableArchiveError(_("There is no member of this name in the archive."))


def _zip_members(path: Path) -> Inside:
    _check_directory(path)
    with zipfile.ZipFile(path) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    members = tuple(Member(entry.filename, entry.file_size) for entry in entries[:MEMBERS_SHOWN])
    return Inside(members, more_members=len(entries) > MEMBERS_SHOWN)


def _check_directory(path: Path) -> None:
    """Read how many members a zip claims before the directory itself is read into memory."""
    with path.open("rb") as file:
        size = file.seek(0, io.SEEK_END)
        file.seek(max(0, size - _ZIP_END_REACH))
        tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _ZIP_END.size:
        raise zipfile.BadZipFile
    _magic, _disk, _start, _here, count, directory, _offset, _comment = _ZIP_END.unpack_from(tail, at)
    if count > MEMBERS_LIMIT or directory > MEMBERS_LIMIT * 500:
        raise UnreadableArchiveError(_("The archive has too many members to be shown; download it to look inside."))


def _gzip_inside(path: Path) -> Inside:
    with gzip.open(path) as file:
        head = file.read(HEAD_BYTES)
    if recognise(head) is FileContent.TAR:
        with _tar(path, FileContent.GZIP) as archive:
            return _tar_members(archive)
    with gzip.open(path) as file:
        return _text_or_nothing(file)


def _tar_members(archive: tarfile.TarFile) -> Inside:
    members: list[Member] = []
    try:
        for entry in archive:
            if not entry.isfile():
                continue
            if len(members) == MEMBERS_SHOWN:
                return Inside(tuple(members), more_members=True)
            members.append(Member(entry.name, entry.size))
    except _TooMuchError:
        return Inside(tuple(members), more_members=True)
    return Inside(tuple(members))


@contextmanager
def _tar(path: Path, content: FileContent) -> Iterator[tarfile.TarFile]:
    """Open an archive: a plain one jumps from member to member, a packed one has to be read through."""
    if content is FileContent.TAR:
        with tarfile.open(path, "r:") as archive:
            yield archive
        return
    with gzip.open(path) as file, tarfile.open(fileobj=cast("Any", _Bounded(file)), mode="r|") as archive:
        yield archive


def _text_or_nothing(file: _Readable) -> Inside:
    data = file.read(TEXT_SHOWN + 1)
    return _shown(data) if is_text(data) or not data else Inside()


def _text(file: _Readable) -> Inside:
    return _shown(file.read(TEXT_SHOWN + 1))


def _shown(data: bytes) -> Inside:
    return Inside(text=data[:TEXT_SHOWN].decode(errors="replace"), more_text=len(data) > TEXT_SHOWN)


class _TooMuchError(Exception):
    """More would have to be unpacked than is reasonable."""


class _Bounded:
    """Reads no more than ``UNPACKED_LIMIT`` bytes of a packed archive."""

    def __init__(self, file: _Readable) -> None:
        self._file = file
        self._left = UNPACKED_LIMIT

    def read(self, size: int) -> bytes:
        """Return bytes, as a file does."""
        self._left -= size
        if self._left < 0:
            raise _TooMuchError
        return self._file.read(size)


@contextmanager
def _understandable() -> Iterator[None]:
    """Turn what a broken archive leads to into a sentence."""
    try:
        yield
    except _TooMuchError as error:
        raise UnreadableArchiveError(_("The archive is too large to be looked into; download it.")) from error
    except KeyError as error:
        raise UnreadableArchiveError(_("There is no member of this name in the archive.")) from error
    except RuntimeError as error:  # zipfile: the member wants a password
        raise UnreadableArchiveError(_("The archive is locked with a password.")) from error
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, ValueError) as error:
        raise UnreadableArchiveError(_("The file is damaged or incomplete.")) from error
    except NotImplementedError as error:  # zipfile: a compression this Python does not know
        raise UnreadableArchiveError(_("The archive is packed in a way that cannot be shown here.")) from error
