"""A charger's settings as its page lists them."""

from datetime import UTC, datetime
from typing import Any

from onetime.models import OperationRecord, OperationState
from onetime.services.chargers.settings import STANDARD_KEYS
from onetime.web.chargers.settings.view import seen_settings
from onetime.web.chargers.settings.words import words_of

AT = datetime(2026, 10, 3, 12, 0, tzinfo=UTC)
LENGTHS = "MaxLength"  # says how long another list may be, which its own name says already


def read(*settings: tuple[str, str | None, bool], keys: list[str] | None = None) -> OperationRecord:
    result = {"settings": [{"key": key, "value": value, "readonly": fixed} for key, value, fixed in settings]}
    return _record("read_settings", result, {"keys": keys} if keys else {})


def wrote(key: str, value: str | None) -> OperationRecord:
    return _record("write_settings", {"settings": [{"key": key, "value": value, "outcome": "written"}]}, {})


def _record(name: str, result: dict[str, Any], parameters: dict[str, Any]) -> OperationRecord:
    return OperationRecord(
        charger_id=1,
        name=name,
        parameters=parameters,
        actor="anna",
        state=OperationState.DONE,
        result=result,
        ended_at=AT,
    )


def test_settings_are_listed_by_name_with_what_they_do() -> None:
    seen = seen_settings([read(("WebSocketPingInterval", "60", False), ("heartbeatinterval", "300", False))], "en")
    assert [(line.key, line.kind) for line in seen.lines] == [
        ("heartbeatinterval", "number"),
        ("WebSocketPingInterval", "number"),
    ]
    assert seen.lines[0].what == "Seconds between its signs of life."
    assert seen.read_at == AT


def test_what_was_written_and_read_back_replaces_what_was_read() -> None:
    records = [wrote("HEARTBEATINTERVAL", "900"), read(("HeartbeatInterval", "300", False))]
    assert seen_settings(records, "en").lines[0].value == "900"


def test_a_value_that_could_not_be_read_back_stays_as_it_was() -> None:
    records = [wrote("HeartbeatInterval", None), read(("HeartbeatInterval", "300", False))]
    assert seen_settings(records, "en").lines[0].value == "300"


def test_a_newer_reading_drops_what_the_charger_no_longer_names() -> None:
    records = [read(("HeartbeatInterval", "300", False)), read(("OldKey", "1", False))]
    assert [line.key for line in seen_settings(records, "en").lines] == ["HeartbeatInterval"]


def test_a_reading_of_some_keys_leaves_the_others() -> None:
    records = [read(("HeartbeatInterval", "60", False), keys=["HeartbeatInterval"]), read(("BlinkRepeat", "1", False))]
    assert [line.key for line in seen_settings(records, "en").lines] == ["BlinkRepeat", "HeartbeatInterval"]


def test_what_locks_the_charger_out_is_not_changed_here() -> None:
    line = seen_settings([read(("AuthorizationKey", None, False))], "en").lines[0]
    assert (line.fixed, line.hidden) == (True, True)


def test_nothing_read_is_nothing_known() -> None:
    assert seen_settings([wrote("HeartbeatInterval", "60")], "en").lines == []


def test_the_settings_of_the_standard_are_explained() -> None:
    named = ("AdditionalRootCertificateCheck", "CertificateSignedMaxChainSize", "CertificateStoreMaxLength")
    assert [key for key in STANDARD_KEYS if not words_of(key) and not key.endswith(LENGTHS) and key not in named] == []
