"""The charger's settings, and messages between vendors."""

import pytest

from tests.unit.simulator.central import running_central
from tests.unit.simulator.factories import answer, make_charger


async def test_settings_are_shown_changed_and_refused() -> None:
    async with running_central() as central, make_charger(central):
        keys = ["heartbeatInterval", "AuthorizationKey", "Nonsense"]
        shown = await answer(central, "GetConfiguration", {"key": keys})
        assert shown["unknownKey"] == ["Nonsense"]
        assert shown["configurationKey"] == [
            {"key": "HeartbeatInterval", "readonly": False, "value": "300"},
            {"key": "AuthorizationKey", "readonly": False},
        ]
        assert len((await answer(central, "GetConfiguration"))["configurationKey"]) > 30


@pytest.mark.parametrize(
    ("key", "value", "status"),
    [
        ("MeterValueSampleInterval", "30", "Accepted"),
        ("MeterValueSampleInterval", "-1", "Rejected"),
        ("StopTransactionOnInvalidId", "maybe", "Rejected"),
        ("MeterValuesSampledData", "Energy.Active.Import.Register, SoC", "Accepted"),
        ("MeterValuesSampledData", "Energy.Active.Import.Register,Luck", "Rejected"),
        ("NumberOfConnectors", "4", "Rejected"),
        ("WebSocketPingInterval", "30", "RebootRequired"),
        ("Nonsense", "1", "NotSupported"),
    ],
)
async def test_a_setting_is_changed_as_its_kind_allows(key: str, value: str, status: str) -> None:
    async with running_central() as central, make_charger(central):
        assert await answer(central, "ChangeConfiguration", {"key": key, "value": value}) == {"status": status}


async def test_data_transfer_knows_its_own_vendor_only() -> None:
    async with running_central() as central, make_charger(central):
        echo = {"vendorId": "Onetime", "messageId": "Echo", "data": "hello"}
        assert await answer(central, "DataTransfer", echo) == {"status": "Accepted", "data": "hello"}
        unknown = {"vendorId": "Onetime", "messageId": "Sing"}
        assert await answer(central, "DataTransfer", unknown) == {"status": "UnknownMessageId"}
        assert await answer(central, "DataTransfer", {"vendorId": "Acme"}) == {"status": "UnknownVendorId"}
