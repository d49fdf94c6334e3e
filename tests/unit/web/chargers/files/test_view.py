"""Files as a charger's page lists and opens them."""

from datetime import UTC, datetime

from onetime.models import FileContent, FileKind, StoredFile
from onetime.services.files.inside import Inside, Member
from onetime.web.chargers.files.view import KINDS, file_line, inside_of, size
from onetime.web.frame.times import Clockwork

ENGLISH = Clockwork("en", "Europe/Zurich")


def stored(kind: FileKind = FileKind.LOG) -> StoredFile:
    return StoredFile(
        id=3,
        kind=kind,
        name="log.zip",
        stored_as="x",
        size_bytes=4_200,
        sha256="0",
        content=FileContent.ZIP,
        created_at=datetime(2026, 10, 3, 12, 0, tzinfo=UTC),
        created_by="KEBA-07",
    )


def test_sizes_are_told_as_people_read_them() -> None:
    assert [size(count, ENGLISH) for count in (812, 4_200, 12_000_000)] == [
        "812 bytes",
        "4.2\u202fkB",
        "12.0\u202fMB",
    ]


def test_a_file_says_what_it_is_and_where_it_is_saved_from() -> None:
    line = file_line(stored(), ENGLISH)
    assert (line.kind, line.is_firmware, line.address) == ("Log", False, "/download/files/3")
    assert file_line(stored(FileKind.FIRMWARE), ENGLISH).is_firmware


def test_every_kind_has_words() -> None:
    assert set(KINDS) == set(FileKind)


def test_an_archive_shows_its_members_and_a_binary_file_says_so() -> None:
    archive = inside_of(stored(), Inside((Member("a.txt", 10),), more_members=True), ENGLISH)
    assert (archive.members, archive.more, archive.opaque) == ([["a.txt", "10 bytes"]], True, False)
    assert inside_of(stored(), Inside(), ENGLISH).opaque
    assert inside_of(stored(), Inside(text=""), ENGLISH).opaque is False
