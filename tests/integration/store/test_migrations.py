"""The migrations build what the models say, on both databases."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, bindparam, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from onetime.clock import utc_now
from onetime.models import MeterReading, ReviewState, Transaction
from onetime.models.types import UtcDateTime
from onetime.settings import Settings
from onetime.store.database import create_database_engine, tables_changing
from onetime.store.migrations import SCRIPTS, differences, migrate
from tests.integration.conftest import open_house, postgres_database

AT = datetime(2026, 10, 5, 18, 0, tzinfo=UTC)
FIRST_VERSIONS_SESSION = (
    "INSERT INTO charger (id, identity, identity_key, registration, subprotocol_missing, first_seen_at)"
    " VALUES (1, 'KEBA-07', 'keba-07', 'Accepted', :no, :at)",
    "INSERT INTO connector (id, charger_id, number, max_power_w, status, error_code)"
    " VALUES (1, 1, 1, 22000, 'Available', 'NoError')",
    'INSERT INTO "transaction" (id, connector_id, id_tag, id_tag_key, authorization_status, started_at,'
    " start_received_at, meter_start_wh, state, stop_estimated)"
    " VALUES (7, 1, '04:a1:b2:c3', '04:A1:B2:C3', 'Accepted', :at, :at, 15000, 'open', :no)",
    "INSERT INTO meter_reading (id, connector_id, transaction_id, taken_at, received_at, context, register_wh)"
    " VALUES (1, 1, 7, :at, :at, 'Sample.Clock', 15100)",
)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without a table."""
    if request.param == "sqlite":
        yield Settings(data_dir=tmp_path).sqlalchemy_url
        return
    with postgres_database(request.getfixturevalue("postgres_server")) as created:
        yield Settings(database_url=created).sqlalchemy_url


def first_version(url: str) -> Engine:
    """Return a database as the first version left it, with a charger and a session."""
    engine = create_database_engine(url)
    with engine.execution_options(writes=True).connect() as connection:
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for statement in FIRST_VERSIONS_SESSION:
            values = (bindparam("at", AT, UtcDateTime()), bindparam("no", False))
            needed = [value for value in values if f":{value.key}" in statement]
            connection.execute(text(statement).bindparams(*needed))
        connection.commit()
    return engine


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


def test_sessions_and_readings_survive_a_new_version(url: str) -> None:
    engine = first_version(url)
    migrate(engine)
    with Session(engine) as session:
        row = session.exec(select(Transaction)).one()
        assert (row.meter_start_wh, row.started_at, row.review_state) == (15_000, AT, ReviewState.CLEAR)
        assert (row.id_tag, row.id_tag_key) == ("04:a1:b2:c3", "04A1B2C3")
        assert (row.time_corrected, row.is_thinned, row.tenant_id) == (False, False, None)
        assert session.exec(select(MeterReading)).one().transaction_id == row.id
    engine.dispose()


def test_a_row_that_points_nowhere_keeps_no_new_version_from_starting(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    engine = first_version(settings.sqlalchemy_url)
    with closing(sqlite3.connect(settings.sqlite_path)) as broken:  # foreign keys are off there
        broken.execute('UPDATE "transaction" SET connector_id = 99')
        broken.commit()
    migrate(engine)
    assert differences(engine) == []
    with pytest.raises(IntegrityError, match="connector points nowhere"), tables_changing(engine) as connection:
        connection.execute(text("UPDATE connector SET charger_id = 99"))
    engine.dispose()


async def test_an_older_house_lets_new_chargers_in_for_thirty_days_from_its_update(url: str, tmp_path: Path) -> None:
    first_version(url).dispose()
    postgres = None if url.startswith("sqlite") else url
    async with open_house(
        Settings(data_dir=tmp_path, host="127.0.0.1", http_port=0, ocpp_port=0, database_url=postgres)
    ) as house:
        await house.services.commissioning.window.look()
        end = house.services.commissioning.window.open_until
        assert end is not None
        assert abs(end - utc_now() - timedelta(days=30)) < timedelta(minutes=1)
        await house.services.commissioning.window.close("test")
        async with house.charger("KEBA-07", booted=False) as known:
            assert "currentTime" in await known.call("Heartbeat", {})
