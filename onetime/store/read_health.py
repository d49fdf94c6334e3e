"""Whether the database can be read, as a sentence for people and a few lines for the log."""

import logging
import threading
import time

from onetime.texts import Text

logger = logging.getLogger(__name__)

LOG_EVERY_S = 60.0  # a disk that fails now and then fills no log


class ReadHealth:
    """Hears of every read, from the readers' threads. ``trouble`` is the newest failure no later read has disproved."""

    def __init__(self) -> None:
        self.trouble: Text | None = None
        self._lock = threading.Lock()
        self._failed_at = float("-inf")
        self._logged_at = float("-inf")
        self._is_logged = False
        self._unlogged = 0

    def failed(self, why: Text) -> None:
        """Note that the database could not be read."""
        with self._lock:
            now = self._failed_at = time.monotonic()
            self.trouble = why
            if self._is_logged or now - self._logged_at < LOG_EVERY_S:
                self._unlogged += 1
                return
            self._logged_at, self._is_logged, unlogged = now, True, self._unlogged
            self._unlogged = 0
        more = f" ({unlogged} more failures since the last line.)" if unlogged else ""
        logger.warning("The database cannot be read: %s%s", why, more)

    def succeeded(self, began_at: float) -> None:
        """Note a read that succeeded and began at ``began_at`` (``time.monotonic``, s)."""
        if self.trouble is None:
            return
        with self._lock:
            if began_at <= self._failed_at:
                return  # it says nothing of what failed since
            was_logged, self._is_logged = self._is_logged, False
            self.trouble = None
        if was_logged:
            logger.warning("The database can be read again.")
