"""Chargers that know only FTP: a port that is open while one is needed, a login for one transfer."""

import asyncio
import contextlib
import logging
import random
import shutil
from pathlib import Path

import aioftp
import pytest

from onetime.budgets import FTP_NEWCOMERS
from onetime.models import FileKind
from onetime.services.files.errors import NoWayToChargerError
from onetime.services.files.transfers import LOCKED_AFTER, FileProtocol
from onetime.settings import Settings
from tests.integration.conftest import House, open_house
from tests.integration.driving.file_door import (
    chunks,
    content_of,
    ftp_client,
    ftp_fetch,
    ftp_leave,
    left_behind,
    opened,
    stored,
    until,
)

FIRMWARE = random.Random(8).randbytes(1_500_000)
LOG = b"2026-10-05T18:00:00Z boot\n" * 20_000
FTP = FileProtocol.FTP


@pytest.fixture
def database_url() -> str | None:
    """How files travel is the same on every database."""
    return None


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"ftp_port": 0, "ftp_data_ports": "0"})


@pytest.fixture(autouse=True)
def quick_guesses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onetime.gateway.files.ftp_session.GUESSING_COSTS_S", 0.0)


async def test_a_charger_fetches_its_firmware(house: House) -> None:
    file = await stored(house, FIRMWARE)
    async with opened(house, FTP, file) as (transfer, location):
        assert await ftp_fetch(location) == FIRMWARE
        assert transfer.moved_bytes == len(FIRMWARE)


