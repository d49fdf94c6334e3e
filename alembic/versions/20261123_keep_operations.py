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


RESERVATION_STATES = sa.Enum(
    "asked", "active", "used", "cancelled", "refused", "expired", name="reservationstate", native_enum=False, length=32
)
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
    _create_what_chargers_hold()


def _create_what_chargers_hold() -> None:
    op.create_table(
        "reservation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("charger_id", sa.Integer(), nullable=False),
        sa.Column("connector_number", sa.Integer(), nullable=False),
        sa.Column("id_tag", sa.String(), nullable=False),
        sa.Column("parent_id_tag", sa.String(), nullable=True),
        sa.Column("until", onetime.models.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", RESERVATION_STATES, nullable=False),
        sa.Column("transaction_id", sa.Integer(), nullable=True),
        sa.Column("created_at", onetime.models.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["charger_id"], ["charger.id"], name=op.f("fk_reservation_charger_id_charger")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservation")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("reservation", schema=None) as batch_op:
        batch_op.create_index("ix_reservation_charger_state", ["charger_id", "state"], unique=False)

    op.create_table(
        "local_list",
        sa.Column("charger_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("cards", sa.JSON(), nullable=False),
        sa.Column("sent_at", onetime.models.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["charger_id"], ["charger.id"], name=op.f("fk_local_list_charger_id_charger")),
        sa.PrimaryKeyConstraint("charger_id", name=op.f("pk_local_list")),
    )
    op.create_table(
        "charging_profile",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("charger_id", sa.Integer(), nullable=False),
        sa.Column("connector_number", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("stack_level", sa.Integer(), nullable=False),
        sa.Column("transaction_id", sa.Integer(), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("accepted_at", onetime.models.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["charger_id"], ["charger.id"], name=op.f("fk_charging_profile_charger_id_charger")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charging_profile")),
        sa.UniqueConstraint("charger_id", "profile_id", name=op.f("uq_charging_profile_charger_id_profile_id")),
    )


def downgrade() -> None:
    op.drop_table("charging_profile")
    op.drop_table("local_list")
    with op.batch_alter_table("reservation", schema=None) as batch_op:
        batch_op.drop_index("ix_reservation_charger_state")

    op.drop_table("reservation")
    with op.batch_alter_table("connector", schema=None) as batch_op:
        batch_op.drop_column("wanted_available")

    with op.batch_alter_table("charger", schema=None) as batch_op:
        batch_op.drop_column("reboot_needed_for")

    with op.batch_alter_table("operation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_operation_state"))
        batch_op.drop_index("ix_operation_charger")

    op.drop_table("operation")
