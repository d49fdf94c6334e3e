"""A look into a file for a page: the members of an archive, the head of a text. Bounded, whatever the file claims.

A file of a charger may be broken, or made to do harm: an archive that unpacks to terabytes, or one with millions of
members. Nothing is unpacked to the disk, no more is read than is shown, and each look has a budget of bytes, members
and seconds.
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
from typing import IO, Any, Protocol, Self, cast

from onetime.models import FileContent
from onetime.services.files.budget import MEMBERS, Budget, BudgetedFile, TooMuchError, Unpacked
from onetime.services.files.content import HEAD_BYTES, is_text, recognise
from onetime.services.files.errors import UnreadableArchiveError
from onetime.texts import _

MEMBERS_SHOWN = 200
TEXT_SHOWN = 64_000  # bytes
_DIRECTORY_LIMIT = MEMBERS * 500  # bytes of a zip's directory; all of it is read before the first member is known
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)  # LZMA takes the memory it claims to need
_TAR_NAMES = (  # types of headers that only say more of the next one: a long name, or what POSIX added to it
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)
_TAR_NAMES_LIMIT = 16_000  # bytes; the search through them takes a time that grows with their square (CVE-2024-6232)
_ZIP_END = struct.Struct("<4s4H2LH")  # APPNOTE.TXT 4.3.16: end of central directory record
_ZIP_END_REACH = 65_557  # its size and that of the longest comment
_ZIP64_LOCATOR = b"PK\x06\x07"  # APPNOTE.TXT 4.3.15: 20 bytes before; what follows it overrules the record above
_ZIP_MEMBER = b"PK\x01\x02"  # APPNOTE.TXT 4.3.12: central file header


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
    budget = Budget()
    with _understandable(), BudgetedFile(path, budget) as file:
        match content:
            case FileContent.ZIP:
                return _zip_members(file)
            case FileContent.TAR:
                with _tar(file, content, budget) as archive:
                    return _tar_members(archive, budget)
            case FileContent.GZIP:
                return _gzip_inside(file, budget)
            case FileContent.TEXT:
                return _text(file)
            case FileContent.BINARY:
                return Inside()


def look_at_member(path: Path, content: FileContent, name: str) -> Inside:
    """Return the head of one member of an archive, where it is text. Call it in a thread.

    Raises ``UnreadableArchiveError``, also when there is no such member.
    """
    budget = Budget()
    with _understandable(), BudgetedFile(path, budget) as file:
        if content is FileContent.ZIP:
            _check_directory(file)
            with zipfile.ZipFile(_readable(file)) as archive:
                if archive.getinfo(name).compress_type not in _PACKINGS:
                    raise NotImplementedError
                with archive.open(name) as member:
                    return _text_or_nothing(member)
        if content in (FileContent.TAR, FileContent.GZIP):
            with _tar(file, content, budget) as tar:
                for entry in tar:
                    budget.member()
                    if entry.name == name and entry.isfile() and (found := tar.extractfile(entry)):
                        return _text_or_nothing(found)
    raise UnreadableArchiveError(_("There is no member of this name in the archive."))


def _zip_members(file: BudgetedFile) -> Inside:
    _check_directory(file)
    with zipfile.ZipFile(_readable(file)) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    members = tuple(Member(entry.filename, entry.file_size) for entry in entries[:MEMBERS_SHOWN])
    return Inside(members, more_members=len(entries) > MEMBERS_SHOWN)


def _check_directory(file: BudgetedFile) -> None:
    """Look at a zip's directory before it is taken apart: it may have more members than its end claims."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - _ZIP_END_REACH))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _ZIP_END.size:
        raise zipfile.BadZipFile
    _magic, _disk, _start, _here, _count, length, _offset, _comment = _ZIP_END.unpack_from(tail, at)
    if length > _DIRECTORY_LIMIT or tail[max(0, at - 20) :].startswith(_ZIP64_LOCATOR):
        raise _too_many()
    file.seek(max(0, size - len(tail) + at - length))
    if file.read(length).count(_ZIP_MEMBER) > MEMBERS:
        raise _too_many()


