"""A look into what a charger sent: as much as a page shows, whatever the file claims."""

import contextlib
import gzip
import io
import struct
import tarfile
import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onetime.models import FileContent
from onetime.services.files import budget, inside
from onetime.services.files.content import recognise
from onetime.services.files.errors import UnreadableArchiveError
from onetime.services.files.inside import look_at_member, look_inside

LINES = b"18:00 boot\n" * 100
BOTH = ["a", "b/c.log"]


def tar(names: list[str], content: bytes = LINES) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name in names:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def zipped(names: list[str], content: bytes = LINES) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return packed.getvalue()


def file(tmp_path: Path, content: bytes) -> tuple[Path, FileContent]:
    path = tmp_path / "file"
    path.write_bytes(content)
    return path, recognise(content[:2048])


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (LINES, FileContent.TEXT),
        ("Prüfung\n".encode(), FileContent.TEXT),
        (zipped(["a"]), FileContent.ZIP),
        (gzip.compress(LINES), FileContent.GZIP),
        (tar(["a"]), FileContent.TAR),
        (bytes(range(256)), FileContent.BINARY),
        (b"", FileContent.BINARY),
    ],
    ids=["log", "german log", "zip", "gzip", "tar", "binary", "nothing"],
)
def test_a_file_is_known_by_its_first_bytes(content: bytes, kind: FileContent) -> None:
    assert recognise(content[:2048]) is kind


@pytest.mark.parametrize(
    "packed", [zipped(["a", "b/c.log"]), tar(["a", "b/c.log"]), gzip.compress(tar(["a", "b/c.log"]))]
)
def test_the_members_of_an_archive_are_listed_and_shown(tmp_path: Path, packed: bytes) -> None:
    path, kind = file(tmp_path, packed)
    assert [(m.name, m.size_bytes) for m in look_inside(path, kind).members] == [("a", 1100), ("b/c.log", 1100)]
    assert look_at_member(path, kind, "b/c.log").text == LINES.decode()
    with pytest.raises(UnreadableArchiveError, match="no member"):
        look_at_member(path, kind, "../../etc/passwd")


def test_a_text_is_shown_as_far_as_a_page_wants(tmp_path: Path) -> None:
    path, kind = file(tmp_path, LINES * 1_000)
    shown = look_inside(path, kind)
    assert shown.text is not None
    assert (len(shown.text), shown.more_text) == (inside.TEXT_SHOWN, True)


def test_a_member_that_unpacks_to_gigabytes_costs_no_more_than_its_head(tmp_path: Path) -> None:
    path, kind = file(tmp_path, zipped(["bomb"], b"A" * 50_000_000))
    shown = look_at_member(path, kind, "bomb")
    assert (len(shown.text or ""), shown.more_text) == (inside.TEXT_SHOWN, True)


def test_a_packed_archive_is_looked_through_only_so_far(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "BYTES", 2_000_000)
    path, kind = file(tmp_path, gzip.compress(tar(["first", "second"], b"A" * 5_000_000)))
    shown = look_inside(path, kind)
    assert ([member.name for member in shown.members], shown.more_members) == (["first"], True)
    with pytest.raises(UnreadableArchiveError, match="too large"):
        look_at_member(path, kind, "second")


def test_an_archive_with_countless_members_is_not_read_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inside, "MEMBERS", 5)
    path, kind = file(tmp_path, zipped([str(number) for number in range(6)]))
    with pytest.raises(UnreadableArchiveError, match="too many"):
        look_inside(path, kind)


@given(cut=st.integers(1, 400), kind=st.sampled_from([FileContent.ZIP, FileContent.GZIP, FileContent.TAR]))
def test_a_broken_archive_is_a_sentence(tmp_path_factory: pytest.TempPathFactory, cut: int, kind: FileContent) -> None:
    whole = {
        FileContent.ZIP: zipped(["a", "b"]),
        FileContent.GZIP: gzip.compress(tar(["a", "b"])),
        FileContent.TAR: tar(["a", "b"]),
    }[kind]
    path = tmp_path_factory.mktemp("broken") / "file"
    path.write_bytes(whole[: len(whole) * cut // 401])
    try:
        shown = look_inside(path, kind)
    except UnreadableArchiveError:
        return
    assert {member.name for member in shown.members} <= {"a", "b"}


END = struct.Struct("<4s4H2LH")  # APPNOTE.TXT 4.3.16


def directory_entries(count: int) -> bytes:
    """A zip's directory without a file behind it (APPNOTE.TXT 4.3.12)."""
    return (struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a") * count


def with_a_hidden_directory() -> bytes:
    """A zip whose end claims one member, while the record that overrules it names a directory of 100 MB."""
    directory = directory_entries(2_000_000)
    overruling = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, len(directory), 0)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, len(directory), 1)
    return directory + overruling + locator + END.pack(b"PK\x05\x06", 0, 0, 1, 1, 47, 0, 0)


def with_a_lying_count() -> bytes:
    directory = directory_entries(100_000)
    return directory + END.pack(b"PK\x05\x06", 0, 0, 1, 1, len(directory), 0, 0)


def header_of(kind: bytes, size: int) -> bytes:
    entry = tarfile.TarInfo("x")
    entry.type, entry.size = kind, size
    return entry.tobuf(tarfile.GNU_FORMAT)


def folders() -> bytes:
    """A tar of nothing but folders: none of them is shown, and all of them are looked at."""
    return header_of(tarfile.DIRTYPE, 0) * 60_000


def digits() -> bytes:
    return header_of(tarfile.XHDTYPE, 2_000_000) + b"1" * 2_000_000


ATTACKS = {
    "a hidden directory": (with_a_hidden_directory, FileContent.ZIP),
    "a lying count": (with_a_lying_count, FileContent.ZIP),
    "nothing but folders": (folders, FileContent.TAR),
    "nothing but folders, packed": (lambda: gzip.compress(folders()), FileContent.GZIP),
    "empty parts": (lambda: gzip.compress(b"") * 3_000_000, FileContent.GZIP),
    "a long name": (lambda: header_of(tarfile.GNUTYPE_LONGNAME, 30_000_000) + bytes(30_000_000), FileContent.TAR),
    "digits without an end": (digits, FileContent.TAR),
    "digits without an end, packed": (lambda: gzip.compress(digits()), FileContent.GZIP),
    "names of names": (lambda: (header_of(tarfile.GNUTYPE_LONGNAME, 1) + bytes(512)) * 5_000, FileContent.TAR),
    "a size below nothing": (lambda: header_of(tarfile.DIRTYPE, -512) * 3, FileContent.TAR),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_no_archive_costs_more_than_its_budget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(budget, "SECONDS", 1.0)
    make, kind = ATTACKS[name]
    path = tmp_path / "file"
    path.write_bytes(make())
    for look in (lambda: look_inside(path, kind), lambda: look_at_member(path, kind, "no such member")):
        tracemalloc.start()
        began = time.process_time()
        with contextlib.suppress(UnreadableArchiveError):
            look()
        took, (_now, most) = time.process_time() - began, tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert took < 6  # seconds of work, memory being traced; the budget counts those of a clock
        assert most < 80_000_000


def test_a_packing_that_takes_memory_as_it_likes_is_not_unpacked(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a", LINES)
    path, kind = file(tmp_path, packed.getvalue())
    with pytest.raises(UnreadableArchiveError, match="cannot be shown here"):
        look_at_member(path, kind, "a")
