"""The order in which people expect names and spots."""

import re
from unicodedata import combining, normalize


def reading_order(text: str) -> str:
    """Return a sort key without case and accents, and with numbers by value: "A2" before "A10", "Šimić" at S."""
    plain = "".join(letter for letter in normalize("NFKD", text.casefold()) if not combining(letter))
    return re.sub(r"\d+", lambda digits: digits[0].zfill(12), plain).strip()
