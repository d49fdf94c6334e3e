"""Run migrations on the connection the application hands over, or on the configured database from a shell."""

from alembic import context
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

import onetime.models  # noqa: F401 - registers every table
from onetime.settings import get_settings
from onetime.store.database import create_database_engine


def render_item(kind, item, _context):
    """Spell SQLModel's string type as SQLAlchemy's, so that a migration needs no import of SQLModel."""
    return "sa.String()" if kind == "type" and isinstance(item, AutoString) else False


def run(connection):
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        compare_type=True,
        render_item=render_item,
        render_as_batch=connection.dialect.name == "sqlite",
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


handed_over = context.config.attributes.get("connection")
if handed_over is not None:
    run(handed_over)
else:
    settings = get_settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    engine = create_database_engine(settings.sqlalchemy_url).execution_options(writes=True)
    with engine.connect() as connection:
        run(connection)
        connection.commit()
