"""The command line, as a person types it, beside a running house."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest

from onetime.clock import utc_now
from onetime.events import ChargerSecurityChanged, CommissioningChanged
from onetime.models import Registration, Role
from onetime.services.people.users import AccountError
from onetime.settings import Settings
from tests.integration.conftest import House, open_house
from tests.integration.driving.charger_login import login, until
from tests.integration.driving.raw_charger import RawCharger


@pytest.fixture
def environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONETIME_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("ONETIME_DATABASE_URL", settings.database_url or "")


def onetime(*arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "onetime", *arguments]
    return subprocess.run(command, input=typed, capture_output=True, text=True, timeout=60, check=False)


pytestmark = pytest.mark.usefixtures("environment")
one_database = pytest.mark.parametrize(
    "database_url", ["sqlite"], indirect=True
)  # is enough: each command is a new process


async def test_a_token_is_printed_alone_and_lets_in(house: House) -> None:
    printed = onetime("token", "create", "--name", "billing").stdout
    token = printed.strip()
    assert printed == f"{token}\n"
    holder = await house.services.people.tokens.holder(token)
    assert holder is not None
    assert (holder.actor, holder.role) == ("api:billing", Role.MANAGER)
    assert await house.services.people.tokens.holder(token + "x") is None


async def test_a_user_created_from_a_pipe_can_log_in_and_closes_the_first_run(house: House) -> None:
    assert onetime("user", "create", "--name", "Anna", typed="a long password\n").returncode == 0
    token = (await house.services.people.logins.log_in("anna", "a long password")).login
    person = await house.services.people.logins.recognise(token)
    assert person is not None
    assert (person.name, person.role) == ("anna", Role.ADMINISTRATOR)
    assert await house.services.people.accounts.house() is not None


async def test_a_charger_is_accepted_while_the_house_runs(settings: Settings) -> None:
    async with open_house(settings.model_copy(update={"accept_new_chargers": False})) as house:
        async with house.charger("NEW-1", booted=False) as charger:
            await charger.call("BootNotification", {"chargePointVendor": "K", "chargePointModel": "M"})
            assert onetime("charger", "accept", "new-1").returncode == 0
            assert (await charger.command())[2] == "TriggerMessage"
        live = house.services.chargers.live.find("NEW-1")
        assert live is not None
        assert live.registration is Registration.ACCEPTED


async def test_the_house_is_opened_and_closed_for_new_chargers_while_it_runs(settings: Settings) -> None:
    async with open_house(settings.model_copy(update={"accept_new_chargers": False})) as house:
        service = house.services.commissioning.window
        assert onetime("charger", "close").stdout == "New chargers are turned away.\n"
        await until(house, CommissioningChanged, lambda: not service.is_open)
        opened = onetime("charger", "open", "--for", "2h")
        await until(house, CommissioningChanged, lambda: service.is_open)
        end = service.open_until
    assert end is not None
    assert opened.stdout == f"New chargers are let in until {end:%Y-%m-%d %H:%M} (UTC).\n"
    assert timedelta(minutes=119) < end - utc_now() < timedelta(minutes=121)


def test_the_months_workbook_adds_up_to_the_registers(settings: Settings, tmp_path: Path) -> None:
    out = tmp_path / "sheet.xlsx"
    done = onetime("report", "--month", "2026-10", "--out", str(out))
    assert (done.returncode, done.stdout.strip()) == (0, str(out)), done.stderr
    assert openpyxl.load_workbook(out, read_only=True).sheetnames


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["charger", "accept", "NOBODY"], "No charger called NOBODY has been in touch yet."),
        (["user", "create", "--name", "a", "--password", "short"], "at least 10 characters"),
        (["report", "--month", "2026-13", "--out", "x.xlsx"], "is not a month"),
        (["report", "--month", "2026-10", "--out", "/nowhere/x.xlsx"], "/nowhere"),
        (["card", "add", "X" * 21], "1 to 20 characters"),
        (["charger", "open", "--for", "53w"], "at most 366 days"),
    ],
)
@one_database
def test_an_error_is_one_sentence(arguments: list[str], sentence: str) -> None:
    failed = onetime(*arguments)
    assert failed.returncode != 0
    assert sentence in failed.stderr
    assert len(failed.stderr.strip().splitlines()) == 1


@one_database
def test_a_length_of_time_is_asked_for_in_words() -> None:
    failed = onetime("charger", "open", "--for", "tomorrow")
    assert failed.returncode == 2
    assert "write 30m, 12h, 1d or 2w" in failed.stderr


@one_database
def test_a_house_that_accepts_everybody_is_not_closed_by_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONETIME_ACCEPT_NEW_CHARGERS", "true")
    failed = onetime("charger", "close")
    assert failed.returncode == 1
    assert "ONETIME_ACCEPT_NEW_CHARGERS" in failed.stderr


@one_database
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONETIME_HTTP_PORT", "eight thousand")
    failed = onetime("doctor")
    assert failed.returncode == 1
    assert "ONETIME_HTTP_PORT" in failed.stderr


def test_the_doctor_finds_nothing_serious_in_a_new_house() -> None:
    found = onetime("doctor")
    assert found.returncode == 0, found.stdout
    assert "Everything needed is in place." in found.stdout


@one_database
def test_the_doctor_finds_a_database_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONETIME_DATABASE_URL", "postgresql://user:secret@127.0.0.1:1/none")
    found = onetime("doctor")
    assert found.returncode == 1
    assert "does not answer" in found.stdout
    assert "secret" not in found.stdout


async def test_a_password_set_by_command_is_printed_once_and_counts_at_once(house: House) -> None:
    async with house.charger("A-1"):
        pass
    printed = onetime("charger", "password", "a-1")
    key = printed.stdout.strip()
    assert (printed.stdout, len(bytes.fromhex(key))) == (f"{key}\n", 20)
    live = house.services.chargers.live.find("A-1")
    assert live is not None
    await until(house, ChargerSecurityChanged, lambda: house.services.security.logins.facts(live.id).has_password)
    assert onetime("charger", "profile", "a-1", "1").returncode == 0
    await until(house, ChargerSecurityChanged, lambda: house.services.security.logins.facts(live.id).profile == 1)
    async with RawCharger.connected(f"{house.url}/A-1", **login(bytes.fromhex(key), "A-1")) as charger:
        await charger.call("Heartbeat", {})


@one_database
async def test_a_profile_that_would_lock_out_is_refused_by_command(house: House) -> None:
    async with house.charger("A-1"):
        pass
    refused = onetime("charger", "profile", "A-1", "2")
    assert refused.returncode == 2
    assert "ONETIME_OCPP_TLS_PORT" in refused.stderr
    assert onetime("charger", "profile", "B-1", "0").returncode == 1
    assert "8 to 64" in onetime("charger", "password", "A-1", "--stdin", typed="short\n").stderr
    assert onetime("charger", "password", "A-1", "--stdin", typed="AABBCCDDEEFFGGHH\n").returncode == 0


@one_database
async def test_a_shell_without_the_houses_environment_may_require_encryption(settings: Settings) -> None:
    """The house says in its database that its encrypted port is open."""
    async with open_house(settings.model_copy(update={"ocpp_tls_port": 0})) as house:
        async with house.charger("A-1"):
            pass
        assert onetime("charger", "password", "A-1").returncode == 0
        assert onetime("charger", "profile", "A-1", "2").returncode == 0


@one_database
def test_half_a_certificate_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONETIME_TLS_KEY", "key.pem")
    refused = onetime("doctor")
    assert refused.stderr.strip() == "ONETIME_TLS_CERTIFICATE and ONETIME_TLS_KEY must be set together."


async def test_a_second_person_needs_a_role_and_a_password_that_is_not_tried_first(house: House) -> None:
    assert onetime("user", "create", "--name", "anna", typed="a long password\n").returncode == 0
    unsaid = onetime("user", "create", "--name", "ben", typed="a long password\n")
    assert (unsaid.returncode, unsaid.stderr.count("--role")) == (1, 1)
    common = onetime("user", "create", "--name", "ben", "--role", "manager", typed="password123\n")
    assert (common.returncode, "tried first" in common.stderr) == (1, True)
    assert onetime("user", "create", "--name", "ben", "--role", "manager", typed="a long password\n").returncode == 0
    assert [line.split("\t")[:2] for line in onetime("user", "list").stdout.splitlines()] == [
        ["anna", "administrator"],
        ["ben", "manager"],
    ]


@one_database
async def test_a_forgotten_password_is_replaced_and_a_person_let_in_no_more(house: House) -> None:
    logins = house.services.people.logins
    assert onetime("user", "create", "--name", "anna", typed="a long password\n").returncode == 0
    login = (await logins.log_in("anna", "a long password")).login
    assert onetime("user", "password", "--name", "Anna", typed="another sentence\n").returncode == 0
    assert await logins.recognise(login) is None
    with pytest.raises(AccountError):
        await logins.log_in("anna", "a long password")
    login = (await logins.log_in("anna", "another sentence")).login
    assert "last administrator" in onetime("user", "disable", "--name", "anna").stderr
    assert onetime("user", "logout", "--name", "anna").stdout == "1 logins of anna have ended.\n"
    assert await logins.recognise(login) is None
    onetime("user", "create", "--name", "eve", "--role", "administrator", typed="a long password\n")
    assert onetime("user", "disable", "--name", "anna").returncode == 0
    with pytest.raises(AccountError, match="any more"):
        await logins.log_in("anna", "another sentence")
    assert onetime("user", "enable", "--name", "anna").returncode == 0
    assert await logins.log_in("anna", "another sentence")
    assert "no user called nobody" in onetime("user", "disable", "--name", "nobody").stderr


@one_database
async def test_tokens_are_listed_revoked_and_end(house: House) -> None:
    token = onetime("token", "create", "--name", "sheet", "--role", "tenant", "--days", "30").stdout.strip()
    assert await house.services.people.tokens.holder(token)
    listed = onetime("token", "list").stdout
    assert listed.startswith("sheet\ttenant\tsince ")
    assert token not in listed
    assert onetime("token", "revoke", "--name", "sheet").returncode == 0
    assert await house.services.people.tokens.holder(token) is None
    assert onetime("token", "list").stdout.endswith("\tended\n")
    assert "no token called sheet" in onetime("token", "revoke", "--name", "sheet").stderr
    assert "days" in onetime("token", "create", "--name", "x", "--days", "0").stderr
