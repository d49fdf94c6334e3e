"""What the forms about a charger mean."""

from datetime import UTC, datetime

import pytest

from onetime.models import Role
from onetime.services.people.accounts import House
from onetime.services.people.logins import Person
from onetime.web.chargers.actions.form import card_number, connector_number, until
from onetime.web.frame import access
from onetime.web.frame.session import Visitor


def test_a_typed_card_counts_instead_of_the_chosen_one() -> None:
    assert card_number({"card": "04A1", "other_card": " 04B2 "}) == "04B2"
    assert card_number({"card": "04A1", "other_card": ""}) == "04A1"
    with pytest.raises(ValueError, match="Choose a card"):
        card_number({})


def test_a_form_without_a_connector_is_refused() -> None:
    assert connector_number({"connector": "2"}) == 2
    with pytest.raises(ValueError, match="no such connector"):
        connector_number({"connector": "-1"})


def test_a_reservation_ends_on_the_clock_of_the_house() -> None:
    anna = Person(1, "anna", Role.MANAGER, "en")
    access._visitor.set(Visitor(anna, House("Seestrasse 12", "Europe/Zurich", "en"), "en", "x"))
    assert until({"until": "2036-07-01T18:00"}) == datetime(2036, 7, 1, 16, 0, tzinfo=UTC)
    with pytest.raises(ValueError, match="still to come"):
        until({"until": "2020-07-01T18:00"})
    with pytest.raises(ValueError, match="Choose the day"):
        until({"until": ""})
