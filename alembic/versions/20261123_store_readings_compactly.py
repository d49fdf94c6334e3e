"""Store readings and messages compactly.

Revision: 0003, after 0002
"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

import onetime.models.types
from onetime.models.message_log import CompressedMessages, Direction, LoggedMessage

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MESSAGES_PER_BLOCK = 32
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
READING_COLUMNS = (
    "connector_id, taken_at, id, received_at, charger_taken_at, context, register_wh, power_w, current_a, soc_percent"
)


def upgrade() -> None:
    """Sort the readings by session, and pack the messages."""
    _create_sorted_readings()
    insert = f"INSERT INTO meter_reading_sorted (transaction_id, {READING_COLUMNS})"
    values = f"SELECT coalesce(transaction_id, 0), {READING_COLUMNS} FROM meter_reading"  # noqa: S608 - our own columns
    op.execute(f"{insert} {values} ORDER BY transaction_id, taken_at")
    op.drop_table("meter_reading")
    op.rename_table("meter_reading_sorted", "meter_reading")
    if op.get_bind().dialect.name == "postgresql":
        _rename_constraints("meter_reading_sorted", "meter_reading")
    _create_blocks()
    _pack_messages()
    op.drop_table("charger_message")
    op.create_table(
        "soft_repair",
        sa.Column("charger_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", onetime.models.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["charger_id"], ["charger.id"], name=op.f("fk_soft_repair_charger_id_charger")),
        sa.PrimaryKeyConstraint("charger_id", "kind", name=op.f("pk_soft_repair")),
    )


def _create_sorted_readings() -> None:
    op.create_table(
        "meter_reading_sorted",
        sa.Column("transaction_id", sa.Integer(), nullable=False),
        sa.Column("connector_id", sa.Integer(), nullable=False),
        sa.Column("taken_at", onetime.models.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("received_at", onetime.models.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("charger_taken_at", onetime.models.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("context", sa.String(), nullable=False),
        sa.Column("register_wh", sa.BigInteger(), nullable=True),
        sa.Column("power_w", sa.Integer(), nullable=True),
        sa.Column("current_a", sa.Float(), nullable=True),
        sa.Column("soc_percent", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["connector_id"], ["connector.id"], name=op.f("fk_meter_reading_sorted_connector_id_connector")
        ),
        sa.PrimaryKeyConstraint(
            "transaction_id", "connector_id", "taken_at", "id", name=op.f("pk_meter_reading_sorted")
        ),
        sqlite_with_rowid=False,
    )


def _create_blocks() -> None:
    op.create_table(
        "message_block",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("charger_id", sa.Integer(), nullable=False),
        sa.Column("last_at", onetime.models.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("problems", sa.Integer(), nullable=False),
        sa.Column("messages", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["charger_id"], ["charger.id"], name=op.f("fk_message_block_charger_id_charger")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_block")),
    )
    op.create_index("ix_message_block_charger", "message_block", ["charger_id", "id"], unique=False)
    op.create_index("ix_message_block_last_at", "message_block", ["last_at"], unique=False)


def _rename_constraints(before: str, after: str) -> None:
    names = op.get_bind().execute(
        sa.text("SELECT conname FROM pg_constraint WHERE conrelid = CAST(:name AS regclass) AND contype IN ('p', 'f')"),
        {"name": after},
    )
    for (name,) in names.all():
        op.execute(f'ALTER TABLE {after} RENAME CONSTRAINT "{name}" TO "{name.replace(before, after)}"')


def _messages_table() -> sa.TableClause:
    return sa.table(
        "charger_message",
        sa.column("id", sa.Integer()),
        sa.column("charger_id", sa.Integer()),
        sa.column("at", onetime.models.types.UtcDateTime(timezone=True)),
        sa.column("direction", sa.String()),
        sa.column("action", sa.String()),
        sa.column("frame", sa.String()),
        sa.column("problem", sa.String()),
    )


def _blocks_table() -> sa.TableClause:
    return sa.table(
        "message_block",
        sa.column("id", sa.BigInteger()),
        sa.column("charger_id", sa.Integer()),
        sa.column("last_at", onetime.models.types.UtcDateTime(timezone=True)),
        sa.column("count", sa.Integer()),
        sa.column("problems", sa.Integer()),
        sa.column("messages", CompressedMessages()),
    )


def _pack_messages() -> None:
    """Pack each charger's messages, some at a time."""
    connection, messages = op.get_bind(), _messages_table()
    for (charger_id,) in connection.execute(sa.select(messages.c.charger_id).distinct()).all():
        after = 0
        query = sa.select(messages).where(messages.c.charger_id == charger_id).order_by(messages.c.id)
        while rows := connection.execute(query.where(messages.c.id > after).limit(MESSAGES_PER_BLOCK)).all():
            after = rows[-1].id
            block = {
                "id": rows[0].id,
                "charger_id": charger_id,
                "last_at": max(row.at for row in rows),
                "count": len(rows),
                "problems": sum(row.problem is not None for row in rows),
                "messages": [_logged(row) for row in rows],
            }
            connection.execute(sa.insert(_blocks_table()).values(block))


