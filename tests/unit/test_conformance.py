"""docs/conformance.md names tests that exist, and every row of what has to be tested."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "conformance.md").read_text("utf-8")
ROWS = [line.split(" | ") for line in DOCUMENT.splitlines() if line.startswith("| ") and "`test_" in line]

LAST = {"C": 13, "B": 13, "P": 7, "T": 12, "M": 12, "E": 10, "S": 8, "Z": 5, "A": 5, "F": 19}


def _tests() -> set[str]:
    return {
        name
        for file in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^(?:async )?def (test_\w+)", file.read_text("utf-8"), re.MULTILINE)
    }


def test_every_test_that_is_named_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", DOCUMENT)) - {"test_conformance"}
    assert named - _tests() == set()


def test_no_row_is_missing() -> None:
    present = {row[0].removeprefix("| ") for row in ROWS}
    rules = {str(number) for number in range(1, 53)}
    quirks = {f"{letter}{number}" for letter, last in LAST.items() for number in range(1, last + 1)}
    assert (rules | quirks) - present == {"M10"}
