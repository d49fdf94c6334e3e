"""The data folder belongs to whoever runs Onetime, and nobody else on the machine reads it (ASVS 5, 14.2).

It holds password hashes, charger keys and where people charge. The folder's own mode keeps others out; the files have
theirs all the same, because they are copied into backups that keep it.
"""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

logger = logging.getLogger(__name__)

FOLDER_MODE = 0o700
FILE_MODE = 0o600
# What Onetime keeps there. A folder named by mistake, such as a person's own, keeps its other files as they are.
_KINDS = ("*.sqlite3*", "security", "files", "reports")


def private_folder(folder: Path) -> Path:
    """Make a folder that is only its owner's and return it. One that is there keeps what is in it."""
    folder.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
    return folder


def private_data(folder: Path, database: Path | None = None) -> None:
    """Make the data folder, and close it and what an older version left open in it.

    An empty ``database`` file is made where there is none: SQLite gives the files beside it the same mode
    (https://www.sqlite.org/tempfiles.html), but would make the first one for everybody to read. A folder that belongs
    to somebody else stays as it is, with a warning.
    """
    private_folder(folder)
    if database is not None and not database.exists():
        os.close(os.open(database, os.O_RDWR | os.O_CREAT, FILE_MODE))
    for path in (folder, *_ours(folder)):
        _close(path)


def opened_for_owner(path: str, flags: int) -> int:
    """Open a file so that a new one is only its owner's: an ``opener`` of ``open``."""
    return os.open(path, flags, FILE_MODE)


def _ours(folder: Path) -> Iterator[Path]:
    for kind in _KINDS:
        for path in folder.glob(kind):
            yield path
            if path.is_dir() and not path.is_symlink():
                yield from path.rglob("*")


def _close(path: Path) -> None:
    if path.is_symlink():
        return  # it may lead out of the folder
    try:
        mode = FOLDER_MODE if path.is_dir() else FILE_MODE
        if path.stat().st_mode & 0o777 != mode:
            path.chmod(mode)
    except OSError as error:
        logger.warning("%s can be read by others on this machine: %s", path, error.strerror)