async def test_connections_without_a_login_end_soon_and_keep_nobody_out(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onetime.gateway.files.ftp_session.FTP_LOGIN_S", 1.0)
    file = await stored(house, FIRMWARE)
    async with opened(house, FTP, file) as (_transfer, location):
        port = int(location.split("@")[1].split("/")[0].rpartition(":")[2])
        silent = [await asyncio.open_connection("127.0.0.1", port) for _number in range(FTP_NEWCOMERS + 20)]
        try:
            assert await ftp_fetch(location) == FIRMWARE
            async with asyncio.timeout(5):
                for reader, _writer in silent:
                    with contextlib.suppress(ConnectionError):
                        await reader.read()
        finally:
            for _reader, writer in silent:
                writer.close()


async def test_a_line_longer_than_any_command_ends_the_connection(house: House) -> None:
    file = await stored(house, FIRMWARE)
    async with opened(house, FTP, file) as (_transfer, location):
        port = int(location.split("@")[1].split("/")[0].rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"x" * 30_000 + b"\r\n")
        async with asyncio.timeout(5):
            with contextlib.suppress(ConnectionError):
                assert len(await reader.read()) < 200
        writer.close()


async def test_a_download_goes_on_where_it_broke_off(house: House) -> None:
    file = await stored(house, FIRMWARE)
    async with opened(house, FTP, file) as (_transfer, location):
        assert await ftp_fetch(location, offset=1_000_000) == FIRMWARE[1_000_000:]


async def test_a_restart_said_before_the_port_is_opened_counts_too(house: House) -> None:
    file = await stored(house, FIRMWARE)
    async with opened(house, FTP, file) as (_transfer, location), ftp_client(location) as (client, path):
        await client.command("REST 1499990", "350")
        async with client.download_stream(path) as stream:
            assert await stream.read() == FIRMWARE[1_499_990:]


async def test_a_charger_leaves_its_log(house: House) -> None:
    async with opened(house, FTP, FileKind.DIAGNOSTICS) as (transfer, location):
        await ftp_leave(location, "logs/keba.log", chunks(LOG))
        [file] = transfer.arrived
    assert (content_of(house, file), file.name) == (LOG, "keba.log")


async def test_a_log_appended_in_two_parts_is_one_file(house: House) -> None:
    async with opened(house, FTP, FileKind.LOG) as (transfer, location), ftp_client(location) as (client, path):
        for part in (LOG[:1000], LOG[1000:]):
            async with client.append_stream(f"{path}keba.log") as stream:
                await stream.write(part)
        [file] = transfer.arrived
        assert content_of(house, file) == LOG
        assert left_behind(house) == [file.stored_as]


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("how", [[], ["--disable-epsv"], ["--ftp-create-dirs"], ["--ftp-method", "nocwd"]])
async def test_curl_which_many_chargers_run_fetches_and_leaves(house: House, tmp_path: Path, how: list[str]) -> None:
    (tmp_path / "keba.log").write_bytes(LOG)
    file = await stored(house, FIRMWARE)
    async with opened(house, FTP, file) as (_a, fetching), opened(house, FTP, FileKind.LOG) as (left, leaving):
        for arguments in (["-o", str(tmp_path / "got"), fetching], ["-T", str(tmp_path / "keba.log"), leaving]):
            curl = await asyncio.create_subprocess_exec("curl", "--fail", "-sS", *how, *arguments)
            assert await curl.wait() == 0
        assert content_of(house, left.arrived[0]) == LOG
    assert (tmp_path / "got").read_bytes() == FIRMWARE


async def test_the_port_is_open_only_while_somebody_needs_it(house: House) -> None:
    async with opened(house, FTP, FileKind.LOG) as (_transfer, location):
        port = house.services.files.transfers.ftp_port
        assert port is not None
        async with opened(house, FTP, FileKind.LOG):
            assert house.services.files.transfers.ftp_port == port
        await ftp_leave(location, "a.log", chunks(LOG))
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_a_port_that_is_taken_is_one_sentence(settings: Settings) -> None:
    taken = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
    port = taken.sockets[0].getsockname()[1]
    async with open_house(settings.model_copy(update={"ftp_port": port})) as house:
        with pytest.raises(NoWayToChargerError, match="ONETIME_FTP_PORT"):
            async with opened(house, FTP, FileKind.LOG):
                pass
    taken.close()
    await taken.wait_closed()


@pytest.mark.parametrize("path", ["/etc/passwd", "../../etc/passwd", "onetime.sqlite3", "/", "firmware"])
async def test_nothing_but_the_one_file_can_be_fetched(house: House, path: str) -> None:
    file = await stored(house, FIRMWARE)
    async with opened(house, FTP, file) as (_transfer, location):
        assert await refusal(location, f"RETR {path}") == "550"


async def test_a_name_is_never_a_path(house: House) -> None:
    async with opened(house, FTP, FileKind.LOG) as (transfer, location):
        await ftp_leave(location, "../../../onetime.sqlite3", chunks(LOG))
        [file] = transfer.arrived
        assert (file.name, left_behind(house)) == ("onetime.sqlite3", [file.stored_as])


async def test_who_may_fetch_may_not_leave_and_the_other_way_round(house: House) -> None:
    file = await stored(house, FIRMWARE)
    async with opened(house, FTP, file) as (_transfer, location):
        assert [await refusal(location, f"{command} x") for command in ("STOR", "APPE", "STOU")] == ["550"] * 3
    async with opened(house, FTP, FileKind.LOG) as (_transfer, location):
        assert await refusal(location, "RETR firmware-2.0.bin") == "550"


@pytest.mark.parametrize(
    "command", ["PASV", "EPSV", "LIST", "RETR x", "STOR x", "APPE x", "SIZE x", "DELE x", "RNFR x"]
)
async def test_nothing_works_before_the_login(house: House, command: str) -> None:
    async with opened(house, FTP, FileKind.LOG):
        client = aioftp.Client()
        await client.connect("127.0.0.1", house.services.files.transfers.ftp_port or 0)
        with pytest.raises(aioftp.StatusCodeError):
            await client.command(command, "2xx")
        client.close()


async def test_a_wrong_password_opens_nothing_and_some_lock_the_login(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with opened(house, FTP, FileKind.LOG) as (transfer, location):
        for _guess in range(LOCKED_AFTER):
            with pytest.raises(aioftp.StatusCodeError):
                await ftp_fetch(location.replace(transfer.token, "guess"))
        with pytest.raises(aioftp.StatusCodeError):
            await ftp_leave(location, "a.log", chunks(LOG))
    assert transfer.token not in caplog.text


async def test_a_login_ends_with_its_operation(house: House) -> None:
    async with opened(house, FTP, FileKind.LOG):
        async with opened(house, FTP, FileKind.LOG) as (_transfer, location):
            pass
        with pytest.raises(aioftp.StatusCodeError):
            await ftp_leave(location, "a.log", chunks(LOG))


async def test_an_upload_that_breaks_off_leaves_nothing(house: House, caplog: pytest.LogCaptureFixture) -> None:
    async with opened(house, FTP, FileKind.LOG) as (transfer, location):
        client = aioftp.Client()
        await client.connect("127.0.0.1", house.services.files.transfers.ftp_port or 0)
        await client.login(transfer.user, transfer.token)
        stream = await client.upload_stream("keba.log")
        await stream.write(LOG)
        await until(lambda: left_behind(house))
        client.close()  # the command connection goes first: nobody knows whether that was all
        await until(lambda: not transfer.connections and not left_behind(house))
        stream.close()
        assert transfer.arrived == []
    assert location not in caplog.text
    assert "Traceback" not in caplog.text


async def test_an_upload_that_is_aborted_leaves_nothing(house: House) -> None:
    async with opened(house, FTP, FileKind.LOG) as (transfer, location), ftp_client(location) as (client, path):
        stream = await client.upload_stream(f"{path}keba.log")
        await stream.write(LOG)
        await until(lambda: left_behind(house))
        await client.command("ABOR", ("226", "426"), ("150",))
        await until(lambda: not transfer.connections and not left_behind(house))
        stream.close()
        assert transfer.arrived == []


async def test_a_file_too_large_is_refused(settings: Settings) -> None:
    small = settings.model_copy(update={"file_limit_mb": 1})
    async with open_house(small) as house, opened(house, FTP, FileKind.LOG) as (transfer, location):
        with pytest.raises((aioftp.StatusCodeError, ConnectionError)):
            await ftp_leave(location, "big", chunks(FIRMWARE))
        assert (transfer.arrived, left_behind(house)) == ([], [])


async def test_a_data_connection_uses_the_ports_the_firewall_lets_through(settings: Settings) -> None:
    narrow = settings.model_copy(update={"ftp_data_ports": "42122-42123"})
    async with open_house(narrow) as house, opened(house, FTP, FileKind.LOG) as (_transfer, location):
        async with ftp_client(location) as (client, _path):
            _code, [info] = await client.command("EPSV", "229")
            assert any(f"|{port}|" in info for port in (42122, 42123))
        await ftp_leave(location, "a.log", chunks(LOG))


async def refusal(location: str, command: str) -> str:
    """Return the code a command is refused with, after the login and with a port for data."""
    async with ftp_client(location) as (client, _path):
        await client.command("EPSV", "229")
        with pytest.raises(aioftp.StatusCodeError) as refused:
            await client.command(command, "1xx")
    return str(refused.value.received_codes[0])
