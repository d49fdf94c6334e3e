"""What others on the machine may read of the data folder: nothing."""

import os
import stat
from pathlib import Path

import pytest

from onetime.store.private_folder import opened_for_owner, private_data, private_folder


@pytest.fixture(autouse=True)
def generous() -> object:
    """Work under the mask most systems have, whatever the one of this machine."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_installation_is_only_its_owners(tmp_path: Path) -> None:
    data = tmp_path / "data"
    private_data(data, data / "onetime.sqlite3")
    assert (mode(data), mode(data / "onetime.sqlite3")) == (0o700, 0o600)


def test_what_an_older_version_left_open_is_closed(tmp_path: Path) -> None:
    names = ("onetime.sqlite3", "onetime.sqlite3-wal", "onetime.sqlite3.bak", "reports/a.xlsx", "security/ca/ca.key")
    for path in (tmp_path / name for name in names):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    tmp_path.chmod(0o755)
    private_data(tmp_path)
    assert {mode(tmp_path / name) for name in names} == {0o600}
    assert {mode(tmp_path / name) for name in ("", "reports", "security", "security/ca")} == {0o700}


def test_what_is_not_onetimes_stays_as_it_is(tmp_path: Path) -> None:
    outside, data = tmp_path / "letter", tmp_path / "data"
    outside.touch()
    (data / "files").mkdir(parents=True)
    (data / "files/link").symlink_to(outside)
    (data / "notes.txt").touch()
    private_data(data)
    assert (mode(outside), mode(data / "notes.txt")) == (0o644, 0o644)


def test_a_new_file_is_never_open_to_others(tmp_path: Path) -> None:
    folder = private_folder(tmp_path / "files")
    with open(folder / "a", "xb", opener=opened_for_owner) as file:
        assert stat.S_IMODE(os.fstat(file.fileno()).st_mode) == 0o600
    assert mode(folder) == 0o700
