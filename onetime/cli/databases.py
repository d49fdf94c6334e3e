"""The database, opened by a command for one piece of work."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlmodel import Session

from onetime.settings import get_settings
from onetime.store.database import create_database_engine
from onetime.store.migrations import migrate
from onetime.store.private_folder import private_data


@contextmanager
def opened_database() -> Iterator[Session]:
    """Give a session that commits at the end, bringing the database up to date first."""
    settings = get_settings()
    private_data(settings.data_dir, settings.own_database)
    engine = create_database_engine(settings.sqlalchemy_url)
    try:
        migrate(engine)
        with Session(engine.execution_options(writes=True)) as session:
            yield session
            session.commit()
    finally:
        engine.dispose()


@contextmanager
def reading_database() -> Iterator[Session]:
    """Give a session that only reads, so that a long report holds nobody up."""
    engine = create_database_engine(get_settings().sqlalchemy_url)
    try:
        with Session(engine) as session:
            yield session
    finally:
        engine.dispose()
