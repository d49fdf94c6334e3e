"""The encrypted port over real sockets (checklist 50; quirk C13; case 086)."""

import asyncio
import gc
import socket
import ssl
import stat
import time

import httpx
import pytest

from onetime.gateway.sockets import listeners
from onetime.gateway.sockets.tls import EncryptedConnection
from onetime.services.security.certificates import server as server_certificates
from onetime.services.security.certificates import showing
from onetime.settings import Settings
from tests.integration.attacks.conftest import until
from tests.integration.conftest import House, open_house
from tests.integration.driving.charger_login import KEY, known_charger, logged_in, refusal
from tests.integration.driving.charger_tls import other_authority, trusting, wss

RAW = bytes.fromhex(KEY)


def shake_hands(house: House, context: ssl.SSLContext) -> ssl.SSLSocket:
    plain = socket.create_connection(("localhost", house.gateway.tls_port or 0), timeout=10)
    return context.wrap_socket(plain, server_hostname="localhost")


@pytest.mark.parametrize(
    "suite",
    ["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "AES128-GCM-SHA256", "AES256-GCM-SHA384"],
)
async def test_all_four_suites_of_ocpp_are_spoken(tls_house: House, suite: str) -> None:
    """Case 086, checklist 50 (A00.FR.319 and 320)."""
    context = trusting(tls_house)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(suite)
    with await asyncio.to_thread(shake_hands, tls_house, context) as connection:
        assert connection.cipher() == (suite, "TLSv1.2", 256 if "256-GCM" in suite else 128)
        assert connection.compression() is None


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
async def test_an_older_version_is_refused_and_listed(tls_house: House, version: ssl.TLSVersion) -> None:
    """Case 086 (A00.FR.313)."""
    context = trusting(tls_house)
    context.minimum_version = context.maximum_version = version
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises(ssl.SSLError):
        await asyncio.to_thread(shake_hands, tls_house, context)
    await listed(tls_house, "version")


async def test_a_new_version_is_spoken_too(tls_house: House) -> None:
    with await asyncio.to_thread(shake_hands, tls_house, trusting(tls_house)) as connection:
        assert connection.version() == "TLSv1.3"


async def test_a_charger_logs_in_encrypted(tls_house: House) -> None:
    """Security profile 2: what came plain before is refused then."""
    charger_id = await known_charger(tls_house, profile=2)
    async with logged_in(tls_house, url=wss(tls_house), ssl=trusting(tls_house)):
        connection = tls_house.services.security.logins.connection(charger_id)
        assert connection is not None
        assert (connection.profile, connection.is_encrypted) == (2, True)
    assert (await refusal(tls_house, RAW)).response.status_code == 403
    assert (await refusal(tls_house, None, url=wss(tls_house), ssl=trusting(tls_house))).response.status_code == 401


async def test_a_charger_without_the_authority_hangs_up_and_is_told_what_to_install(tls_house: House) -> None:
    """C13 (Autel): it drops the connection without a word, so the list of callers has to say it."""
    with pytest.raises(ssl.SSLCertVerificationError):
        await asyncio.to_thread(shake_hands, tls_house, ssl.create_default_context())
    await listed(tls_house, "ca.pem")


async def test_a_plain_call_on_the_encrypted_port_is_listed(tls_house: House) -> None:
    with pytest.raises(httpx.TransportError):
        async with httpx.AsyncClient() as client:
            await client.get(f"http://localhost:{tls_house.gateway.tls_port}/KEBA-07")
    await listed(tls_house, "without encryption")


async def test_nothing_is_kept_of_a_caller_that_hangs_up_after_the_handshake(tls_house: House) -> None:
    def of_connections() -> int:
        gc.collect()
        return sum(isinstance(each, EncryptedConnection) for each in gc.get_objects())

    for _number in range(20):
        (await asyncio.to_thread(shake_hands, tls_house, trusting(tls_house))).close()
    await until(lambda: not of_connections())


async def listed(house: House, words: str) -> None:
    deadline = time.monotonic() + 5
    while not any(words in knock.reason for knock in house.services.commissioning.knocking):
        assert time.monotonic() < deadline, [knock.reason for knock in house.services.commissioning.knocking]
        await asyncio.sleep(0.01)


async def test_the_test_address_says_how_it_was_reached(tls_house: House) -> None:
    """C13: a page to open from the place where the charger hangs."""
    async with httpx.AsyncClient(verify=trusting(tls_house)) as client:
        answer = (await client.get(f"https://localhost:{tls_house.gateway.tls_port}/tls-test")).json()
    assert (answer["encrypted"], answer["protocol"], answer["client_certificate"]) == (True, "TLSv1.3", None)
    assert list(tls_house.services.commissioning.knocking) == []


async def test_the_authority_is_downloaded_without_a_token(tls_house: House, tls_api: httpx.AsyncClient) -> None:
    answer = await tls_api.get("/api/v1/security/ca.pem", headers={"Authorization": ""})
    assert answer.text == tls_house.services.security.authority.path.read_text()
    port = (await tls_api.get("/api/v1/security/tls")).json()
    assert (port["port"], port["names"]) == (tls_house.gateway.tls_port, ["localhost", "127.0.0.1"])
    assert port["test"] == f"https://localhost:{tls_house.gateway.tls_port}/tls-test"


async def test_a_new_certificate_is_shown_without_dropping_anybody(
    tls_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificates = tls_house.services.security.server_certificates
    before = certificates.shown().serial_number
    await known_charger(tls_house, profile=2)
    async with logged_in(tls_house, url=wss(tls_house), ssl=trusting(tls_house)) as charger:
        monkeypatch.setattr(server_certificates, "RENEW_BEFORE", 2 * server_certificates.LIFE)
        monkeypatch.setattr(showing, "CERTIFICATE_CHECK_S", 0.01)
        chains = certificates.chains()
        shown = showing.ShownCertificates(certificates, await listeners._context(tls_house.services, chains), chains)
        watching = asyncio.create_task(shown.keep_renewed())
        deadline = time.monotonic() + 20
        while certificates.shown().serial_number == before:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)
        watching.cancel()
        assert "currentTime" in await charger.call("Heartbeat", {})


async def test_the_keys_are_nobody_elses(tls_house: House) -> None:
    folder = tls_house.services.settings.security_dir
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.glob("*.key")}
    assert modes == {"ca.key": 0o600, "server-rsa.key": 0o600, "server-ecdsa.key": 0o600}


async def test_a_certificate_of_another_authority_is_shown_instead(settings: Settings) -> None:
    folder, authority = settings.data_dir, other_authority()
    authority.write_server_chain(folder / "chain.pem", folder / "chain.key")
    changes = {"ocpp_tls_port": 0, "tls_certificate": folder / "chain.pem", "tls_key": folder / "chain.key"}
    async with open_house(settings.model_copy(update=changes)) as house:
        context = ssl.create_default_context(cadata=authority.pem.decode())
        with await asyncio.to_thread(shake_hands, house, context) as connection:
            assert connection.version() == "TLSv1.3"
