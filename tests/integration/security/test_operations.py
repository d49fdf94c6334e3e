"""What a person does about a charger's security, over the REST API, followed to the end (cases 073 to 076 and 083)."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from onetime.services.security import signing as certificates
from tests.integration.conftest import House
from tests.integration.driving.charger_login import BOOT, KEY, known_charger, logged_in, refusal
from tests.integration.driving.charger_tls import request, showing, trusting, wss
from tests.integration.driving.operator import begin_charging, begun, expect, refuse
from tests.integration.driving.raw_charger import RawCharger

ACCEPTED = {"status": "Accepted"}
HASHES = {
    "hashAlgorithm": "SHA256",
    "issuerNameHash": "ab" * 32,
    "issuerKeyHash": "cd" * 32,
    "serialNumber": "0a1b",
}


async def closed(charger: RawCharger) -> None:
    await asyncio.wait_for(charger.socket.wait_closed(), 5)


async def test_a_new_password_is_written_confirmed_and_used(house: House, api: httpx.AsyncClient) -> None:
    """Case 073: 40 hexadecimal digits of 20 bytes; the connection is closed so that the charger logs in again."""
    charger_id = await known_charger(house, profile=1)
    async with logged_in(house) as charger:
        asking = begun(api, "change_password")
        sent = await expect(charger, "ChangeConfiguration", ACCEPTED)
        await closed(charger)
    key = bytes.fromhex(sent["value"])
    assert (sent["key"], len(sent["value"]), len(key)) == ("AuthorizationKey", 40, 20)
    async with logged_in(house, key):
        answer = await asking
        assert (answer.status_code, answer.json()["result"]) == (200, {"is_used": True})
        assert sent["value"] not in answer.text
    assert (await refusal(house, bytes.fromhex(KEY))).response.status_code == 401
    assert not house.services.security.desk.missing(charger_id, 1)


async def test_a_charger_that_takes_no_password_keeps_its_old_one(house: House, api: httpx.AsyncClient) -> None:
    await known_charger(house, profile=1)
    async with logged_in(house) as charger:
        asking = begun(api, "change_password")
        await expect(charger, "ChangeConfiguration", {"status": "NotSupported"})
        answer = await asking
        assert (answer.status_code, answer.json()["code"]) == (409, "rejected")
    async with logged_in(house):
        pass


async def test_a_charger_that_goes_on_with_its_old_password_stays_in(house: House, api: httpx.AsyncClient) -> None:
    await known_charger(house, profile=1)
    async with logged_in(house) as charger:
        asking = begun(api, "change_password", timeout_s=2)
        await expect(charger, "ChangeConfiguration", ACCEPTED)
        await closed(charger)
    async with logged_in(house) as again:
        await expect(again, "Reset", ACCEPTED)  # once: some only read it at their start
        assert (await asking).json()["code"] == "timed-out"


async def test_a_charger_that_hangs_up_over_its_new_password_is_waited_for(
    house: House, api: httpx.AsyncClient
) -> None:
    """After the request has left it may have the new password; old and new are valid until it has logged in."""
    await known_charger(house, profile=1)
    async with logged_in(house) as charger:
        asking = begun(api, "change_password")
        key = bytes.fromhex((await charger.command())[3]["value"])
    async with logged_in(house, key):
        assert (await asking).json()["result"] == {"is_used": True}


async def test_a_charger_that_comes_back_with_its_old_password_is_restarted_once(
    house: House, api: httpx.AsyncClient
) -> None:
    await known_charger(house, profile=1)
    async with logged_in(house) as charger:
        asking = begun(api, "change_password")
        key = bytes.fromhex((await charger.command())[3]["value"])
    async with logged_in(house) as again:
        assert await expect(again, "Reset", ACCEPTED) == {"type": "Soft"}
    async with logged_in(house, key):
        assert (await asking).json()["result"] == {"is_used": True}


async def test_a_charger_that_hangs_up_over_its_new_profile_is_waited_for(
    tls_house: House, tls_api: httpx.AsyncClient
) -> None:
    await known_charger(tls_house, profile=1)
    async with logged_in(tls_house) as charger:
        asking = begun(tls_api, "raise_security_profile")
        await expect(charger, "InstallCertificate", ACCEPTED)
        assert (await charger.command())[3] == {"key": "SecurityProfile", "value": "2"}
    async with logged_in(tls_house, url=wss(tls_house), ssl=trusting(tls_house)):
        assert (await asking).json()["result"] == {"profile": 2}


async def test_profile_1_is_required_of_a_charger_without_the_setting_that_logs_in(
    house: House, api: httpx.AsyncClient
) -> None:
    """It knows passwords, and no SecurityProfile: that came with the whitepaper."""
    await known_charger(house, profile=0)
    async with logged_in(house) as charger:
        asking = begun(api, "raise_security_profile", profile=1)
        await expect(charger, "GetConfiguration", {"unknownKey": ["SecurityProfile"]})
        assert (await asking).json()["result"] == {"profile": 1}
    assert (await refusal(house, None)).response.status_code == 401


async def test_a_charger_without_a_profile_is_raised_to_a_password(house: House, api: httpx.AsyncClient) -> None:
    """Case 083, from 0 to 1: the password first, then the profile; no login is refused from then on."""
    await known_charger(house, profile=0, key=None)
    async with logged_in(house, None) as charger:
        asking = begun(api, "raise_security_profile")
        key = bytes.fromhex((await expect(charger, "ChangeConfiguration", ACCEPTED))["value"])
        await closed(charger)
    async with logged_in(house, None) as charger:
        profile = await expect(charger, "ChangeConfiguration", ACCEPTED)
        assert profile == {"key": "SecurityProfile", "value": "1"}
        # Not back with it yet: the old profile is still let in.
        async with logged_in(house, None):
            assert not asking.done()
    async with logged_in(house, key):
        assert (await asking).json()["result"] == {"profile": 1}
        assert (await refusal(house, None)).response.status_code == 401


async def test_a_charger_is_raised_to_encryption(tls_house: House, tls_api: httpx.AsyncClient) -> None:
    """Case 083, from 1 to 2, with the restart for a charger that does not reconnect on its own; case 075_2."""
    await known_charger(tls_house, profile=1)
    async with logged_in(tls_house) as charger:
        asking = begun(tls_api, "raise_security_profile", restart_after_s=0.05)
        installed = await expect(charger, "InstallCertificate", ACCEPTED)
        assert installed["certificateType"] == "CentralSystemRootCertificate"
        assert installed["certificate"] == tls_house.services.security.authority.path.read_text()
        assert (await expect(charger, "ChangeConfiguration", ACCEPTED))["value"] == "2"
        assert await expect(charger, "Reset", ACCEPTED) == {"type": "Hard"}
    async with logged_in(tls_house, url=wss(tls_house), ssl=trusting(tls_house)):
        assert (await asking).json()["result"] == {"profile": 2}
    assert (await refusal(tls_house, bytes.fromhex(KEY))).response.status_code == 403


async def test_a_charger_is_raised_to_its_certificate(
    tls_house: House, tls_api: httpx.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Case 083, from 2 to 3: CpoName, the certificate of case 074, then the profile."""
    monkeypatch.setattr(certificates, "ANSWER_FIRST_S", 0.0)
    key = ec.generate_private_key(ec.SECP256R1())
    await known_charger(tls_house, profile=2)
    async with logged_in(tls_house, url=wss(tls_house), ssl=trusting(tls_house)) as charger:
        asking = begun(tls_api, "raise_security_profile")
        await refuse(charger, "InstallCertificate", "NotSupported")
        pem = await get_certificate(charger, key)
        assert (await expect(charger, "ChangeConfiguration", {"status": "RebootRequired"}))["value"] == "3"
        await expect(charger, "Reset", ACCEPTED)
    context = showing(tls_house, tmp_path, key, pem)
    async with logged_in(tls_house, None, url=wss(tls_house), ssl=context):
        answer = (await asking).json()
    assert answer["result"] == {"profile": 3}
    assert any("by hand" in step["text"] for step in answer["steps"])


