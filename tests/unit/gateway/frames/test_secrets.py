"""What opens a charger's file or its socket is not written down."""

from typing import Any

import pytest

from onetime.gateway.frames.secrets import HIDDEN, secret_of, without_secrets


@pytest.mark.parametrize(
    ("action", "payload", "secret"),
    [
        ("GetDiagnostics", {"location": "ftp://user:s3cret@10.0.0.1:2121/"}, "s3cret"),
        ("UpdateFirmware", {"location": "http://10.0.0.1:8000/transfer/0123abcd/fw.bin"}, "0123abcd"),
        ("GetLog", {"log": {"remoteLocation": "https://house/x/transfer/0123abcd/"}}, "0123abcd"),
        ("SignedUpdateFirmware", {"firmware": {"location": "ftp://u:s3cret@h/fw"}}, "s3cret"),
        ("GetDiagnostics", {"location": "http://elsewhere.example/logs/"}, None),
        ("GetDiagnostics", {"location": 7}, None),
        ("ChangeConfiguration", {"key": "AuthorizationKey", "value": "s3cret"}, "s3cret"),
        ("ChangeConfiguration", {"key": "HeartbeatInterval", "value": "60"}, None),
    ],
)
def test_a_secret_is_found_wherever_it_stands(action: str, payload: dict[str, Any], secret: str | None) -> None:
    assert secret_of(action, payload) == secret


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({"configurationKey": [{"key": "AuthorizationKey", "readonly": False, "value": "s3cret"}]}, "hidden"),
        ({"configurationKey": [{"value": "s3cret", "key": " authorizationKEY "}]}, "hidden"),
        ({"details": {"AuthorizationKey": "s3cret"}}, "hidden"),
        ({"configurationKey": [{"key": "HeartbeatInterval", "value": "60"}]}, "as it is"),
    ],
)
def test_a_key_a_charger_shows_is_hidden(said: dict[str, Any], kept: str) -> None:
    masked = without_secrets([3, "1", said])
    assert (HIDDEN in str(masked), "s3cret" in str(masked), masked == [3, "1", said]) == (
        (True, False, False) if kept == "hidden" else (False, False, True)
    )
