"""Writes down who logged in, and who tried to, without letting a stranger fill the disk."""

import time
from collections import OrderedDict
from collections.abc import Callable

from onetime.clock import utc_now
from onetime.models import AuditEntry
from onetime.ports.doorman import party_of
from onetime.store.database import Database
from onetime.store.group_commit import DatabaseClosedError

KEPT = 1_024  # names and places whose wrong passwords are counted
ROWS_AN_HOUR = 60  # about wrong passwords, for the whole house
UNKNOWN_NAME = "unknown name"  # what was typed there may be a password (OWASP ASVS 5.0, 16.2.5)


class LoginAudit:
    """Appends audit rows about logins; nobody waits for them.

    Wrong passwords are counted for each name and place. The 1st, 10th, 100th … of them is written down, with the count.
    """

    def __init__(self, database: Database, now: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._now = now
        self._wrong: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._written: list[float] = []

    def right(self, name: str, address: str, browser: str | None) -> None:
        """Write down a login."""
        self._wrong.pop((name, party_of(address)), None)
        self._append(name, "login", address, browser)

    def wrong(self, name: str | None, address: str) -> None:
        """Count a wrong password, for a name nobody has where there is None, and write it down if it is its turn."""
        key = name or UNKNOWN_NAME, party_of(address)
        count = self._wrong.pop(key, 0) + 1
        self._wrong[key] = count
        while len(self._wrong) > KEPT:
            self._wrong.popitem(last=False)
        if str(count).strip("0") == "1" and self._may_write():
            self._append(key[0], "login.refused", address, f"wrong password number {count}")

    def out(self, name: str, address: str) -> None:
        """Write down a logout."""
        self._append(name, "logout", address, None)

    def _may_write(self) -> bool:
        now = self._now()
        self._written = [at for at in self._written if now - at < 3_600]
        if len(self._written) >= ROWS_AN_HOUR:
            return False
        self._written.append(now)
        return True

    def _append(self, actor: str, action: str, address: str, detail: str | None) -> None:
        row = {"at": utc_now(), "actor": actor, "action": action, "subject": address[:64] or "-", "detail": detail}
        try:
            self._database.append_lazily(AuditEntry, [row])
        except DatabaseClosedError:
            return  # the last login before the end
