"""Sockets as real chargers open, use and leave them. The letters are those of the list of quirks."""

import asyncio
import json
import os
import time

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from onetime.gateway import server
from onetime.gateway.frames.answering import Reply, answer
from onetime.gateway.frames.syntax import Call
from onetime.gateway.sockets import connection, greeting
from onetime.models import Role
from onetime.services.people.tokens import create_api_token
from onetime.services.runtime import Services
from tests.integration.conftest import House
from tests.integration.driving.api_client import the_api
from tests.integration.driving.raw_charger import RawCharger
from tests.integration.driving.raw_socket import BINARY, PING, TEXT, RawSocket

BOOT = {"chargePointVendor": "Keba", "chargePointModel": "P30"}
AVAILABLE = {"connectorId": 1, "status": "Available", "errorCode": "NoError"}
HEARTBEAT = b'[2,"1","Heartbeat",{}]'
TOGETHER = int(os.environ.get("ONETIME_TEST_SOCKETS", "100"))


@pytest.fixture
def database_url() -> str | None:
    """A socket is the same on every database."""
    return None


async def until(true: object, within_s: float = 5.0) -> None:
    deadline = time.monotonic() + within_s
    while not true():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.01)


async def test_a_short_probe_for_the_version_leaves_no_trace(house: House) -> None:
    """C2 (lbbrhzn #2008): the real connection comes at once after a probe."""
    probe = await connect(f"{house.url}/A", subprotocols=["ocpp2.0.1", "ocpp1.6"])  # type: ignore[list-item]
    async with house.charger("A") as charger:
        await probe.close()
        await asyncio.sleep(0.05)
        assert "currentTime" in await charger.call("Heartbeat", {})
        live = house.services.chargers.live.find("A")
        assert live is not None
        assert live.online


@pytest.mark.parametrize("headers", [("Upgrade: websocket",), ("Upgrade: WebSocket", "Connection: keep-alive")])
async def test_a_request_without_connection_upgrade_is_let_through(house: House, headers: tuple[str, ...]) -> None:
    """C3 (Autel; lbbrhzn #1933)."""
    async with RawSocket.opened(house.gateway.port, "/AUTEL", headers) as socket:
        assert socket.status == 101
        await socket.send(b'[2,"1","BootNotification",' + json.dumps(BOOT).encode() + b"]")
        assert json.loads((await socket.receive())[1])[2]["status"] == "Accepted"


async def test_a_browser_is_told_that_this_is_no_page(house: House) -> None:
    async with RawSocket.opened(house.gateway.port, "/A", ("Connection: keep-alive",)) as socket:
        assert socket.status == 426


@pytest.mark.parametrize(
    "path", ["/A-7", "/A-7/", "//A-7", "/4/A-7", "/ocpp/a-7", "/A%2D7", "/A-7?x=/B", "/ocpp/%20A-7%20"]
)
async def test_a_charger_is_found_at_every_path_it_makes_of_its_address(house: House, path: str) -> None:
    """C4 (SteVe #689, open-ocpp #198), C5 (SteVe aeb40a9)."""
    async with house.charger("A-7"):
        pass
    async with RawCharger.connected(house.url + path) as charger:
        await charger.call("Heartbeat", {})
    assert [known.identity for known in house.services.chargers.live.chargers()] == ["A-7"]


