"""Keep for which card a profile was sent, how often an alert came, what an operator chose, and how chargers come in.

Revision: 0010, after 0009
"""

import sqlalchemy as sa
from alembic import op

import onetime.models.types

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

Instant = onetime.models.types.UtcDateTime


def upgrade() -> None:
    op.add_column("charging_profile", sa.Column("id_tag", sa.String(), nullable=True))
    op.add_column("security_event", sa.Column("count", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("security_event", sa.Column("last_at", Instant(timezone=True), nullable=True))
    op.add_column("commissioning", sa.Column("has_encrypted_port", sa.Boolean(), nullable=True))
    op.add_column("commissioning", sa.Column("trusts_other_authorities", sa.Boolean(), nullable=True))
    op.create_table(
        "chosen_setting",
        sa.Column("charger_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("chosen_by", sa.String(), nullable=False),
        sa.Column("chosen_at", Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["charger_id"], ["charger.id"], name=op.f("fk_chosen_setting_charger_id_charger")),
        sa.PrimaryKeyConstraint("charger_id", "key", name=op.f("pk_chosen_setting")),
    )


def downgrade() -> None:
    op.drop_table("chosen_setting")
    for table, columns in (
        ("commissioning", ("trusts_other_authorities", "has_encrypted_port")),
        ("security_event", ("last_at", "count")),
        ("charging_profile", ("id_tag",)),
    ):
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.drop_column(column)
