"""Keep files for and from chargers.

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

import onetime.models.types

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stored_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("firmware", "diagnostics", "log", name="filekind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("stored_as", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column(
            "content",
            sa.Enum("zip", "gzip", "tar", "text", "binary", name="filecontent", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("charger_id", sa.Integer(), nullable=True),
        sa.Column("operation_id", sa.Integer(), nullable=True),
        sa.Column("created_at", onetime.models.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("expires_at", onetime.models.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["charger_id"], ["charger.id"], name=op.f("fk_stored_file_charger_id_charger")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
        sa.UniqueConstraint("stored_as", name=op.f("uq_stored_file_stored_as")),
    )
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stored_file_kind"), ["kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_stored_file_charger_id"), ["charger_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stored_file_expires_at"), ["expires_at"], unique=False)


def downgrade() -> None:
    op.drop_table("stored_file")