def _logged(row: sa.Row) -> LoggedMessage:
    at_us = (row.at - EPOCH) // timedelta(microseconds=1)
    return LoggedMessage(row.id, at_us, Direction(row.direction), row.action, row.frame, row.problem)


def downgrade() -> None:
    """Readings and messages go back to rows of their own; what was repaired is forgotten."""
    op.drop_table("soft_repair")
    _create_plain_messages()
    _unpack_messages()
    op.drop_table("message_block")
    _create_plain_readings()
    # The ids of this version need not be unique without the rest of the key, so the readings are numbered anew.
    columns = READING_COLUMNS.replace(" id,", "")
    insert = f"INSERT INTO meter_reading_plain (transaction_id, {columns})"
    values = f"SELECT nullif(transaction_id, 0), {columns} FROM meter_reading"  # noqa: S608 - our own columns
    op.execute(f"{insert} {values} ORDER BY received_at, id")
    op.drop_table("meter_reading")
    op.rename_table("meter_reading_plain", "meter_reading")
    if op.get_bind().dialect.name == "postgresql":
        _rename_constraints("meter_reading_plain", "meter_reading")
    op.create_index("ix_meter_reading_connector_taken", "meter_reading", ["connector_id", "taken_at"], unique=False)
    op.create_index("ix_meter_reading_transaction", "meter_reading", ["transaction_id"], unique=False)


def _create_plain_readings() -> None:
    op.create_table(
        "meter_reading_plain",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("connector_id", sa.Integer(), nullable=False),
        sa.Column("transaction_id", sa.Integer(), nullable=True),
        sa.Column("taken_at", onetime.models.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("received_at", onetime.models.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("charger_taken_at", onetime.models.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("context", sa.String(), nullable=False),
        sa.Column("register_wh", sa.BigInteger(), nullable=True),
        sa.Column("power_w", sa.Integer(), nullable=True),
        sa.Column("current_a", sa.Float(), nullable=True),
        sa.Column("soc_percent", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["connector_id"], ["connector.id"], name=op.f("fk_meter_reading_plain_connector_id_connector")
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["transaction.id"], name=op.f("fk_meter_reading_plain_transaction_id_transaction")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meter_reading_plain")),
    )


def _create_plain_messages() -> None:
    op.create_table(
        "charger_message",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("charger_id", sa.Integer(), nullable=False),
        sa.Column("at", onetime.models.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column(
            "direction", sa.Enum("received", "sent", name="direction", native_enum=False, length=32), nullable=False
        ),
        sa.Column("action", sa.String(), nullable=True),
        sa.Column("frame", sa.String(), nullable=False),
        sa.Column("problem", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["charger_id"], ["charger.id"], name=op.f("fk_charger_message_charger_id_charger")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charger_message")),
    )
    op.create_index("ix_charger_message_at", "charger_message", ["at"], unique=False)
    op.create_index("ix_charger_message_charger", "charger_message", ["charger_id", "id"], unique=False)


def _unpack_messages() -> None:
    connection, blocks, after = op.get_bind(), _blocks_table(), 0
    query = sa.select(blocks.c.id, blocks.c.charger_id, blocks.c.messages).order_by(blocks.c.id).limit(1)
    while block := connection.execute(query.where(blocks.c.id > after)).first():
        after = block.id
        rows = [
            {
                "charger_id": block.charger_id,
                "at": message.at,
                "direction": message.direction.value,
                "action": message.action,
                "frame": message.frame,
                "problem": message.problem,
            }
            for message in block.messages
        ]
        connection.execute(sa.insert(_messages_table()), rows)
