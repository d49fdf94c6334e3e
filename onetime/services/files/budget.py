"""What a look into an archive may cost: bytes, members and seconds, whatever the archive claims."""

import time
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

BYTES = 64_000_000  # read from the disk, and again as many unpacked
MEMBERS = 20_000  # each costs memory and time before it is shown
SECONDS = 5.0  # a person waits for it, and so does whoever needs the thread


class TooMuchError(Exception):
    """More would have to be looked through than is reasonable."""


class Budget:
    """What is left for one look."""

    def __init__(self) -> None:
        self._ends = time.monotonic() + SECONDS
        self._members = MEMBERS
        self._read = BYTES
        self._unpacked = BYTES

    def member(self) -> None:
        """Count a member. Raises ``TooMuchError``."""
        self._members -= 1
        self._check(self._members)

    def read(self, size: int) -> None:
        """Count bytes before they are read from the disk. Raises ``TooMuchError``."""
        self._read -= size
        self._check(self._read)

    def unpack(self, size: int) -> None:
        """Count bytes before they are unpacked. Raises ``TooMuchError``."""
        self._unpacked -= size
        self._check(self._unpacked)

    def _check(self, left: int) -> None:
        if left < 0 or time.monotonic() > self._ends:
            raise TooMuchError


class BudgetedFile:
    """A file on the disk that can be read as long as the budget lasts. It is what the archive modules need of one.

    They read what a header claims in one piece, and skip thousands of empty parts between two members: so each read
    is counted here, where it happens.
    """

    def __init__(self, path: Path, budget: Budget) -> None:
        self._file: IO[bytes] = path.open("rb")
        self._size = path.stat().st_size
        self._budget = budget
        self.name = str(path)
        self.mode = "rb"

    def read(self, size: int = -1) -> bytes:
        """Return bytes, as a file does."""
        left = max(self._size - self._file.tell(), 0)
        self._budget.read(left if size < 0 else min(size, left))
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place, as in a file."""
        self._budget.read(0)
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the place."""
        return self._file.tell()

    def seekable(self) -> bool:
        """Say that it can be gone to any place."""
        return True

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def writable(self) -> bool:
        """Say that it cannot be written to."""
        return False

    def flush(self) -> None:
        """Do nothing: nothing is written."""

    @property
    def closed(self) -> bool:
        """Whether it has been closed."""
        return self._file.closed

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()


class Unpacked:
    """The unpacked bytes of a file, counted. ``file`` is anything that reads."""

    def __init__(self, file: Any, budget: Budget) -> None:
        self._file = file
        self._budget = budget

    def read(self, size: int) -> bytes:
        """Return bytes, as a file does."""
        self._budget.unpack(size)
        data: bytes = self._file.read(size)
        return data
