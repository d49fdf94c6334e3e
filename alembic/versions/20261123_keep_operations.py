"""Keep operations and charging profiles.

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

import onetime.models.types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


STATES = sa.Enum("running", "done", "failed", name="operationstate", native_enum=False, length=32)


def upgrade() -> None:
    op.create_table(
        "operation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("charger_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("state", STATES, nullable=False),
        sa.Column("started_at", onetime.models.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", onetime.models.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("progress", sa.Integer(), nullable=True),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("problem", sa.JSON(), nullable=True),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("error_code", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["charger_id"], ["charger.id"], name=op.f("fk_operation_charger_id_charger")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operation")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("operation", schema=None) as batch_op:
        batch_op.create_index("ix_operation_charger", ["charger_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_operation_state"), ["state"], unique=False)

    with op.batch_alter_table("charger", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reboot_needed_for", sa.String(), nullable=True))

    with op.batch_alter_table("connector", schema=None) as batch_op:
        batch_op.add_column(sa.Column("wanted_available", sa.Boolean(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("connector", schema=None) as batch_op:
        batch_op.drop_column("wanted_available")

    with op.batch_alter_table("charger", schema=None) as batch_op:
        batch_op.drop_column("reboot_needed_for")

    with op.batch_alter_table("operation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_operation_state"))
        batch_op.drop_index("ix_operation_charger")

    op.drop_table("operation")
