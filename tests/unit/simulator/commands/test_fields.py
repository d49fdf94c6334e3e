"""Commands that are malformed or unknown."""

from typing import Any

import pytest

from tests.unit.simulator.central import running_central
from tests.unit.simulator.factories import answer, make_charger


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
