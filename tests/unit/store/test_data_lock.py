"""One running house for each data folder, on a full disk too."""

import errno
import os
from pathlib import Path

import pytest

from onetime.store.data_lock import DataFolderInUseError, locked


def test_the_second_house_is_told_which_process_has_the_folder(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(DataFolderInUseError, match=f"process {os.getpid()}"), locked(tmp_path):
        pass


def test_a_full_disk_keeps_nobody_from_the_folder_and_lets_no_second_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "pwrite", full)
    with locked(tmp_path), pytest.raises(DataFolderInUseError), locked(tmp_path):
        pass
