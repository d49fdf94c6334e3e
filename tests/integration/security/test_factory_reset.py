"""A charger of the highest profile is reset to its factory settings: it stays out until somebody lowers its profile.

Then it is raised again, and gets a new certificate: what it had is gone, though the house still believes it.
"""

from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from onetime.services.security import signing as certificates
from tests.integration.conftest import House
from tests.integration.driving.charger_login import known_charger, logged_in, refusal
from tests.integration.driving.charger_tls import showing, trusting, wss
from tests.integration.driving.operator import begun, expect, refuse
from tests.integration.security.test_operations import ACCEPTED, get_certificate

SECURITY = "/api/v1/chargers/keba-07/security"
FACTORY_KEY = "f0" * 20


async def raised(house: House, api: httpx.AsyncClient, folder: Path, key: ec.EllipticCurvePrivateKey) -> str:
    """Raise a charger that came in with a password to its certificate; return that."""
    login = bytes.fromhex(FACTORY_KEY)
    async with logged_in(house, login, url=wss(house), ssl=trusting(house)) as charger:
        asking = begun(api, "raise_security_profile", profile=3)
        await refuse(charger, "InstallCertificate", "NotSupported")
        pem = await get_certificate(charger, key)
        assert (await expect(charger, "ChangeConfiguration", {"status": "RebootRequired"}))["value"] == "3"
        await expect(charger, "Reset", ACCEPTED)
    async with logged_in(house, None, url=wss(house), ssl=showing(house, folder, key, pem)):
        assert (await asking).json()["result"] == {"profile": 3}
    return pem


async def test_a_charger_of_profile_3_that_was_reset_is_raised_again_with_a_new_certificate(
    tls_house: House, tls_api: httpx.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificates, "ANSWER_FIRST_S", 0.0)
    charger_id = await known_charger(tls_house, profile=2, key=FACTORY_KEY)
    first = await raised(tls_house, tls_api, tmp_path, ec.generate_private_key(ec.SECP256R1()))
    login, facts = bytes.fromhex(FACTORY_KEY), tls_house.services.security.logins.facts

    assert (await refusal(tls_house, None)).response.status_code == 403
    below = {"url": wss(tls_house), "ssl": trusting(tls_house)}
    assert (await refusal(tls_house, login, **below)).response.status_code == 403
    assert facts(charger_id).profile == 3

    lowered = await tls_api.put(SECURITY, json={"profile": 1, "password": FACTORY_KEY})
    assert lowered.json()["profile"] == 1
    async with logged_in(tls_house, login):
        pass
    assert facts(charger_id).profile == 1

    second = await raised(tls_house, tls_api, tmp_path, ec.generate_private_key(ec.SECP256R1()))
    assert second != first
    assert facts(charger_id).profile == 3
    assert (await refusal(tls_house, login, **below)).response.status_code == 403
