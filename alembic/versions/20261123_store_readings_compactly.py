"""Store readings and messages compactly.

Revision: 0003, after 0002
"""

import sqlalchemy as sa  # noqa: F401
from alembic import op  # noqa: F401

import onetime.models.types  # noqa: F401

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
