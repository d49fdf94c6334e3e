"""The encrypted port of the pages over real sockets: its certificates, own, given and new, and a port that is taken."""

import asyncio
import contextlib
import socket
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from onetime.background import Background
from onetime.cli.serving.https_server import HttpsServer
from onetime.ports.doorman import Doorman
from onetime.services.security.certificates import server as made
from onetime.services.security.certificates import showing
from onetime.services.security.certificates.server import ServerCertificates
from onetime.services.security.entry import own_server_certificates
from onetime.services.security.errors import ServerCertificateError
from onetime.settings import Settings
from tests.integration.attacks.conftest import until
from tests.integration.driving.charger_tls import other_authority


async def scheme(request: Request) -> Response:
    return PlainTextResponse(request.url.scheme)


APP = Starlette(routes=[Route("/", scheme)])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def settings_of(folder: Path, **more: str) -> Settings:
    return Settings(data_dir=folder, host="127.0.0.1", https_port=free_port(), tls_hosts="localhost", **more)


def places() -> Doorman:
    return Doorman(strangers=20, known=20, per_address=20)


@asynccontextmanager
async def serving(
    settings: Settings, certificates: ServerCertificates, doorman: Doorman | None = None
) -> AsyncIterator[str]:
    """Serve until the block ends, and give the address."""
    background = Background()
    server = HttpsServer(APP, settings, doorman or places(), certificates, background)
    task = asyncio.create_task(server.serve_encrypted())
    try:
        while not server.started:
            assert not task.done(), task.exception()
            await asyncio.sleep(0.02)
        yield f"https://localhost:{settings.https_port}/"
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert background.tasks() == []


def trusting(settings: Settings) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=settings.security_dir / "ca.pem")


async def test_a_browser_that_trusts_the_house_is_answered_encrypted(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    async with serving(settings, own_server_certificates(settings)) as url:
        async with httpx.AsyncClient(verify=trusting(settings)) as client:
            assert (await client.get(url)).text == "https"
        async with httpx.AsyncClient() as stranger:
            with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
                await stranger.get(url)


async def test_a_given_certificate_is_shown_instead_and_renewed_when_its_file_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, chain, key = other_authority(), tmp_path / "chain.pem", tmp_path / "chain.key"
    authority.write_server_chain(chain, key)
    settings = settings_of(tmp_path, tls_certificate=str(chain), tls_key=str(key))
    monkeypatch.setattr(showing, "CERTIFICATE_CHECK_S", 0.05)
    trusted = ssl.create_default_context(cadata=authority.pem.decode())
    async with serving(settings, own_server_certificates(settings)) as url:
        async with httpx.AsyncClient(verify=trusted) as client:
            assert (await client.get(url)).text == "https"
        before = await asyncio.to_thread(shown, settings, trusted)
        authority.write_server_chain(chain, key)
        await until_another_is_shown(settings, trusted, before)
    assert not (settings.security_dir / "ca.key").exists()


@pytest.mark.parametrize("broken", ["missing", "empty", "mismatched"])
async def test_a_given_certificate_that_cannot_be_shown_is_a_sentence(tmp_path: Path, broken: str) -> None:
    chain, key = tmp_path / "chain.pem", tmp_path / "chain.key"
    other_authority().write_server_chain(chain, key)
    if broken == "missing":
        chain.unlink()
    elif broken == "empty":
        chain.write_text("")
    else:
        other_authority().write_server_chain(tmp_path / "other.pem", key)
    settings = settings_of(tmp_path, tls_certificate=str(chain), tls_key=str(key))
    with pytest.raises(ServerCertificateError):
        await HttpsServer(APP, settings, places(), own_server_certificates(settings), Background()).serve_encrypted()


async def test_the_port_is_free_again_when_it_has_ended(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    for _time in range(2):
        async with serving(settings, own_server_certificates(settings)):
            pass


async def test_a_port_that_is_taken_ends_nothing_else(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    with socket.create_server(("127.0.0.1", settings.https_port or 0)), pytest.raises(OSError, match="in use"):
        await HttpsServer(APP, settings, places(), own_server_certificates(settings), Background()).serve_encrypted()


async def test_a_new_certificate_is_shown_before_the_old_one_expires(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(tmp_path)
    certificates = own_server_certificates(settings)
    monkeypatch.setattr(showing, "CERTIFICATE_CHECK_S", 0.05)
    async with serving(settings, certificates):
        before = await asyncio.to_thread(shown, settings, trusting(settings))
        with monkeypatch.context() as soon:
            soon.setattr(made, "RENEW_BEFORE", 2 * made.LIFE)
            await asyncio.to_thread(certificates.chains)
        await until_another_is_shown(settings, trusting(settings), before)


async def test_whoever_says_nothing_has_a_place_before_tls_and_makes_room(tmp_path: Path) -> None:
    settings, doorman = settings_of(tmp_path), Doorman(strangers=5, known=0, per_address=5)
    async with serving(settings, own_server_certificates(settings), doorman) as url:
        silent = [await asyncio.open_connection("127.0.0.1", settings.https_port) for _number in range(12)]
        cut = [asyncio.create_task(reader.read()) for reader, _writer in silent]
        async with asyncio.timeout(5):
            await asyncio.gather(*cut[:7], return_exceptions=True)
        assert not any(each.done() for each in cut[7:])
        async with httpx.AsyncClient(verify=trusting(settings)) as browser:
            assert (await browser.get(url)).text == "https"
        for each in cut:
            each.cancel()
        for _reader, writer in silent:
            writer.transport.abort()
        await until(lambda: not doorman.strangers)


async def test_what_is_no_tls_gives_its_place_back(tmp_path: Path) -> None:
    settings, doorman = settings_of(tmp_path), places()
    async with serving(settings, own_server_certificates(settings), doorman):
        reader, writer = await asyncio.open_connection("127.0.0.1", settings.https_port)
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        async with asyncio.timeout(5):
            with contextlib.suppress(ConnectionError):
                await reader.read()
        writer.transport.abort()
        await until(lambda: not doorman.strangers)


async def test_a_handshake_that_has_not_ended_keeps_no_port_open(tmp_path: Path) -> None:
    settings, doorman = settings_of(tmp_path), places()
    async with serving(settings, own_server_certificates(settings), doorman):
        reader, writer = await asyncio.open_connection("127.0.0.1", settings.https_port)
        await until(lambda: doorman.strangers == 1)
        began = time.monotonic()
    assert time.monotonic() - began < 2
    assert doorman.strangers == 0
    with contextlib.suppress(ConnectionError):
        assert await reader.read() == b""
    writer.transport.abort()


async def until_another_is_shown(settings: Settings, trusted: ssl.SSLContext, before: bytes | None) -> None:
    give_up = time.monotonic() + 20
    while await asyncio.to_thread(shown, settings, trusted) == before:
        assert time.monotonic() < give_up
        await asyncio.sleep(0.05)


def shown(settings: Settings, trusted: ssl.SSLContext) -> bytes | None:
    """Return the certificate of a handshake."""
    with (
        socket.create_connection(("localhost", settings.https_port or 0), timeout=10) as plain,
        trusted.wrap_socket(plain, server_hostname="localhost") as connection,
    ):
        return connection.getpeercert(binary_form=True)