def _too_many() -> UnreadableArchiveError:
    return UnreadableArchiveError(_("The archive has too many members to be shown; download it to look inside."))


def _gzip_inside(file: BudgetedFile, budget: Budget) -> Inside:
    with gzip.open(_readable(file)) as unpacked:
        head = unpacked.read(HEAD_BYTES)
    file.seek(0)
    if recognise(head) is FileContent.TAR:
        with _tar(file, FileContent.GZIP, budget) as archive:
            return _tar_members(archive, budget)
    with gzip.open(_readable(file)) as unpacked:
        return _text_or_nothing(unpacked)


def _tar_members(archive: tarfile.TarFile, budget: Budget) -> Inside:
    members: list[Member] = []
    try:
        for entry in archive:
            budget.member()
            if not entry.isfile():
                continue
            if len(members) == MEMBERS_SHOWN:
                return Inside(tuple(members), more_members=True)
            members.append(Member(entry.name, entry.size))
    except TooMuchError:
        return Inside(tuple(members), more_members=True)
    return Inside(tuple(members))


@contextmanager
def _tar(file: BudgetedFile, content: FileContent, budget: Budget) -> Iterator[tarfile.TarFile]:
    """Open an archive: a plain one jumps from member to member, a packed one has to be read through."""
    if content is FileContent.TAR:
        with tarfile.open(fileobj=_readable(file), mode="r:", tarinfo=_TarHeader) as archive:
            yield archive
        return
    with gzip.open(_readable(file)) as unpacked:
        stream = cast("Any", Unpacked(unpacked, budget))
        with tarfile.open(fileobj=stream, mode="r|", tarinfo=_TarHeader) as archive:
            yield archive


class _TarHeader(tarfile.TarInfo):
    """A header that names no more of what follows than is needed: tarfile would read and search all of it at once."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """Take a header apart. Raises ``TooMuchError``, and ``tarfile.TarError`` for one that is none."""
        header = super().frombuf(buf, encoding, errors)
        if header.size < 0:
            raise tarfile.ReadError
        if header.type in _TAR_NAMES and header.size > _TAR_NAMES_LIMIT:
            raise TooMuchError
        return header


def _readable(file: BudgetedFile) -> IO[bytes]:
    return cast("IO[bytes]", file)


def _text_or_nothing(file: _Readable) -> Inside:
    data = file.read(TEXT_SHOWN + 1)
    return _shown(data) if is_text(data) or not data else Inside()


def _text(file: _Readable) -> Inside:
    return _shown(file.read(TEXT_SHOWN + 1))


def _shown(data: bytes) -> Inside:
    return Inside(text=data[:TEXT_SHOWN].decode(errors="replace"), more_text=len(data) > TEXT_SHOWN)


@contextmanager
def _understandable() -> Iterator[None]:
    """Turn what a broken archive leads to into a sentence."""
    try:
        yield
    except TooMuchError as error:
        raise UnreadableArchiveError(_("The archive is too large to be looked into; download it.")) from error
    except KeyError as error:
        raise UnreadableArchiveError(_("There is no member of this name in the archive.")) from error
    except NotImplementedError as error:  # zipfile: a compression this Python does not know
        raise UnreadableArchiveError(_("The archive is packed in a way that cannot be shown here.")) from error
    except RecursionError as error:  # tarfile: a header for a header for a header
        raise UnreadableArchiveError(_("The file is damaged or incomplete.")) from error
    except RuntimeError as error:  # zipfile: the member wants a password
        raise UnreadableArchiveError(_("The archive is locked with a password.")) from error
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, ValueError) as error:
        raise UnreadableArchiveError(_("The file is damaged or incomplete.")) from error
