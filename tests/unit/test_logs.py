"""The log stays readable and small, whoever makes the house write into it."""

import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onetime import logs
from onetime.budgets import (
    LOG_FILES,
    LOG_LINE_CHARACTERS,
    LOG_LINES_AT_ONCE,
    LOG_PLACE_AT_ONCE,
    LOG_PLACES,
    LOG_TRACE_CHARACTERS,
)


@pytest.fixture
def restored() -> Iterator[None]:
    """Loggers as they were, afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    names = (*logs.CHATTY, *logs.SILENT_BELOW_ERROR)
    levels = {name: logging.getLogger(name).level for name in names}
    yield
    for handler in root.handlers[:]:
        root.removeHandler(handler)
        handler.close()
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(level)
    for name, each in levels.items():
        logging.getLogger(name).setLevel(each)
    logging.captureWarnings(False)


@pytest.fixture
def said(restored: None) -> io.StringIO:
    stream = io.StringIO()
    logs.set_up_logs("INFO", stream=stream)
    return stream


def entry(number: int, text: str = "again") -> logging.LogRecord:
    """An entry of one of many places."""
    return logging.LogRecord("onetime", logging.INFO, "a.py", number, text, None, None)


@pytest.mark.parametrize(
    "name", ["onetime.gateway", "uvicorn.error", "engineio.server", "socketio.server", "reflex.app"]
)
def test_nobody_can_write_a_line_of_their_own(said: io.StringIO, name: str) -> None:
    logging.getLogger(name).error("%s was refused.", "K\n2026-01-01 00:00:00,000 INFO onetime: paid\r\x1b[2J\u202e")
    [line] = said.getvalue().splitlines()
    assert "K\\n2026-01-01" in line
    assert "\\r\\x1b[2J\\u202e was refused." in line


@given(st.text())
def test_what_is_escaped_is_one_printable_line(text: str) -> None:
    line = logs.escaped(text)
    assert len(line.splitlines()) <= 1
    line.encode()


def fail(text: str) -> None:
    raise ValueError(text)


def test_long_entries_and_tracebacks_are_cut(said: io.StringIO) -> None:
    try:
        fail("x" * 900_000 + "the end\x1b[2J")
    except ValueError:
        logging.getLogger("onetime").exception("y" * 900_000)
    text = said.getvalue()
    assert len(text) < LOG_LINE_CHARACTERS + LOG_TRACE_CHARACTERS + 500
    assert "the end" in text.splitlines()[-1]
    assert "\x1b" not in text
    assert "Traceback" in text


def test_a_place_that_repeats_itself_is_heard_now_and_then_and_counted() -> None:
    flood = logs.Flood()
    heard = [flood.left_out_before(entry(1), 100.0) for _ in range(10_000)]
    assert [each for each in heard if each is not None] == [0] * LOG_PLACE_AT_ONCE
    assert flood.left_out_before(entry(2), 100.0) == 0
    assert flood.left_out_before(entry(1), 110.0) == 10_000 - LOG_PLACE_AT_ONCE


def test_all_places_together_have_a_pace_and_cost_no_memory() -> None:
    flood = logs.Flood()
    heard = [flood.left_out_before(entry(number), 100.0) for number in range(100_000)]
    assert len([each for each in heard if each is not None]) == LOG_LINES_AT_ONCE
    assert len(flood._places) == LOG_PLACES


def test_what_was_left_out_is_said(said: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(logs.time, "monotonic", lambda: now)
    for number in range(LOG_PLACE_AT_ONCE + 7):
        if number == LOG_PLACE_AT_ONCE + 6:
            now = 200.0
        logging.getLogger("onetime").warning("number %d", number)
    assert "6 entries like the next one were left out." in said.getvalue()


@pytest.mark.usefixtures("restored")
def test_a_file_is_private_and_begun_anew_before_it_gets_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "LOG_FILE_BYTES", 2_000)
    file = tmp_path / "logs" / "onetime.log"
    logs.set_up_logs("INFO", file, io.StringIO())
    for number in range(LOG_PLACE_AT_ONCE):
        logging.getLogger("onetime").info("entry %d", number)
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(list(file.parent.iterdir())) == LOG_FILES + 1
    assert all(each.stat().st_size <= 2_000 for each in file.parent.iterdir())
