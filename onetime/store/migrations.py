"""Bring a database to the tables this version needs. One chain of migrations serves SQLite and PostgreSQL."""

import re
from pathlib import Path

from sqlalchemy import Engine, inspect, text
from sqlmodel import SQLModel

import onetime.models  # noqa: F401 - registers every table
from onetime.store.database import tables_changing

SCRIPTS = Path(__file__).resolve().parent.parent.parent / "alembic"

_REVISION = re.compile(r'^revision(?:: str)? = ["\'](.+)["\']$', re.MULTILINE)
_BEFORE = re.compile(r'^down_revision(?:: .+)? = ["\'](.+)["\']$', re.MULTILINE)


class NewerDatabaseError(Exception):
    """The database belongs to a newer version; going back would lose data."""


def migrate(engine: Engine) -> None:
    """Run the migrations that are missing, in one transaction each.

    A database that is up to date costs one query: Alembic takes a third of a second to import. Raises
    ``NewerDatabaseError``.
    """
    if _revision(engine) == newest_revision():
        return
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    with tables_changing(engine) as connection:
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS))
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            msg = "This database belongs to a newer version of Onetime; install that one, or restore a backup."
            raise NewerDatabaseError(msg) from error


def differences(engine: Engine) -> list[object]:
    """Return what the tables in the database lack against the models; empty when they agree."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, SQLModel.metadata))


def newest_revision() -> str:
    """Return the end of the chain: the one revision that none comes after."""
    scripts = [path.read_text(encoding="utf-8") for path in (SCRIPTS / "versions").glob("*.py")]
    revisions = {match[1] for script in scripts if (match := _REVISION.search(script))}
    (newest,) = revisions - {match[1] for script in scripts if (match := _BEFORE.search(script))}
    return newest


def _revision(engine: Engine) -> str | None:
    """Return where the database stands in the chain, or None when it is empty."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return revision
