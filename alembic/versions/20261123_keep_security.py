"""Keep what secures a charger's connection.

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op

import onetime.models.types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

Instant = onetime.models.types.UtcDateTime


def upgrade() -> None:
    op.create_table(
        "charger_security",
        sa.Column("charger_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("profile", sa.Integer(), nullable=False),
        sa.Column("raising_to", sa.Integer(), nullable=True),
        sa.Column("password_form", sa.String(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["charger_id"], ["charger.id"], name=op.f("fk_charger_security_charger_id_charger")),
        sa.PrimaryKeyConstraint("charger_id", name=op.f("pk_charger_security")),
    )
    op.create_table(
        "charger_password",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("charger_id", sa.Integer(), nullable=False),
        sa.Column("stored", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("current", "offered", "confirmed", name="passwordstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("made_at", Instant(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["charger_id"], ["charger.id"], name=op.f("fk_charger_password_charger_id_charger")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charger_password")),
    )
    op.create_index(op.f("ix_charger_password_charger_id"), "charger_password", ["charger_id"], unique=False)
    op.create_table(
        "charger_certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("charger_id", sa.Integer(), nullable=False),
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("common_name", sa.String(), nullable=False),
        sa.Column("pem", sa.String(), nullable=False),
        sa.Column("made_at", Instant(timezone=True), nullable=False),
        sa.Column("expires_at", Instant(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "offered", "accepted", "in use", "superseded", "rejected", "revoked",
                name="certificatestate", native_enum=False, length=32,
            ),
            nullable=False,
        ),
        sa.Column("state_at", Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["charger_id"], ["charger.id"], name=op.f("fk_charger_certificate_charger_id_charger")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charger_certificate")),
        sa.UniqueConstraint("serial", name=op.f("uq_charger_certificate_serial")),
    )  # fmt: skip
    op.create_index(op.f("ix_charger_certificate_charger_id"), "charger_certificate", ["charger_id"], unique=False)
    op.create_table(
        "security_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("charger_id", sa.Integer(), nullable=True),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("received_at", Instant(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("is_reported", sa.Boolean(), nullable=False),
        sa.Column("is_alert", sa.Boolean(), nullable=False),
        sa.Column("detail", sa.String(), nullable=True),
        sa.Column("seen_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["charger_id"], ["charger.id"], name=op.f("fk_security_event_charger_id_charger")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_security_event")),
    )
    op.create_index(op.f("ix_security_event_charger_id"), "security_event", ["charger_id"], unique=False)
    op.create_index(op.f("ix_security_event_received_at"), "security_event", ["received_at"], unique=False)


def downgrade() -> None:
    op.drop_table("security_event")
    op.drop_table("charger_certificate")
    op.drop_table("charger_password")
    op.drop_table("charger_security")
