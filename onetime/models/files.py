"""Files for and from chargers: firmware, diagnostics and logs."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from onetime.clock import utc_now
from onetime.models.types import UtcDateTime, enum_text


class FileKind(StrEnum):
    """What a file is for."""

    FIRMWARE = "firmware"
    DIAGNOSTICS = "diagnostics"
    LOG = "log"


class FileContent(StrEnum):
    """What is inside a file, by its first bytes."""

    ZIP = "zip"
    GZIP = "gzip"
    TAR = "tar"
    TEXT = "text"
    BINARY = "binary"


class StoredFile(SQLModel, table=True):
    """One file that is complete on the disk. ``created_by`` is a login name, ``api:NAME`` or the charger's identity.

    The bytes lie in ``data_dir/files`` under ``stored_as``, a name of our own: ``name`` is only shown.
    """

    __tablename__ = "stored_file"

    id: int | None = Field(default=None, primary_key=True)
    kind: FileKind = Field(sa_type=enum_text(FileKind), index=True)
    name: str = Field(description="What its sender called it, without what could be a path.")
    stored_as: str = Field(unique=True)
    size_bytes: int = Field(sa_type=BigInteger)
    sha256: str = Field(description="Hexadecimal.")
    content: FileContent = Field(sa_type=enum_text(FileContent))
    charger_id: int | None = Field(default=None, foreign_key="charger.id", index=True)
    operation_id: int | None = Field(default=None, description="The operation that fetched it.")
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    created_by: str
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
