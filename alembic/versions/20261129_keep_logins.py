"""Keep where people are logged in, and until when tokens and people are let in.

Revision: 0012, after 0011
"""

import sqlalchemy as sa
from alembic import op

import onetime.models.types

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = onetime.models.types.UtcDateTime(timezone=True)
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("seen_at", instant, nullable=True))
        batch_op.add_column(sa.Column("address", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("browser", sa.String(), nullable=True))
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("disabled_at", instant, nullable=True))
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.add_column(sa.Column("expires_at", instant, nullable=True))
    op.create_table(
        "login_device",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("used_at", instant, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_login_device_user_id_user_account")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_login_device")),
    )
    op.create_index(op.f("ix_login_device_user_id"), "login_device", ["user_id"])


def downgrade() -> None:
    op.drop_table("login_device")
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.drop_column("expires_at")
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.drop_column("disabled_at")
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.drop_column("browser")
        batch_op.drop_column("address")
        batch_op.drop_column("seen_at")
