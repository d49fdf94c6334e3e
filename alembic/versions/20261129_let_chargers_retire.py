"""Let chargers retire whose sessions are kept.

Revision: 0013, after 0012
"""

import sqlalchemy as sa
from alembic import op

import onetime.models.types

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("charger", schema=None) as batch_op:
        batch_op.add_column(sa.Column("retired_at", onetime.models.types.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("charger", schema=None) as batch_op:
        batch_op.drop_column("retired_at")
