"""Keep clocks and reviews.

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op

import onetime.models.types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "transaction_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transaction_id", sa.Integer(), nullable=False),
        sa.Column("at", onetime.models.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("started_at", onetime.models.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("meter_start_wh", sa.BigInteger(), nullable=False),
        sa.Column("stopped_at", onetime.models.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("meter_stop_wh", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["transaction.id"], name=op.f("fk_transaction_correction_transaction_id_transaction")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transaction_correction")),
    )
    with op.batch_alter_table("transaction_correction", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_transaction_correction_transaction_id"), ["transaction_id"], unique=False)

    with op.batch_alter_table("charger", schema=None) as batch_op:
        batch_op.add_column(sa.Column("clock_offset_s", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("stamps_interval_start", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("connector", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("status_received_at", onetime.models.types.UtcDateTime(timezone=True), nullable=True)
        )

    with op.batch_alter_table("meter_reading", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("charger_taken_at", onetime.models.types.UtcDateTime(timezone=True), nullable=True)
        )

    with op.batch_alter_table("review_item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("resolution", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("resolved_by", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("note", sa.String(), nullable=True))
        batch_op.create_index(batch_op.f("ix_review_item_transaction_id"), ["transaction_id"], unique=False)

    with op.batch_alter_table("transaction", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("charger_started_at", onetime.models.types.UtcDateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(
            sa.Column("charger_stopped_at", onetime.models.types.UtcDateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(sa.Column("time_corrected", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("is_thinned", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(
            sa.Column(
                "review_state",
                sa.Enum(
                    "clear",
                    "held",
                    "accepted",
                    "corrected",
                    "discarded",
                    name="reviewstate",
                    native_enum=False,
                    length=32,
                ),
                server_default="clear",
                nullable=False,
            )
        )
    _add_tenant()


def _add_tenant() -> None:
    """Add the reference with its column: SQLite would otherwise copy the table that all readings refer to."""
    op.execute(
        'ALTER TABLE "transaction" ADD COLUMN tenant_id INTEGER '
        "CONSTRAINT fk_transaction_tenant_id_tenant REFERENCES tenant (id)"
    )


def downgrade() -> None:
    """Sessions keep the tenant's column: SQLite cannot drop one that refers to another table."""
    with op.batch_alter_table("transaction", schema=None) as batch_op:
        batch_op.drop_column("review_state")
        batch_op.drop_column("is_thinned")
        batch_op.drop_column("time_corrected")
        batch_op.drop_column("charger_stopped_at")
        batch_op.drop_column("charger_started_at")

    with op.batch_alter_table("review_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_item_transaction_id"))
        batch_op.drop_column("note")
        batch_op.drop_column("resolved_by")
        batch_op.drop_column("resolution")

    with op.batch_alter_table("meter_reading", schema=None) as batch_op:
        batch_op.drop_column("charger_taken_at")

    with op.batch_alter_table("connector", schema=None) as batch_op:
        batch_op.drop_column("status_received_at")

    with op.batch_alter_table("charger", schema=None) as batch_op:
        batch_op.drop_column("stamps_interval_start")
        batch_op.drop_column("clock_offset_s")

    with op.batch_alter_table("transaction_correction", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_transaction_correction_transaction_id"))

    op.drop_table("transaction_correction")
