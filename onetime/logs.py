"""The log: readable by a person, and safe from whoever can make the house write into it.

What a stranger sends may end up in an entry of any library. So each entry of every logger is cut, and what could
pass for another line or move the cursor of a terminal is written as an escape. A place in the code that has much to
say is heard now and then, with how often it would have been; and all places together have a pace.
"""

import logging
import os
import re
import sys
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, TextIO

from onetime.budgets import (
    LOG_FILE_BYTES,
    LOG_FILES,
    LOG_LINE_CHARACTERS,
    LOG_LINES_AT_ONCE,
    LOG_LINES_PER_S,
    LOG_PLACE_AT_ONCE,
    LOG_PLACE_PER_S,
    LOG_PLACES,
    LOG_TRACE_CHARACTERS,
)
from onetime.ports.pace import Pace

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
CHATTY = ("ocpp", "websockets", "uvicorn.error", "alembic", "httpx", "aioftp")
SILENT_BELOW_ERROR = ("engineio.server", "socketio.server")  # without a level they would print past this module

# Control characters of all kinds, what turns the direction of a text, and other ends of lines.
_HARMFUL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_HARMFUL_IN_TRACES = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


def set_up_logs(level: str, file: Path | None = None, stream: TextIO | None = None) -> None:
    """Send the entries of all loggers to standard error, and to ``file`` as well where one is named.

    Raises ``OSError`` when the file cannot be written.
    """
    root = logging.getLogger()
    root.setLevel(level)
    handlers: list[logging.Handler] = [logging.StreamHandler(stream or sys.stderr)]
    if file is not None:
        handlers.append(_rotating(file))
    flood = Flood()
    for handler in root.handlers[:]:
        root.removeHandler(handler)
    for handler in handlers:
        handler.setFormatter(SafeFormatter(FORMAT))
    root.addHandler(Guarded(handlers, flood))
    number = logging.getLevelNamesMapping()[level]
    for name in CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, number))
    for name in SILENT_BELOW_ERROR:
        logging.getLogger(name).setLevel(logging.ERROR)
    logging.captureWarnings(True)


class SafeFormatter(logging.Formatter):
    """Writes an entry in one line of limited length, and a traceback below it."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        """Return the line."""
        record.message = shortened(escaped(record.message[: 2 * LOG_LINE_CHARACTERS]), LOG_LINE_CHARACTERS)
        return super().formatMessage(record)

    def formatException(self, ei: object) -> str:  # noqa: N802 - logging's own name
        """Return the traceback; its end says what went wrong."""
        text: str = super().formatException(ei)  # type: ignore[arg-type]  # as logging has it
        if len(text) > LOG_TRACE_CHARACTERS:
            half = LOG_TRACE_CHARACTERS // 2
            text = f"{text[:half]}\n… {len(text) - 2 * half} characters left out …\n{text[-half:]}"
        return _HARMFUL_IN_TRACES.sub(_escape, text)


def escaped(text: str) -> str:
    """Write what is no plain text as an escape.

    >>> escaped("KEBA\\n2026-01-01 INFO: all is well\\x1b[2J")
    'KEBA\\\\n2026-01-01 INFO: all is well\\\\x1b[2J'
    """
    return _HARMFUL.sub(_escape, text)


def shortened(text: str, limit: int) -> str:
    """Cut a text to ``limit`` characters, and say so."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


@dataclass(slots=True)
class _Place:
    """A place in the code, and how many of its entries were not written since the last that was."""

    pace: Pace = field(default_factory=lambda: Pace(LOG_PLACE_AT_ONCE, LOG_PLACE_PER_S))
    left_out: int = 0


class Flood:
    """Decides which entries are written: those within the pace of their place, and of all places together."""

    def __init__(self) -> None:
        self._places: OrderedDict[tuple[str, str, int], _Place] = OrderedDict()
        self._all = Pace(LOG_LINES_AT_ONCE, LOG_LINES_PER_S)

    def left_out_before(self, record: logging.LogRecord, now: float) -> int | None:
        """Return how many entries of this place were left out before this one, or None: it is left out too."""
        key = record.name, record.pathname, record.lineno
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = _Place()
        self._places.move_to_end(key)
        while len(self._places) > LOG_PLACES:
            self._places.popitem(last=False)
        if not (place.pace.allows(now) and self._all.allows(now)):
            place.left_out += 1
            return None
        left_out, place.left_out = place.left_out, 0
        return left_out


class Guarded(logging.Handler):
    """Hands entries on, unless there are too many."""

    def __init__(self, handlers: list[logging.Handler], flood: Flood) -> None:
        super().__init__()
        self._handlers = handlers
        self._flood = flood

    def emit(self, record: logging.LogRecord) -> None:
        """Write an entry, and before it how many like it were not written."""
        left_out = self._flood.left_out_before(record, time.monotonic())
        if left_out is None:
            return
        if left_out:
            self._hand_on(_note(record, left_out))
        self._hand_on(record)

    def close(self) -> None:
        """Close the handlers."""
        for handler in self._handlers:
            handler.close()
        super().close()

    def _hand_on(self, record: logging.LogRecord) -> None:
        for handler in self._handlers:
            handler.handle(record)


def _note(record: logging.LogRecord, count: int) -> logging.LogRecord:
    text = f"{count} entries like the next one were left out."
    return logging.LogRecord(record.name, record.levelno, record.pathname, record.lineno, text, None, None)


class _PrivateFiles(RotatingFileHandler):
    """Begins a new file before one gets too large; only the owner may read them."""

    def _open(self) -> Any:
        return open(self.baseFilename, self.mode, encoding=self.encoding, opener=_private)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _rotating(file: Path) -> logging.Handler:
    file.parent.mkdir(parents=True, exist_ok=True)
    return _PrivateFiles(file, maxBytes=LOG_FILE_BYTES, backupCount=LOG_FILES, encoding="utf-8")


def _escape(found: re.Match[str]) -> str:
    return found.group().encode("unicode_escape").decode("ascii")
