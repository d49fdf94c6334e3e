"""Certificates handed to chargers and kept by them, over the REST API (cases 074 to 076)."""

import asyncio

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from onetime.models import CertificateState
from onetime.services.security import signing as certificates
from tests.integration.conftest import House
from tests.integration.driving.charger_login import known_charger, logged_in
from tests.integration.driving.charger_tls import request
from tests.integration.driving.operator import begun, expect
from tests.integration.security.test_operations import ACCEPTED, HASHES, get_certificate
from tests.unit.services.security.factories import some_certificate


@pytest.mark.parametrize(
    ("answer", "state"), [("Accepted", CertificateState.ACCEPTED), ("Rejected", CertificateState.REJECTED)]
)
async def test_a_renewal_ends_with_the_chargers_answer(
    house: House, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, answer: str, state: CertificateState
) -> None:
    """Case 074; it also works for a charger that needs no password, because somebody here asked for it."""
    monkeypatch.setattr(certificates, "ANSWER_FIRST_S", 0.0)
    charger_id = await known_charger(house, profile=0, key=None)
    async with logged_in(house, None) as charger:
        asking = begun(api, "renew_certificate")
        await get_certificate(charger, ec.generate_private_key(ec.SECP256R1()), answer)
        ended = await asking
    [known] = house.services.security.logins.facts(charger_id).certificates
    assert known.state is state
    assert ended.json()["state"] == ("done" if answer == "Accepted" else "failed")
    if answer == "Accepted":
        assert ended.json()["result"]["serial"] == known.serial
    else:
        assert known.serial in ended.json()["problem"]


async def test_a_second_refusal_names_its_own_serial_number(
    house: House, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificates, "ANSWER_FIRST_S", 0.0)
    charger_id = await known_charger(house, profile=0, key=None)
    async with logged_in(house, None) as charger:
        for number in range(2):
            asking = begun(api, "renew_certificate")
            await get_certificate(charger, ec.generate_private_key(ec.SECP256R1()), "Rejected")
            problem = (await asking).json()["problem"]
            assert house.services.security.logins.facts(charger_id).certificates[number].serial in problem
    await asyncio.sleep(0.1)
    alerts = await house.services.security.logins.log.alerts(charger_id)
    assert len([alert for alert in alerts if alert.kind == "CertificateRejected"]) == 2


async def test_a_socket_that_drops_over_a_certificate_gets_it_again(
    house: House, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificates, "ANSWER_FIRST_S", 0.0)
    monkeypatch.setattr(certificates, "LOOK_EVERY_S", 0.02)
    await known_charger(house, profile=0, key=None)
    async with logged_in(house, None) as charger:
        asking = begun(api, "renew_certificate")
        await expect(charger, "ChangeConfiguration", {"status": "NotSupported"})
        await expect(charger, "ExtendedTriggerMessage", ACCEPTED)
        await charger.call("SignCertificate", {"csr": request(ec.generate_private_key(ec.SECP256R1()))})
        assert (await charger.command())[2] == "CertificateSigned"
    async with logged_in(house, None) as again:
        await expect(again, "CertificateSigned", ACCEPTED)
        assert (await asking).json()["state"] == "done"


async def test_a_request_that_is_not_signed_ends_the_renewal_with_the_reason(
    house: House, api: httpx.AsyncClient
) -> None:
    await known_charger(house, profile=0, key=None)
    async with logged_in(house, None) as charger:
        asking = begun(api, "renew_certificate")
        await expect(charger, "ChangeConfiguration", ACCEPTED)
        await expect(charger, "ExtendedTriggerMessage", ACCEPTED)
        await charger.call("SignCertificate", {"csr": request(ec.generate_private_key(ec.SECP256R1()), "SOMEBODY")})
        problem = (await asking).json()
    assert "SOMEBODY" in problem["problem"]


async def test_root_certificates_are_installed_listed_and_deleted(house: House, api: httpx.AsyncClient) -> None:
    """Cases 075_1, 075_2 and 076: the hashes go back as they were reported."""
    await known_charger(house, key=None)
    async with logged_in(house, None) as charger:
        asking = begun(api, "install_certificate", use="manufacturer", certificate=some_certificate())
        assert (await expect(charger, "InstallCertificate", ACCEPTED))[
            "certificateType"
        ] == "ManufacturerRootCertificate"
        assert (await asking).status_code == 200
        asking = begun(api, "list_certificates")
        await expect(charger, "GetInstalledCertificateIds", ACCEPTED | {"certificateHashData": [HASHES]})
        await expect(charger, "GetInstalledCertificateIds", {"status": "NotFound"})
        [found] = (await asking).json()["result"]["certificates"]
        assert found.pop("use") == "central_system"
        asking = begun(api, "list_certificates", use="manufacturer")
        asked = await expect(charger, "GetInstalledCertificateIds", {"status": "NotFound"})
        assert asked == {"certificateType": "ManufacturerRootCertificate"}
        assert (await asking).json()["result"] == {"certificates": []}
        asking = begun(api, "delete_certificate", **found)
        assert await expect(charger, "DeleteCertificate", ACCEPTED) == {"certificateHashData": HASHES}
        assert (await asking).status_code == 200


@pytest.mark.parametrize("pem", ["-----BEGIN CERTIFICATE-----", "nothing", "x" * 40])
async def test_a_certificate_that_cannot_be_read_is_not_sent(house: House, api: httpx.AsyncClient, pem: str) -> None:
    async with house.charger() as charger:
        answer = await begun(api, "install_certificate", certificate=pem)
        assert (answer.status_code, charger.commands.empty()) == (422, True)


@pytest.mark.parametrize("status", ["Failed", "Rejected"])
async def test_a_certificate_that_is_not_installed_is_told(house: House, api: httpx.AsyncClient, status: str) -> None:
    await known_charger(house, key=None)
    async with logged_in(house, None) as charger:
        asking = begun(api, "install_certificate")
        await expect(charger, "InstallCertificate", {"status": status})
        assert (await asking).json()["code"] == "rejected"
