"""Logins and logouts that could not be written down: a full disk must not keep out whoever comes to make room.

They hold until this process ends. After that a browser has to log in again.
"""

from datetime import datetime

LIMIT = 1_000  # each of both; the oldest gives way


class UnsavedLogins:
    """Hashes of login tokens, in memory."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[int, datetime]] = {}
        self._ended: dict[str, None] = {}

    def begin(self, token_hash: str, user_id: int, until: datetime) -> None:
        """Note who is logged in until when, in case that it cannot be written down."""
        self._open[token_hash] = user_id, until
        _shorten(self._open)

    def end(self, token_hash: str) -> None:
        """Note that a login is over, whatever the database still says."""
        self._open.pop(token_hash, None)
        self._ended[token_hash] = None
        _shorten(self._ended)

    def saved(self, token_hash: str) -> None:
        """Forget what the database knows now."""
        self._open.pop(token_hash, None)
        self._ended.pop(token_hash, None)

    def is_ended(self, token_hash: str) -> bool:
        """Say whether somebody has logged out with it and the database may not know."""
        return token_hash in self._ended

    def user(self, token_hash: str, now: datetime) -> int | None:
        """Return who is logged in with it, where only this process knows."""
        user_id, until = self._open.get(token_hash, (None, now))
        return user_id if now < until else None


def _shorten(kept: dict[str, tuple[int, datetime]] | dict[str, None]) -> None:
    while len(kept) > LIMIT:
        del kept[next(iter(kept))]
