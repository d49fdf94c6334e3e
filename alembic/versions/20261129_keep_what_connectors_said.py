"""Keep when a connector last said that it is free, and that a car charges.

Revision: 0011, after 0010
"""

import sqlalchemy as sa
from alembic import op

import onetime.models.types

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = onetime.models.types.UtcDateTime(timezone=True)
    with op.batch_alter_table("connector", schema=None) as batch_op:
        batch_op.add_column(sa.Column("available_seen_at", instant, nullable=True))
        batch_op.add_column(sa.Column("charging_seen_at", instant, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("connector", schema=None) as batch_op:
        batch_op.drop_column("charging_seen_at")
        batch_op.drop_column("available_seen_at")