async def test_a_charger_without_pongs_is_kept_while_it_speaks(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """C8 (evcc #33099)."""
    monkeypatch.setattr(server, "PING_EVERY_S", 0.1)
    async with RawSocket.opened(house.gateway.port, "/A") as socket:
        await socket.send(b'[2,"1","BootNotification",' + json.dumps(BOOT).encode() + b"]")
        assert (await socket.receive())[0] == TEXT
        watching = asyncio.create_task(house.gateway.watch_life())
        seen = [(await socket.receive())[0] for _number in range(7)]
        await socket.send(HEARTBEAT)
        while (await socket.receive())[0] == PING:
            pass
    watching.cancel()
    assert set(seen) == {PING}


async def test_a_half_open_socket_is_closed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """C7, C8: neither frames nor pongs for three times the heartbeat."""
    monkeypatch.setattr(server, "PING_EVERY_S", 0.05)
    monkeypatch.setattr(server, "HEARTBEAT_S", 0.2)
    watching = asyncio.create_task(house.gateway.watch_life())
    async with RawSocket.opened(house.gateway.port, "/A") as socket:
        assert await socket.close_code() == 1001
    watching.cancel()
    live = house.services.chargers.live.find("A")
    assert live is not None
    await until(lambda: not live.online)


async def test_compression_is_used_when_offered_and_keeps_nothing(house: House) -> None:
    """C11; OCPP-J 1.6, section 5.1."""
    async with connect(f"{house.url}/A", subprotocols=["ocpp1.6"], compression="deflate") as socket:  # type: ignore[list-item]
        assert socket.response is not None
        agreed = socket.response.headers["Sec-WebSocket-Extensions"]
        assert "server_no_context_takeover" in agreed
        assert "client_no_context_takeover" in agreed
        charger = RawCharger(socket)
        assert (await charger.call("BootNotification", BOOT))["status"] == "Accepted"
        assert "currentTime" in await charger.call("Heartbeat", {})


async def test_compression_is_not_used_when_not_offered(house: House) -> None:
    """C11 (OCPP.Core #45)."""
    async with RawSocket.opened(house.gateway.port, "/A") as socket:
        assert "Extensions" not in socket.headers


async def test_a_compressed_frame_nobody_agreed_to_closes_the_socket(house: House) -> None:
    """C11 (ocpp-go #358)."""
    async with RawSocket.opened(house.gateway.port, "/A") as socket:
        await socket.send(HEARTBEAT, reserved=0x40)
        assert await socket.close_code() == 1002


async def test_an_empty_frame_says_nothing_and_a_binary_one_is_read(house: House) -> None:
    """C12 (SteVe #66)."""
    async with RawSocket.opened(house.gateway.port, "/A") as socket:
        await socket.send(b'[2,"1","BootNotification",' + json.dumps(BOOT).encode() + b"]", BINARY)
        assert json.loads((await socket.receive())[1])[:2] == [3, "1"]
        await socket.send(b"")
        await socket.send(b" \r\n")
        await socket.send(HEARTBEAT.replace(b"1", b"2"))
        assert json.loads((await socket.receive())[1])[:2] == [3, "2"]


async def test_nothing_is_sent_before_a_boot_has_settled(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """B2 (lbbrhzn #1503): a charger that is spoken to while it boots boots again."""
    monkeypatch.setattr(greeting, "SETTLING_S", 0.7)
    async with house.charger(booted=False) as charger:
        await asyncio.sleep(0.2)
        await charger.call("BootNotification", BOOT)
        booted_at = time.monotonic()
        await charger.command()
        assert time.monotonic() - booted_at > 0.6


async def test_a_charger_that_reconnects_without_a_boot_is_asked_for_its_state(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B1; checklist 5 and 20: its connectors' states are stale, and a boot is not asked for."""
    async with house.charger():
        pass
    monkeypatch.setattr(greeting, "SETTLING_S", 0.05)
    async with house.charger(booted=False) as charger:
        assert (await charger.command())[2:] == ["TriggerMessage", {"requestedMessage": "StatusNotification"}]


async def test_a_message_sent_again_gets_the_same_answer(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """P6 (MicroOcpp #50): the answer is repeated, the message is not taken a second time."""
    taken = []

    async def counted(services: Services, charger_id: int, call: Call, raw: str) -> Reply:
        taken.append(call.action)
        return await answer(services, charger_id, call, raw)

    monkeypatch.setattr(connection, "answer", counted)
    start = {"connectorId": 1, "idTag": "CARD", "meterStart": 0}
    async with house.charger() as charger:
        first = await charger.call("StartTransaction", start, "same")
        assert await charger.call("StartTransaction", start, "same") == first
        await charger.call("StartTransaction", start, "other")
    assert taken.count("StartTransaction") == 2


async def test_a_refused_message_sent_again_is_tried_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    replies = [Reply('[4,"same","InternalError","",{}]', "no disk"), Reply('[3,"same",{"transactionId":7}]')]

    async def failing_once(_services: Services, _charger_id: int, _call: Call, _raw: str) -> Reply:
        return replies.pop(0)

    async with house.charger() as charger:
        monkeypatch.setattr(connection, "answer", failing_once)
        start = {"connectorId": 1, "idTag": "CARD", "meterStart": 0}
        assert (await charger.exchange("StartTransaction", start, "same"))[0] == 4
        assert await charger.call("StartTransaction", start, "same") == {"transactionId": 7}


async def test_an_id_used_for_everything_does_not_confuse_messages(house: House) -> None:
    async with house.charger() as charger:
        assert "currentTime" in await charger.call("Heartbeat", {}, "0")
        assert "transactionId" in await charger.call(
            "StartTransaction", {"connectorId": 1, "idTag": "CARD", "meterStart": 0}, "0"
        )
        assert await charger.call("StatusNotification", AVAILABLE, "0") == {}


async def test_the_same_id_over_another_socket_is_another_message(house: House) -> None:
    """Checklist 10."""
    start = {"connectorId": 1, "idTag": "CARD", "meterStart": 0}
    async with house.charger("A") as a, house.charger("B") as b:
        assert await a.call("StartTransaction", start, "1") != await b.call("StartTransaction", start, "1")


async def test_a_frame_without_end_closes_the_socket_and_nothing_else(house: House) -> None:
    async with house.charger("A") as greedy, house.charger("B") as other:
        with pytest.raises(ConnectionError):
            await greedy.send_raw('[2,"1","DataTransfer",{"data":"' + "x" * 2_000_000 + '"}]')
        assert greedy.socket.close_code == 1009
        assert "currentTime" in await other.call("Heartbeat", {})


async def test_all_chargers_come_back_at_once(house: House) -> None:
    """Mass reconnect; ``ONETIME_TEST_SOCKETS`` sets how many."""

    async def arrive(number: int) -> str:
        async with house.charger(f"C-{number}", booted=False) as charger:
            answer = await charger.call("BootNotification", BOOT)
            return str(answer["status"])

    answers = await asyncio.gather(*(arrive(number) for number in range(TOGETHER)))
    assert answers == ["Accepted"] * TOGETHER


async def test_who_was_refused_is_listed(house: House) -> None:
    with pytest.raises(InvalidStatus):
        await connect(f"{house.url}/OLD", subprotocols=["ocpp1.5", "ocpp2.0.1"])  # type: ignore[list-item]
    with pytest.raises(InvalidStatus):
        await connect(f"{house.url}/", subprotocols=["ocpp1.6"])  # type: ignore[list-item]
    token = await house.services.database.write(lambda s: create_api_token(s, "test", Role.INSTALLER))
    transport = httpx.ASGITransport(the_api())
    async with httpx.AsyncClient(transport=transport, base_url="http://house") as api:
        answer = await api.get("/api/v1/knocking", headers={"Authorization": f"Bearer {token}"})
    [nameless, old] = answer.json()["items"]
    assert (nameless["path"], nameless["count"]) == ("/", 1)
    assert nameless["reason"].startswith("404 The address must end with the charger's name")
    assert (old["path"], old["address"], old["offered"]) == ("/OLD", "127.0.0.1", "ocpp1.5, ocpp2.0.1")
    assert old["reason"].startswith("400 ")


@pytest.mark.parametrize(
    ("action", "payload", "answer"),
    [
        ("SecurityEventNotification", {"type": "FirmwareUpdated", "timestamp": "2026-10-05T18:00:00Z"}, {}),
        ("LogStatusNotification", {"status": "Uploading", "requestId": 7}, {}),
        ("SignedFirmwareStatusNotification", {"status": "Installed", "requestId": 7}, {}),
        ("SignCertificate", {"csr": "-----BEGIN CERTIFICATE REQUEST-----"}, {"status": "Rejected"}),
    ],
)
async def test_the_messages_of_the_security_whitepaper_are_answered(
    house: House, action: str, payload: dict[str, object], answer: dict[str, object]
) -> None:
    """Checklist 51 and 52."""
    async with house.charger() as charger:
        assert await charger.call(action, payload) == answer
