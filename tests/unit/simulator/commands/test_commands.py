"""The charger's answers to the central system's commands, and what it does then."""

from typing import Any

import pytest

from tests.unit.simulator.central import running_central
from tests.unit.simulator.factories import CARD, answer, make_charger, profile


async def test_a_remote_start_charges_the_waiting_car() -> None:
    async with running_central() as central, make_charger(central) as charger:
        await charger.plug_in(1)
        payload = {"idTag": CARD, "connectorId": 1, "chargingProfile": profile("TxProfile", limit=8.0)}
        assert await answer(central, "RemoteStartTransaction", payload) == {"status": "Accepted"}
        await central.until(lambda: central.statuses()[-1] == "Charging")
        assert [call.action for call in central.of("Authorize", "StartTransaction")] == [
            "Authorize",
            "StartTransaction",
        ]
        await central.until(lambda: charger.core.station.connector(1).power_w <= 8 * 690)


async def test_a_remote_start_need_not_be_authorized_when_so_configured() -> None:
    async with running_central() as central:
        keys = {"AuthorizeRemoteTxRequests": "false"}
        async with make_charger(central, configuration=keys) as charger:
            await charger.plug_in(1)
            await answer(central, "RemoteStartTransaction", {"idTag": CARD})
            await central.until(lambda: central.of("StartTransaction"))
            assert central.of("Authorize") == []


async def test_a_remote_start_prefers_the_connector_with_a_car() -> None:
    async with running_central() as central, make_charger(central, connectors=3) as charger:
        await charger.plug_in(3)
        await answer(central, "RemoteStartTransaction", {"idTag": CARD})
        await central.until(lambda: central.of("StartTransaction"))
        assert central.payloads("StartTransaction")[0]["connectorId"] == 3


async def test_a_remote_start_of_a_busy_connector_is_rejected() -> None:
    async with running_central() as central, make_charger(central) as charger:
        await charger.plug_in(1)
        await charger.tap(1, CARD)
        payload = {"idTag": "OTHER", "connectorId": 1}
        assert await answer(central, "RemoteStartTransaction", payload) == {"status": "Rejected"}


async def test_a_remote_stop_ends_the_named_transaction_only() -> None:
    async with running_central() as central, make_charger(central) as charger:
        await charger.plug_in(1)
        await charger.tap(1, CARD)
        assert await answer(central, "RemoteStopTransaction", {"transactionId": 99}) == {"status": "Rejected"}
        assert await answer(central, "RemoteStopTransaction", {"transactionId": 1}) == {"status": "Accepted"}
        await central.until(lambda: central.of("StopTransaction"))
        assert central.payloads("StopTransaction")[0]["reason"] == "Remote"


@pytest.mark.parametrize(("kind", "reason"), [("Soft", "SoftReset"), ("Hard", "HardReset")])
async def test_a_reset_ends_the_session_and_boots_again(kind: str, reason: str) -> None:
    async with running_central() as central, make_charger(central) as charger:
        await charger.plug_in(1)
        await charger.tap(1, CARD)
        assert await answer(central, "Reset", {"type": kind}) == {"status": "Accepted"}
        await central.until(lambda: len(central.of("BootNotification")) == 2)
        assert central.payloads("StopTransaction")[0]["reason"] == reason


async def test_unlocking_ends_the_session() -> None:
    async with running_central() as central, make_charger(central) as charger:
        await charger.plug_in(1)
        await charger.tap(1, CARD)
        assert await answer(central, "UnlockConnector", {"connectorId": 7}) == {"status": "NotSupported"}
        assert await answer(central, "UnlockConnector", {"connectorId": 1}) == {"status": "Unlocked"}
        await central.until(lambda: central.of("StopTransaction"))
        assert central.payloads("StopTransaction")[0]["reason"] == "UnlockCommand"


async def test_taking_out_of_service_waits_for_the_session_to_end() -> None:
    async with running_central() as central, make_charger(central) as charger:
        await charger.plug_in(1)
        await charger.tap(1, CARD)
        off, on = {"connectorId": 0, "type": "Inoperative"}, {"connectorId": 0, "type": "Operative"}
        assert await answer(central, "ChangeAvailability", off) == {"status": "Scheduled"}
        await charger.tap(1, CARD)
        assert central.statuses()[-1] == "Unavailable"
        assert not await charger.tap(1, CARD)
        await charger.unplug(1)
        assert await answer(central, "ChangeAvailability", on) == {"status": "Accepted"}
        await central.until(lambda: central.statuses()[-1] == "Available")
        assert central.statuses(0)[-1] == "Available"


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


@pytest.mark.parametrize(
    ("message", "action"),
    [
        ("Heartbeat", "Heartbeat"),
        ("StatusNotification", "StatusNotification"),
        ("MeterValues", "MeterValues"),
        ("FirmwareStatusNotification", "FirmwareStatusNotification"),
        ("DiagnosticsStatusNotification", "DiagnosticsStatusNotification"),
    ],
)
async def test_a_triggered_message_is_sent(message: str, action: str) -> None:
    async with running_central() as central, make_charger(central):
        before = len(central.of(action))
        payload = {"requestedMessage": message, "connectorId": 1}
        assert await answer(central, "TriggerMessage", payload) == {"status": "Accepted"}
        await central.until(lambda: len(central.of(action)) == before + 1)


async def test_data_transfer_knows_its_own_vendor_only() -> None:
    async with running_central() as central, make_charger(central):
        echo = {"vendorId": "Onetime", "messageId": "Echo", "data": "hello"}
        assert await answer(central, "DataTransfer", echo) == {"status": "Accepted", "data": "hello"}
        unknown = {"vendorId": "Onetime", "messageId": "Sing"}
        assert await answer(central, "DataTransfer", unknown) == {"status": "UnknownMessageId"}
        assert await answer(central, "DataTransfer", {"vendorId": "Acme"}) == {"status": "UnknownVendorId"}


@pytest.mark.parametrize(
    "action",
    ["CertificateSigned", "DeleteCertificate", "ExtendedTriggerMessage", "GetInstalledCertificateIds",
     "InstallCertificate", "SignedUpdateFirmware", "Dance"],
)  # fmt: skip
async def test_an_action_the_charger_does_not_know_is_not_implemented(action: str) -> None:
    async with running_central() as central, make_charger(central):
        assert (await central.call("SIM-1", action))[2] == "NotImplemented"


@pytest.mark.parametrize(
    ("action", "payload", "code"),
    [
        ("Reset", {}, "ProtocolError"),
        ("Reset", {"type": "Gentle"}, "PropertyConstraintViolation"),
        ("UnlockConnector", {"connectorId": "1"}, "TypeConstraintViolation"),
        ("RemoteStartTransaction", {"idTag": "X" * 21}, "PropertyConstraintViolation"),
        ("SetChargingProfile", {"connectorId": 1, "csChargingProfiles": {}}, "PropertyConstraintViolation"),
        ("ReserveNow", {"connectorId": 1, "reservationId": 1, "idTag": "A", "expiryDate": "soon"},
         "TypeConstraintViolation"),
    ],
)  # fmt: skip
async def test_a_malformed_command_gets_the_fitting_callerror(action: str, payload: dict[str, Any], code: str) -> None:
    async with running_central() as central, make_charger(central):
        assert await answer(central, action, payload) == code
