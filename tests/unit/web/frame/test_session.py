"""In which language a stranger is spoken to."""

import pytest

from onetime.web.frame import session
from onetime.web.frame.session import preferred_language


class Settings:
    language = "it"


class Running:
    settings = Settings


@pytest.fixture(autouse=True)
def running(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "current", lambda: Running)


@pytest.mark.parametrize(
    ("chosen", "accepted", "spoken"),
    [
        ("fr", "de-CH,de;q=0.9", "fr"),
        ("", "de-CH,de;q=0.9,en;q=0.8", "de"),
        ("", "rm,pt;q=0.9,fr-CH;q=0.8", "fr"),
        ("", "ja", "it"),
        ("xx", "", "it"),
    ],
)
def test_the_language_is_the_chosen_one_else_the_browsers_else_the_houses(
    chosen: str, accepted: str, spoken: str
) -> None:
    assert preferred_language(chosen, accepted) == spoken
