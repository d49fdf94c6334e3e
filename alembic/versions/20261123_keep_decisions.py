"""Keep decisions on doubtful readings, and closed months.

Revision: 0007, after 0006
"""

import re

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
    _compare_cards_without_separators()


def _compare_cards_without_separators() -> None:
    """Bring the keys of cards to their new form: 04:A1:B2:C3 is 04A1B2C3. Of two cards that become one, both stay."""
    connection = op.get_bind()
    known: set[str] = set()
    for name in ("card", "transaction"):
        table = sa.table(name, sa.column("id_tag_key"))
        known |= set(connection.scalars(sa.select(table.c.id_tag_key))) if name == "card" else set()
        for key in set(connection.scalars(sa.select(table.c.id_tag_key))):
            short = re.sub("[:\\- ]", "", key)
            if not re.fullmatch("[0-9A-F]{2}([:\\- ][0-9A-F]{2}){3,}", key) or (name == "card" and short in known):
                continue
            connection.execute(sa.update(table).where(table.c.id_tag_key == key).values(id_tag_key=short))
            known.add(short)


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
