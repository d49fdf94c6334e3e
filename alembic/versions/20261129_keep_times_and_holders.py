"""Keep how far time has come, who cards belonged to, and since when a charger had been away.

Revision: 0009, after 0008
"""

import sqlalchemy as sa
from alembic import op

import onetime.models.types

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = onetime.models.types.UtcDateTime(timezone=True)
    op.create_table(
        "house_clock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seen_at", instant, nullable=False),
        sa.Column("reached_at", instant, nullable=False),
        sa.Column("leapt_at", instant, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_house_clock")),
    )
    op.create_table(
        "card_past_holder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=True),
        sa.Column("until", instant, nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["card.id"], name=op.f("fk_card_past_holder_card_id_card")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_card_past_holder_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_past_holder")),
    )
    with op.batch_alter_table("card_past_holder", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_card_past_holder_card_id"), ["card_id"], unique=False)

    with op.batch_alter_table("charger", schema=None) as batch_op:
        batch_op.add_column(sa.Column("silent_since", instant, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("charger", schema=None) as batch_op:
        batch_op.drop_column("silent_since")

    op.drop_table("card_past_holder")
    op.drop_table("house_clock")
