"""What opens a charger's file or its socket is not written down."""

from typing import Any

import pytest

from onetime.gateway.frames.journal import secret_of


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
