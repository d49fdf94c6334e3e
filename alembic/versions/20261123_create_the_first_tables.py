"""Create the first tables.

Revision: 0001, the first.
"""

import sqlalchemy as sa
from alembic import op

import onetime.models.types

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("administrator", "installer", "manager", "tenant", name="role", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("created_at", onetime.models.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", onetime.models.types.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", onetime.models.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_at"), ["at"], unique=False)

    op.create_table(
        "charger",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("identity_key", sa.String(), nullable=False),
        sa.Column(
            "registration",
            sa.Enum("Pending", "Accepted", "Rejected", name="registration", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("vendor", sa.String(), nullable=True),
        sa.Column("model", sa.String(), nullable=True),
        sa.Column("serial_number", sa.String(), nullable=True),
        sa.Column("firmware_version", sa.String(), nullable=True),
        sa.Column("iccid", sa.String(), nullable=True),
        sa.Column("imsi", sa.String(), nullable=True),
        sa.Column("meter_type", sa.String(), nullable=True),
        sa.Column("meter_serial_number", sa.String(), nullable=True),
        sa.Column("firmware_status", sa.String(), nullable=True),
        sa.Column("diagnostics_status", sa.String(), nullable=True),
        sa.Column("subprotocol_missing", sa.Boolean(), nullable=False),
        sa.Column("first_seen_at", onetime.models.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", onetime.models.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("booted_at", onetime.models.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("offline_since", onetime.models.types.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charger")),
        sa.UniqueConstraint("identity", name=op.f("uq_charger_identity")),
        sa.UniqueConstraint("identity_key", name=op.f("uq_charger_identity_key")),
    )
    with op.batch_alter_table("charger", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_charger_registration"), ["registration"], unique=False)

    op.create_table(
        "site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("created_at", onetime.models.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
    )
    op.create_table(
        "tenant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", onetime.models.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenant")),
        sa.UniqueConstraint("name", name=op.f("uq_tenant_name")),
    )
    op.create_table(
        "card",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("id_tag", sa.String(), nullable=False),
        sa.Column("id_tag_key", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=True),
        sa.Column(
            "status",
            sa.Enum("accepted", "blocked", "unknown", name="cardstatus", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("tenant_id", sa.Integer(), nullable=True),
        sa.Column("parent_id_tag", sa.String(), nullable=True),
        sa.Column("expires_at", onetime.models.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("first_seen_at", onetime.models.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_refused_at", onetime.models.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_card_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card")),
        sa.UniqueConstraint("id_tag_key", name=op.f("uq_card_id_tag_key")),
    )
    with op.batch_alter_table("card", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_card_tenant_id"), ["tenant_id"], unique=False)

    op.create_table(
        "charger_message",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("charger_id", sa.Integer(), nullable=False),
        sa.Column("at", onetime.models.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column(
            "direction", sa.Enum("received", "sent", name="direction", native_enum=False, length=32), nullable=False
        ),
        sa.Column("action", sa.String(), nullable=True),
        sa.Column("frame", sa.String(), nullable=False),
        sa.Column("problem", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["charger_id"], ["charger.id"], name=op.f("fk_charger_message_charger_id_charger")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charger_message")),
    )
    with op.batch_alter_table("charger_message", schema=None) as batch_op:
        batch_op.create_index("ix_charger_message_at", ["at"], unique=False)
        batch_op.create_index("ix_charger_message_charger", ["charger_id", "id"], unique=False)

    op.create_table(
        "connector",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("charger_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("spot", sa.String(), nullable=True),
        sa.Column("max_power_w", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "Available",
                "Preparing",
                "Charging",
                "SuspendedEV",
                "SuspendedEVSE",
                "Finishing",
                "Reserved",
                "Unavailable",
                "Faulted",
                "Unknown",
                name="connectorstatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("error_code", sa.String(), nullable=False),
        sa.Column("status_info", sa.String(), nullable=True),
        sa.Column("vendor_error_code", sa.String(), nullable=True),
        sa.Column("status_at", onetime.models.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["charger_id"], ["charger.id"], name=op.f("fk_connector_charger_id_charger")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connector")),
        sa.UniqueConstraint("charger_id", "number", name=op.f("uq_connector_charger_id_number")),
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("administrator", "installer", "manager", "tenant", name="role", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=True),
        sa.Column("created_at", onetime.models.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_user_account_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("name", name=op.f("uq_user_account_name")),
    )
    op.create_table(
        "login_session",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", onetime.models.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", onetime.models.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_login_session_user_id_user_account")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_login_session")),
    )
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_session_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_login_session_user_id"), ["user_id"], unique=False)

    op.create_table(
        "transaction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("connector_id", sa.Integer(), nullable=False),
        sa.Column("id_tag", sa.String(), nullable=False),
        sa.Column("id_tag_key", sa.String(), nullable=False),
        sa.Column("card_id", sa.Integer(), nullable=True),
        sa.Column("authorization_status", sa.String(), nullable=False),
        sa.Column("started_at", onetime.models.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("start_received_at", onetime.models.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("meter_start_wh", sa.BigInteger(), nullable=False),
        sa.Column("reservation_id", sa.Integer(), nullable=True),
        sa.Column(
            "state", sa.Enum("open", "ended", name="transactionstate", native_enum=False, length=32), nullable=False
        ),
        sa.Column("stopped_at", onetime.models.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("stop_received_at", onetime.models.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("meter_stop_wh", sa.BigInteger(), nullable=True),
        sa.Column("stop_reason", sa.String(), nullable=True),
        sa.Column("stop_id_tag", sa.String(), nullable=True),
        sa.Column("stop_estimated", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["card.id"], name=op.f("fk_transaction_card_id_card")),
        sa.ForeignKeyConstraint(["connector_id"], ["connector.id"], name=op.f("fk_transaction_connector_id_connector")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transaction")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("transaction", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_transaction_card_id"), ["card_id"], unique=False)
        batch_op.create_index("ix_transaction_connector_state", ["connector_id", "state"], unique=False)
        batch_op.create_index(
            "ix_transaction_start", ["connector_id", "id_tag_key", "started_at", "meter_start_wh"], unique=False
        )
        batch_op.create_index("ix_transaction_started", ["started_at"], unique=False)

    op.create_table(
        "meter_reading",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("connector_id", sa.Integer(), nullable=False),
        sa.Column("transaction_id", sa.Integer(), nullable=True),
        sa.Column("taken_at", onetime.models.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("received_at", onetime.models.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("context", sa.String(), nullable=False),
        sa.Column("register_wh", sa.BigInteger(), nullable=True),
        sa.Column("power_w", sa.Integer(), nullable=True),
        sa.Column("current_a", sa.Float(), nullable=True),
        sa.Column("soc_percent", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["connector_id"], ["connector.id"], name=op.f("fk_meter_reading_connector_id_connector")
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["transaction.id"], name=op.f("fk_meter_reading_transaction_id_transaction")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meter_reading")),
    )
    with op.batch_alter_table("meter_reading", schema=None) as batch_op:
        batch_op.create_index("ix_meter_reading_connector_taken", ["connector_id", "taken_at"], unique=False)
        batch_op.create_index("ix_meter_reading_transaction", ["transaction_id"], unique=False)

    op.create_table(
        "review_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("charger_id", sa.Integer(), nullable=True),
        sa.Column("transaction_id", sa.Integer(), nullable=True),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("created_at", onetime.models.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", onetime.models.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["charger_id"], ["charger.id"], name=op.f("fk_review_item_charger_id_charger")),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["transaction.id"], name=op.f("fk_review_item_transaction_id_transaction")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_item")),
    )
    with op.batch_alter_table("review_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_item_resolved_at"), ["resolved_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("review_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_item_resolved_at"))

    op.drop_table("review_item")
    with op.batch_alter_table("meter_reading", schema=None) as batch_op:
        batch_op.drop_index("ix_meter_reading_transaction")
        batch_op.drop_index("ix_meter_reading_connector_taken")

    op.drop_table("meter_reading")
    with op.batch_alter_table("transaction", schema=None) as batch_op:
        batch_op.drop_index("ix_transaction_started")
        batch_op.drop_index("ix_transaction_start")
        batch_op.drop_index("ix_transaction_connector_state")
        batch_op.drop_index(batch_op.f("ix_transaction_card_id"))

    op.drop_table("transaction")
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_login_session_user_id"))
        batch_op.drop_index(batch_op.f("ix_login_session_expires_at"))

    op.drop_table("login_session")
    op.drop_table("user_account")
    op.drop_table("connector")
    with op.batch_alter_table("charger_message", schema=None) as batch_op:
        batch_op.drop_index("ix_charger_message_charger")
        batch_op.drop_index("ix_charger_message_at")

    op.drop_table("charger_message")
    with op.batch_alter_table("card", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_card_tenant_id"))

    op.drop_table("card")
    op.drop_table("tenant")
    op.drop_table("site")
    with op.batch_alter_table("charger", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_charger_registration"))

    op.drop_table("charger")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entry_at"))

    op.drop_table("audit_entry")
    op.drop_table("api_token")
