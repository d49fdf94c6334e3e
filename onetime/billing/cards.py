"""Charging cards as a report shows them."""

SHOWN_CHARACTERS = 4


def masked_card(id_tag: str) -> str:
    """Return a card's number with at most its last four characters, and never more than half of it, readable."""
    shown = min(SHOWN_CHARACTERS, len(id_tag) // 2)
    return "••••" + id_tag[len(id_tag) - shown :]
