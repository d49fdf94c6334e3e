"""One running house for each data folder: a lock that ends with the process, even with ``kill -9``.

Two would each keep what they know in memory and answer chargers by it. Commands beside a running house take no lock:
they are one transaction each, and the house notices what they change.
"""

import contextlib
import errno
import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from onetime.store.private_folder import FILE_MODE, private_folder

logger = logging.getLogger(__name__)

NAME = "onetime.lock"
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)  # some network folders


class DataFolderInUseError(Exception):
    """Another house runs on the data folder; the text says which process that is."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the data folder for this process until the block ends. Raises ``DataFolderInUseError``.

    The file stays, with the number of the process that held it last: to delete it would let two processes each lock a
    file of that name. A folder that knows no locks is used without, and the log says so.
    """
    path = private_folder(folder) / NAME
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, FILE_MODE)
    try:
        _lock(descriptor, folder)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, folder: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
        process = f" (process {holder})" if holder.isdigit() else ""
        msg = f"Onetime runs on {folder} already{process}; stop it, or set ONETIME_DATA_DIR to another folder."
        raise DataFolderInUseError(msg) from error
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
        logger.warning("%s knows no locks; take care that only one Onetime uses it.", folder)
        return
    with contextlib.suppress(OSError):  # a full disk: the lock holds, only its holder has no name
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode("ascii"), 0)
