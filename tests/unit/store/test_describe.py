"""What is wrong with the database, in a person's words."""

import sqlite3

import pytest
from sqlalchemy.exc import OperationalError

from onetime.store.group_commit import describe
from onetime.texts import say


@pytest.mark.parametrize(
    ("words", "name", "said"),
    [
        ("database or disk is full", "SQLITE_FULL", "The disk is full"),
        ("disk I/O error", "SQLITE_IOERR_SHMSIZE", "The disk is full"),
        ("disk I/O error", "SQLITE_IOERR_READ", "does not answer (disk I/O error)"),
        ("attempt to write a readonly database", "SQLITE_READONLY", "cannot be written to"),
        ("database is locked", "SQLITE_BUSY", "Another program holds"),
    ],
)
def test_what_sqlite_reports_is_said_in_words(words: str, name: str, said: str) -> None:
    error = sqlite3.OperationalError(words)
    error.sqlite_errorname = name
    assert said in say(describe(OperationalError("PRAGMA journal_mode=WAL", None, error)), "en")
