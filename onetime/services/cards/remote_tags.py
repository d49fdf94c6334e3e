"""The cards that sessions are started for from here, and what chargers make of their tags.

Some chargers only take hexadecimal tags of at most 16 characters (Alfen; lbbrhzn #514), and some say more than they
were told: a tag filled up to 20 characters, or with a dash behind it (Sigenergy, BS-EV22; lbbrhzn #2030, #2075). The
session belongs to the card all the same.
"""

import hashlib
import re

from onetime.services.cards.authorization import id_tag_key

HEX_TAG = re.compile(r"[0-9A-Fa-f]{2,16}")
KEPT_PER_CHARGER = 50  # one for each connector of a large charger


class RemoteTags:
    """Which tag was sent to which charger, for which card."""

    def __init__(self) -> None:
        self._sent: dict[int, dict[str, str]] = {}

    def send(self, charger_id: int, id_tag: str, *, only_hex: bool) -> str:
        """Return the tag to send to a charger for a card, and remember whose it is."""
        tag = id_tag if not only_hex or HEX_TAG.fullmatch(id_tag) else _hex_tag(id_tag)
        sent = self._sent.setdefault(charger_id, {})
        sent.pop(tag.upper(), None)
        sent[tag.upper()] = id_tag
        if len(sent) > KEPT_PER_CHARGER:
            del sent[next(iter(sent))]
        return tag

    def own(self, charger_id: int, heard: str) -> str:
        """Return the card a charger means: the one its tag was sent for, or just what it says."""
        sent = self._sent.get(charger_id)
        if not sent:
            return heard
        tag = heard.strip().upper()
        if tag in sent:
            return sent[tag]
        fitting = [known for known in sent if _is_echo(tag, known)]
        return sent[max(fitting, key=len)] if fitting else heard


def stands_for(sent: str, id_tag: str) -> bool:
    """Say whether a tag that was sent to a charger stands for this card: it is its own, or made of it."""
    return id_tag_key(sent) == id_tag_key(id_tag) or sent.upper() == _hex_tag(id_tag)


def _hex_tag(id_tag: str) -> str:
    return hashlib.sha256(id_tag.strip().upper().encode()).hexdigest()[:16].upper()


def _is_echo(heard: str, sent: str) -> bool:
    """Say whether a tag is another one filled up: with anything but letters and digits, or with zeros."""
    return heard.startswith(sent) and not heard[len(sent) :].strip("0-_ .*#\x00")
