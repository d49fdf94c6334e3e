"""Keep decisions on doubtful readings, and closed months.

Revision: 0007, after 0006
"""

import sqlalchemy as sa
from alembic import op

import onetime.models.types

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add_closed_months()
    with op.batch_alter_table("charger", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("clock_off_since", onetime.models.types.UtcDateTime(timezone=True), nullable=True)
        )

    with op.batch_alter_table("connector", schema=None) as batch_op:
        batch_op.add_column(sa.Column("power_is_known", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("review_item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("connector_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("undo", sa.String(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_review_item_connector_id_connector"), "connector", ["connector_id"], ["id"]
        )

    with op.batch_alter_table("transaction", schema=None) as batch_op:
        batch_op.add_column(sa.Column("changed_since_closing", sa.Boolean(), server_default=sa.true(), nullable=False))


def _add_closed_months() -> None:
    instant = onetime.models.types.UtcDateTime(timezone=True)
    op.create_table(
        "closed_month",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("begun_at", instant, nullable=False),
        sa.Column("closed_at", instant, nullable=True),
        sa.Column("closed_by", sa.String(), nullable=False),
        sa.Column("site_name", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("tenants", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closed_month")),
        sa.UniqueConstraint("month", name=op.f("uq_closed_month_month")),
    )
    op.create_table(
        "closed_connector",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("month_id", sa.Integer(), nullable=False),
        sa.Column("connector_id", sa.Integer(), nullable=False),
        sa.Column("booked_in_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["month_id"], ["closed_month.id"], name=op.f("fk_closed_connector_month_id_closed_month")
        ),
        sa.ForeignKeyConstraint(
            ["connector_id"], ["connector.id"], name=op.f("fk_closed_connector_connector_id_connector")
        ),
        sa.ForeignKeyConstraint(
            ["booked_in_id"], ["closed_month.id"], name=op.f("fk_closed_connector_booked_in_id_closed_month")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closed_connector")),
        sa.UniqueConstraint(
            "month_id",
            "connector_id",
            "booked_in_id",
            name=op.f("uq_closed_connector_month_id_connector_id_booked_in_id"),
        ),
    )
    with op.batch_alter_table("closed_connector", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_closed_connector_month_id"), ["month_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_closed_connector_booked_in_id"), ["booked_in_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("transaction", schema=None) as batch_op:
        batch_op.drop_column("changed_since_closing")

    with op.batch_alter_table("review_item", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_review_item_connector_id_connector"), type_="foreignkey")
        batch_op.drop_column("undo")
        batch_op.drop_column("connector_id")

    with op.batch_alter_table("connector", schema=None) as batch_op:
        batch_op.drop_column("power_is_known")

    with op.batch_alter_table("charger", schema=None) as batch_op:
        batch_op.drop_column("clock_off_since")

    op.drop_table("closed_connector")
    op.drop_table("closed_month")
