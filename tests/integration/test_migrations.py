"""The migrations build what the models say, on both databases."""

import pytest

from onetime.database import create_database_engine
from onetime.migrations import differences, migrate
from onetime.settings import Settings


@pytest.fixture
def url(settings: Settings) -> str:
    settings.data_dir.mkdir(exist_ok=True)
    return settings.sqlalchemy_url


def test_the_migrations_match_the_models(url: str) -> None:
    engine = create_database_engine(url)
    migrate(engine)
    assert differences(engine) == []
    engine.dispose()


def test_a_database_is_brought_up_to_date_only_once(url: str) -> None:
    engine = create_database_engine(url)
    migrate(engine)
    migrate(engine)
    assert differences(engine) == []
    engine.dispose()
