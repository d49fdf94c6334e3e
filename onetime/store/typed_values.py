"""Values of another type than their column's, which SQLite may hold: each is an error of its row.

SQLite binds no value to the type of its column (https://www.sqlite.org/datatype3.html, section 3), and after a disk has
failed a text can be bytes, and a number a text. Taken as they are, they would fail far away, in what belongs to others.
"""

from typing import Any

from sqlalchemy import BigInteger, Engine, Enum, Float, Integer, String, Text


def check_types(engine: Engine) -> None:
    """Let an engine of SQLite raise ``TypeError`` for a text or a number that is none; states look for themselves."""
    engine.dialect.colspecs = {**engine.dialect.colspecs, **_CHECKED}


def _checking(name: str, *types: type) -> Any:
    def check(value: Any) -> Any:
        if value is None or type(value) in types:
            return value
        msg = f"This is no {name}, but {type(value).__name__}: {value!r:.60}"
        raise TypeError(msg)

    return lambda _self, _dialect, _coltype: check


class _TypedText(String):
    result_processor = _checking("text", str)


class _TypedInteger(Integer):
    result_processor = _checking("integer", int)


class _TypedBigInteger(BigInteger):
    result_processor = _checking("integer", int)


class _TypedFloat(Float[float]):
    result_processor = _checking("number", float, int)


_CHECKED: dict[type, type] = {
    Enum: Enum,  # a String too, by its classes
    String: _TypedText,
    Text: _TypedText,
    Integer: _TypedInteger,
    BigInteger: _TypedBigInteger,
    Float: _TypedFloat,
}
