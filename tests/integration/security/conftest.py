"""What the stories about security share: one database, an authority made once, and the API as an administrator."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from onetime.models import Role
from onetime.services.security.certificates.authority import CertificateAuthority
from onetime.services.security.certificates.server import ServerCertificates
from onetime.settings import Settings
from tests.integration.conftest import House, open_house
from tests.integration.driving.api_client import client

HOSTS = ["localhost", "127.0.0.1"]


@pytest.fixture
def database_url() -> str | None:
    """These rules are the same on every database."""
    return None


@pytest.fixture
async def api(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with await client(house, Role.ADMINISTRATOR) as opened:
        yield opened


@pytest.fixture(scope="session")
def keys_made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority and the encrypted port's certificates: an RSA key takes half a second."""
    folder = tmp_path_factory.mktemp("authority") / "security"
    ServerCertificates(CertificateAuthority(folder), folder, HOSTS, None).chains()
    return folder


@pytest.fixture
def tls_settings(settings: Settings, keys_made_once: Path) -> Settings:
    shutil.copytree(keys_made_once, settings.security_dir)
    return settings.model_copy(update={"ocpp_tls_port": 0, "tls_hosts": ",".join(HOSTS)})


@pytest.fixture
async def tls_house(tls_settings: Settings) -> AsyncIterator[House]:
    async with open_house(tls_settings) as opened:
        yield opened


@pytest.fixture
async def tls_api(tls_house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with await client(tls_house, Role.ADMINISTRATOR) as opened:
        yield opened
