"""Keep operations and charging profiles.

Revision: 0005, after 0004
"""

import sqlalchemy as sa  # noqa: F401
from alembic import op  # noqa: F401

import onetime.models.types  # noqa: F401

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