async def get_certificate(charger: RawCharger, key: ec.EllipticCurvePrivateKey, answer: str = "Accepted") -> str:
    """The charger's side of a renewal."""
    assert await expect(charger, "ChangeConfiguration", {"status": "NotSupported"}) == {
        "key": "CpoName",
        "value": "Onetime",
    }
    trigger = await expect(charger, "ExtendedTriggerMessage", ACCEPTED)
    assert trigger == {"requestedMessage": "SignChargePointCertificate"}
    assert await charger.call("SignCertificate", {"csr": request(key)}) == ACCEPTED
    pem: str = (await expect(charger, "CertificateSigned", {"status": answer}))["certificateChain"]
    if answer == "Rejected":
        chain = (await expect(charger, "CertificateSigned", {"status": answer}))["certificateChain"]
        assert (chain.startswith(pem.strip()), chain.count("BEGIN CERTIFICATE")) == (True, 2)  # with the root
    return pem


async def test_a_charging_car_is_not_disturbed(house: House, api: httpx.AsyncClient) -> None:
    await known_charger(house, profile=0)
    async with logged_in(house, None) as charger:
        await begin_charging(charger)
        assert (await begun(api, "raise_security_profile")).json()["code"] == "charging"


async def test_a_profile_that_would_lock_the_charger_out_is_not_asked_for(house: House, api: httpx.AsyncClient) -> None:
    await known_charger(house, profile=1)
    async with logged_in(house):
        problem = (await begun(api, "raise_security_profile")).json()
        assert (problem["code"], "ONETIME_OCPP_TLS_PORT" in problem["problem"]) == ("not-ready", True)


async def change_profile(api: httpx.AsyncClient, value: Any) -> httpx.Response:
    payload = {"key": "SecurityProfile", "value": value}
    return await api.post("/api/v1/chargers/KEBA-07/commands/ChangeConfiguration", json=payload)


@pytest.mark.parametrize("value", ["0", "2", "4", "high", "-1"])
async def test_a_downgrade_and_what_would_lock_out_are_never_sent(
    house: House, api: httpx.AsyncClient, value: str
) -> None:
    """Checklist 49 (A00.FR.005), for the raw command too."""
    await known_charger(house, profile=1)
    async with logged_in(house):
        refused = await change_profile(api, value)
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:onetime:refused-here")


async def test_a_raw_change_of_the_profile_keeps_both_until_the_charger_is_back(
    house: House, api: httpx.AsyncClient
) -> None:
    """Case 083 with raw commands."""
    charger_id = await known_charger(house, profile=0)
    async with logged_in(house, None) as charger:
        asking = asyncio.create_task(change_profile(api, "1"))
        await expect(charger, "ChangeConfiguration", ACCEPTED)
        assert json.loads((await asking).text) == ACCEPTED
    assert house.services.security.logins.facts(charger_id).raising_to == 1
    async with logged_in(house, None) as charger:
        assert (await charger.call("BootNotification", BOOT))["status"] == "Accepted"
    async with logged_in(house):
        pass
    assert (await refusal(house, None)).response.status_code == 401
