"""Bring a database to the tables this version needs. One chain of migrations serves SQLite and PostgreSQL."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine
from sqlmodel import SQLModel

import onetime.models  # noqa: F401 - registers every table

SCRIPTS = Path(__file__).resolve().parent.parent / "alembic"


def migrate(engine: Engine) -> None:
    """Run the migrations that are missing, in one transaction each.

    A database newer than this version raises ``alembic.util.CommandError``: going back would lose data.
    """
    with engine.execution_options(writes=True).connect() as connection:
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()


def differences(engine: Engine) -> list[object]:
    """Return what the tables in the database lack against the models; empty when they agree."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, SQLModel.metadata))
