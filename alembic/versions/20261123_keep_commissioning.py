"""Keep until when new chargers are let in.

The one row is written at the first start, in a house that already has chargers too: nobody is locked out by an update.

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

import onetime.models.types

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "commissioning",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("open_until", onetime.models.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("open_for_s", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commissioning")),
    )


def downgrade() -> None:
    op.drop_table("commissioning")
