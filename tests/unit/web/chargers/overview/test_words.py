"""What was repaired of a charger's messages is told in words."""

from datetime import UTC, datetime

from onetime.gateway.frames.repairs import Repair
from onetime.services.chargers.messages.repairs import Repairs
from onetime.web.chargers.overview.words import KINDS, repair_lines
from onetime.web.frame.times import Clockwork

AT = datetime(2020, 10, 3, 12, 0, tzinfo=UTC)


def test_every_kind_of_repair_has_words() -> None:
    assert set(KINDS) == {kind.value for kind in Repair}


def test_repairs_are_told_with_their_count_and_their_last_time() -> None:
    lines = repair_lines({"too_long": Repairs(1_200, AT), "of another version": Repairs(1, AT)}, Clockwork("en", "UTC"))
    assert [(line.what, line.count) for line in lines] == [
        ("Texts that are too long", "1,200"),
        ("of another version", "1"),
    ]
    assert lines[0].last == "3 Oct 2020 12:00"
