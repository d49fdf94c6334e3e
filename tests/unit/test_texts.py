"""Sentences with values in them."""

from onetime.texts import Text, _, say


def test_a_whole_number_is_said_without_a_point_in_every_language() -> None:
    sentence = _("The charger now allows {applied} A.", applied=10.0)
    assert sentence == "The charger now allows 10 A."
    assert say(sentence, "de") == "Die Ladestation erlaubt jetzt 10\u202fA."


def test_a_fraction_keeps_its_digits() -> None:
    assert _("The charger now allows {applied} A.", applied=13.5) == "The charger now allows 13.5 A."


def test_a_text_is_english_and_remembers_what_it_was_made_of() -> None:
    text = _("{count} sessions", count=3)
    assert text == "3 sessions"
    assert isinstance(text, Text)
    assert (text.msgid, text.params) == ("{count} sessions", {"count": 3})
    assert say("never marked", "de") == "never marked"
