"""Files as a charger's page lists and opens them."""

import dataclasses

from sqlmodel import Session

from onetime.models import FileKind, StoredFile
from onetime.services.files.inside import Inside
from onetime.services.files.store import list_files
from onetime.texts import _, say
from onetime.web.chargers.files.words import KINDS
from onetime.web.frame import routes
from onetime.web.frame.times import THIN_SPACE, Clockwork

FILES_SHOWN = 50


@dataclasses.dataclass(frozen=True, slots=True)
class FileLine:
    """One file, every part ready to be read."""

    id: int
    name: str
    kind: str
    is_firmware: bool
    size: str
    stored: str
    actor: str
    expires: str
    address: str


@dataclasses.dataclass(frozen=True, slots=True)
class FileInside:
    """What is in an opened file: [name, size] of an archive's members, or the head of a text."""

    id: int = 0
    name: str = ""
    members: list[list[str]] = dataclasses.field(default_factory=list)
    member: str = ""
    text: str = ""
    more: bool = False
    opaque: bool = False


def read_files(session: Session, charger_id: int, clockwork: Clockwork) -> list[FileLine]:
    """Return the firmware there is for any charger, and what this one has sent, the newest first."""
    firmware = list_files(session, FileKind.FIRMWARE, None, FILES_SHOWN)
    sent = [file for file in list_files(session, None, charger_id, FILES_SHOWN) if file.kind is not FileKind.FIRMWARE]
    return [file_line(file, clockwork) for file in (*sent, *firmware)]


def file_line(file: StoredFile, clockwork: Clockwork) -> FileLine:
    """Return a file as it is listed."""
    return FileLine(
        id=file.id or 0,
        name=file.name,
        kind=say(KINDS[file.kind], clockwork.language),
        is_firmware=file.kind is FileKind.FIRMWARE,
        size=size(file.size_bytes, clockwork),
        stored=clockwork.moment(file.created_at),
        actor=file.created_by,
        expires=clockwork.moment(file.expires_at) if file.expires_at else "",
        address=routes.file_download(file.id or 0),
    )


def inside_of(file: StoredFile, inside: Inside, clockwork: Clockwork, member: str = "") -> FileInside:
    """Return what a page shows of a file's content, or of one member of an archive."""
    return FileInside(
        id=file.id or 0,
        name=file.name,
        members=[[each.name, size(each.size_bytes, clockwork)] for each in inside.members],
        member=member,
        text=inside.text or "",
        more=inside.more_text or inside.more_members,
        opaque=inside.text is None and not inside.members,
    )


def size(count: int, clockwork: Clockwork) -> str:
    """Return bytes as people read them: "812 bytes", "4.2 kB", "12.0 MB"."""
    if count < 1_000:
        return say(_("{count} bytes", count=count), clockwork.language)
    value, unit = (count / 1_000, "kB") if count < 1_000_000 else (count / 1_000_000, "MB")
    return f"{clockwork.number(value, 1)}{THIN_SPACE}{unit}"
