"""Keep files for and from chargers.

Revision: 0006, after 0005
"""

import sqlalchemy as sa  # noqa: F401
from alembic import op  # noqa: F401

import onetime.models.types  # noqa: F401

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
