"""Every setting, once: read from ``ONETIME_*`` environment variables, typed, with safe defaults."""

from functools import lru_cache
from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

LONGEST_DAYS = 36_600  # a hundred years: with more, "now less these days" is before all calendars
LARGEST_MB = 10**9  # a petabyte


class Settings(BaseSettings):
    """The settings of one installation.

    A wrong value raises ``pydantic.ValidationError``; the command line turns it into one sentence.
    """

    model_config = SettingsConfigDict(env_prefix="ONETIME_", extra="ignore", frozen=True)

    data_dir: Path = Field(default=Path("data"), description="Where the database and files live.")
    host: str = Field(default="0.0.0.0", description="Address both ports listen on.")  # noqa: S104 - phones and chargers come over the LAN
    http_port: int = Field(default=8000, ge=0, le=65535, description="Port of the pages and the API.")
    https_port: int | None = Field(
        default=None, ge=0, le=65535, description="Encrypted port of the pages and the API; without it there is none."
    )
    hosts: str = Field(
        default="", description="Further names people open the pages by, with commas, such as charging.example.com."
    )
    ocpp_port: int = Field(default=9000, ge=0, le=65535, description="Port the chargers connect to.")
    ocpp_tls_port: int | None = Field(
        default=None,
        ge=0,
        le=65535,
        description="Encrypted port (wss://, https:// for files) for chargers; without it there is none.",
    )
    tls_hosts: str = Field(
        default="", description="Names and addresses chargers call, with commas; those of this computer by default."
    )
    tls_certificate: Path | None = Field(
        default=None, description="A certificate of another authority for the encrypted port, with its chain (PEM)."
    )
    tls_key: Path | None = Field(default=None, description="The key of that certificate (PEM).")
    tls_client_ca: Path | None = Field(
        default=None, description="Further authorities whose charger certificates count (PEM)."
    )
    ca_passphrase: SecretStr | None = Field(
        default=None, description="Protects the key of the own certificate authority on the disk."
    )
    database_url: str | None = Field(
        default=None, description="PostgreSQL address; without it SQLite in the data folder is used."
    )
    accept_new_chargers: bool = Field(
        default=False, description="Let every new charger in at any time, and accept it at its first contact."
    )
    commissioning_days: int = Field(
        default=30, ge=0, le=366, description="Days new chargers are let in after the first start; 0 for not at all."
    )
    accept_unknown_cards: bool = Field(
        default=False, description="Let a card nobody has accepted yet charge; it is listed for assignment."
    )
    command_timeout_s: float = Field(
        default=60.0,
        gt=0,
        le=86_400,
        description="Seconds a charger has for the answer to a command; some need a minute.",
    )
    language: str = Field(default="en", pattern="^(en|de|fr|it)$", description="Language before a login.")
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="Log detail.")
    log_file: Path | None = Field(default=None, description="A file the log is written to as well, of limited size.")
    stop_grace_s: float = Field(
        default=120.0,
        gt=0,
        le=LONGEST_DAYS * 86_400,
        description="Seconds a stop may still come after a session is over; then it is estimated.",
    )
    sample_retention_days: int = Field(
        default=90,
        ge=1,
        le=LONGEST_DAYS,
        description="Days all readings are kept; later those the quarter-hours rest on.",
    )
    message_retention_days: int = Field(
        default=90,
        ge=1,
        le=LONGEST_DAYS,
        description="Days the raw OCPP messages are kept; sessions and registers stay.",
    )

    address: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]*$|^[0-9A-Fa-f:]+$",
        description="This machine's name or IP address for chargers that fetch files; else the one they came in by.",
    )
    files_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^/?#\s]+(/[^?#\s]*)?$",
        description="Where chargers reach the HTTP port, if not directly; https:// where a proxy offers it.",
    )
    ftp_port: int = Field(default=2121, ge=0, le=65535, description="Port for FTP, open only while one needs it.")
    ftp_data_ports: str = Field(
        default="2122-2131", pattern=r"^\d{1,5}-\d{1,5}$|^0$", description="Ports for FTP's data; 0 for any."
    )
    file_limit_mb: int = Field(default=512, ge=1, le=LARGEST_MB, description="Size one stored file may have.")
    files_limit_mb: int = Field(
        default=4096, ge=1, le=LARGEST_MB, description="Size all stored files may have together."
    )
    file_retention_days: int = Field(
        default=90,
        ge=1,
        le=LONGEST_DAYS,
        description="Days the diagnostics and logs of chargers are kept; firmware stays.",
    )

    @field_validator("ftp_data_ports")
    @classmethod
    def _in_order(cls, value: str) -> str:
        """Refuse a range that is none."""
        first, _, last = value.partition("-")
        if last and not 1024 <= int(first) <= int(last) <= 65535:
            msg = "ONETIME_FTP_DATA_PORTS must be a range such as 2122-2131, within 1024-65535."
            raise ValueError(msg)
        return value

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        """Resolve once, so that a later change of directory cannot move the data."""
        return value.expanduser().resolve()

    @field_validator("database_url")
    @classmethod
    def _psycopg(cls, value: str | None) -> str | None:
        """Accept the spellings hosters print and select the psycopg 3 driver."""
        if not value:
            return None
        for prefix in ("postgres://", "postgresql://", "postgresql+psycopg://"):
            if value.startswith(prefix):
                return "postgresql+psycopg://" + value.removeprefix(prefix)
        msg = "ONETIME_DATABASE_URL must start with postgresql:// (leave it away for the built-in SQLite)."
        raise ValueError(msg)

    @model_validator(mode="after")
    def _certificate_and_key(self) -> Self:
        """Ask for both files of a certificate or for none."""
        if (self.tls_certificate is None) != (self.tls_key is None):
            msg = "ONETIME_TLS_CERTIFICATE and ONETIME_TLS_KEY must be set together."
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _each_port_once(self) -> Self:
        """Refuse two services on one port; 0 is any that is free."""
        names = ("http_port", "https_port", "ocpp_port", "ocpp_tls_port", "ftp_port")
        used: dict[int, str] = {}
        for name in names:
            number = getattr(self, name)
            if number and number in used:
                msg = f"ONETIME_{used[number].upper()} and ONETIME_{name.upper()} are both {number}; give each its own."
                raise ValueError(msg)
            used[number] = name
        first, _, last = self.ftp_data_ports.partition("-")
        taken = next((number for number in used if number and last and int(first) <= number <= int(last)), None)
        if taken is not None:
            msg = f"ONETIME_{used[taken].upper()} {taken} is one of ONETIME_FTP_DATA_PORTS; give each its own."
            raise ValueError(msg)
        return self

    @property
    def tls_host_list(self) -> list[str]:
        """What ``tls_hosts`` names, one by one."""
        return [host.strip() for host in self.tls_hosts.split(",") if host.strip()]

    @property
    def host_list(self) -> list[str]:
        """What ``hosts`` names, one by one."""
        return [host.strip() for host in self.hosts.split(",") if host.strip()]

    @property
    def security_dir(self) -> Path:
        """Where the own certificate authority and the encrypted port keep their keys."""
        return self.data_dir / "security"

    @property
    def sqlite_path(self) -> Path:
        """The file of the built-in database."""
        return self.data_dir / "onetime.sqlite3"

    @property
    def own_database(self) -> Path | None:
        """The file of the built-in database, where it is the one that is used."""
        return None if self.database_url else self.sqlite_path

    @property
    def sqlalchemy_url(self) -> str:
        """The address SQLAlchemy opens: PostgreSQL where one is set, else SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.sqlite_path}"


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """Return the settings of this process, read from the environment at the first call."""
    return Settings()
