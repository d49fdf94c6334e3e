"""The connection: dialled again and again, with a password if there is one."""

import asyncio
import base64
import logging
import socket

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from onetime.simulator import Car, SimulatedCharger
from tests.unit.simulator.central import Central, listen, running_central
from tests.unit.simulator.factories import CARD, Pauses, make_charger


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_an_unreachable_server_is_tried_again_with_growing_pauses(caplog: pytest.LogCaptureFixture) -> None:
    central, pauses = Central(port=free_port()), Pauses()
    charger = make_charger(central, pause=pauses)
    with caplog.at_level(logging.WARNING, "onetime.simulator"):
        connecting = asyncio.create_task(charger.connect())
        await central.until(lambda: len(pauses.seconds) >= 4)
        async with await listen(central):
            await connecting
            await charger.close()
    assert "Nothing answers at ws://127.0.0.1" in caplog.text
    bases = [1, 2, 4, 8]
    assert all(0.75 * b <= seconds <= 1.25 * b for b, seconds in zip(bases, pauses.seconds, strict=False))


async def test_a_charger_comes_back_by_itself_and_does_not_boot_again() -> None:
    async with running_central() as central, make_charger(central):
        first = central.sockets["SIM-1"]
        await first.close()
        await central.until(lambda: central.sockets["SIM-1"] is not first)
        assert (await central.call("SIM-1", "GetLocalListVersion"))[0] == 3
        assert len(central.of("BootNotification")) == 1


async def test_a_status_that_changed_while_offline_is_told_afterwards() -> None:
    async with running_central() as central, make_charger(central) as charger:
        await charger.go_offline()
        await charger.plug_in(1, Car())
        assert central.statuses() == ["Available"]
        await charger.come_back()
        assert central.statuses() == ["Available", "Preparing"]


async def test_the_password_is_sent_as_basic_authentication() -> None:
    async with running_central() as central, make_charger(central, password="geheim:1"):
        expected = "Basic " + base64.b64encode(b"SIM-1:geheim:1").decode()
        assert central.credentials == [expected]


async def test_a_new_authorization_key_is_used_from_the_next_connection_on() -> None:
    async with running_central() as central, make_charger(central) as charger:
        key = "00112233445566778899aabbccddeeff01020304"
        answer = await central.call("SIM-1", "ChangeConfiguration", {"key": "AuthorizationKey", "value": key})
        assert answer[2] == {"status": "Accepted"}
        await charger.go_offline()
        await charger.come_back()
        sent = base64.b64decode((central.credentials[-1] or "").removeprefix("Basic "))
        assert sent == b"SIM-1:" + bytes.fromhex(key)


async def test_a_server_that_does_not_know_the_charger_is_named(caplog: pytest.LogCaptureFixture) -> None:
    def unknown(connection: ServerConnection, request: Request) -> Response:
        return connection.respond(404, "not here")

    async def nothing(connection: ServerConnection) -> None:
        await connection.wait_closed()

    async with serve(nothing, "127.0.0.1", 0, process_request=unknown) as server:
        port = server.sockets[0].getsockname()[1]
        pauses = Pauses()
        charger = SimulatedCharger(f"ws://127.0.0.1:{port}", "SIM-9", pause=pauses)
        with caplog.at_level(logging.WARNING, "onetime.simulator"):
            connecting = asyncio.create_task(charger.connect())
            await Central().until(lambda: pauses.seconds)
            connecting.cancel()
            await charger.close()
    assert "does not know SIM-9 (HTTP 404)" in caplog.text


async def test_fifty_chargers_may_charge_at_once() -> None:
    async with running_central() as central:
        chargers = [make_charger(central, f"SIM-{number}") for number in range(50)]
        await asyncio.gather(*(charger.connect() for charger in chargers))
        await asyncio.gather(*(charger.boot() for charger in chargers))
        await asyncio.gather(*(charger.plug_in(1) for charger in chargers))
        await asyncio.gather(*(charger.tap(1, CARD) for charger in chargers))
        assert len({call.identity for call in central.of("StartTransaction")}) == 50
        await asyncio.gather(*(charger.close() for charger in chargers))
