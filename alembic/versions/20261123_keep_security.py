"""Keep what secures a charger's connection.

Revision: 0004, after 0003
"""

import sqlalchemy as sa  # noqa: F401
from alembic import op  # noqa: F401

import onetime.models.types  # noqa: F401

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
