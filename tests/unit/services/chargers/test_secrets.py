"""What a charger calls a key, a password or a PIN is neither written down nor shown."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onetime.services.chargers.secrets import (
    HIDDEN,
    is_secret,
    may_hold_secrets,
    secret_of,
    shown_answer,
    without_secrets,
)
from onetime.services.chargers.settings import STANDARD_KEYS


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


SECRET = "s3cr3t-and-long"
NAMES = [
    "AuthorizationKey", " authorizationKEY ", "OCPP_AuthorizationKey", "HTTPBasicAuthPassword", "WifiPassword",
    "wifi.password", "WLAN-PSK", "wlanpsk", "ModemAPNPassword", "SIMPin", "SimPIN", "sim_pin", "PUK", "WebUIPassword",
    "AdminPwd", "adminpwd", "ClientSecret", "MqttCredentials", "ApiKey", "apikey", "EncryptionKey", "AccessToken",
    "PrivateKey", "WPA2Passphrase", "FtpPass", "ConnectionKey", "PresharedKey", "MasterPasscode", "password",
]  # fmt: skip
HARMLESS = [
    *STANDARD_KEYS, "key", "configurationKey", "unknownKey", "PublicKey", "idToken", "parentIdTag", "PasswordLength",
    "PasswordRequired", "AuthorizationKeyStatus", "UseAuthorizationKeyWithoutDecoding", "Pinging", "PingInterval",
    "Shopping", "KeyboardLayout", "Keys", "Tokenizer", "Compass", "issuerKeyHash", "StopTransactionOnInvalidId", "",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_secret_is_known_by_its_name_however_a_maker_writes_it(name: str) -> None:
    assert is_secret(name)
    assert may_hold_secrets(f'{{"{name}": 1}}')


@pytest.mark.parametrize("name", HARMLESS)
def test_what_only_sounds_like_a_secret_is_shown(name: str) -> None:
    assert not is_secret(name)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "shape",
    [
        lambda name: {"configurationKey": [{"key": name, "readonly": False, "value": SECRET}]},
        lambda name: {"settings": [{"key": name, "asked": SECRET, "value": SECRET, "outcome": "written"}]},
        lambda name: {"settings": {name: SECRET}},
        lambda name: {"data": json.dumps({name: SECRET})},
        lambda name: {"data": json.dumps({"data": json.dumps([{"key": name, "value": SECRET}])})},
        lambda name: {name: {"of": [SECRET]}},
    ],
)
def test_a_secret_is_hidden_in_every_shape(name: str, shape: Any) -> None:
    shown = json.dumps(without_secrets(shape(name)), ensure_ascii=False)
    assert SECRET not in shown
    assert HIDDEN in shown


def test_that_a_secret_is_not_set_may_be_seen() -> None:
    said = [{"key": "WifiPassword", "value": value, "readonly": False} for value in (None, "", True)]
    assert without_secrets(said) == said


def test_the_password_in_an_address_is_hidden_and_its_host_is_not() -> None:
    said = {"key": "FirmwareServer", "value": "fetch ftp://keba:s3cret@10.0.0.1/fw, then http://10.0.0.1/ok"}
    expected = f"fetch ftp://keba:{HIDDEN}@10.0.0.1/fw, then http://10.0.0.1/ok"
    assert without_secrets(said) == {"key": "FirmwareServer", "value": expected}


def test_an_answer_that_repeats_what_was_written_is_masked() -> None:
    payload = {"key": "WifiPassword", "value": SECRET}
    assert shown_answer("ChangeConfiguration", payload, {"status": f"Rejected {SECRET}"}) == {
        "status": f"Rejected {HIDDEN}"
    }


def test_what_is_nested_without_end_is_hidden_rather_than_looked_into() -> None:
    deep: Any = {"WifiPassword": SECRET}
    for _level in range(200):
        deep = [deep]
    assert SECRET not in json.dumps(without_secrets(deep))
    assert SECRET not in str(without_secrets("[" * 100_000 + f'"password", "{SECRET}"'))


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | st.sampled_from(NAMES), inner, max_size=4),
)


@given(anything)
def test_hiding_keeps_the_shape_and_does_nothing_twice(said: Any) -> None:
    once = without_secrets(said)
    assert without_secrets(once) == once
    assert json.loads(json.dumps(once)) == once
    if isinstance(said, dict):
        assert once.keys() == said.keys()
