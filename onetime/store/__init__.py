"""Rows on the disk: group commit, bulk insert, migrations. It alone knows SQLite from PostgreSQL."""
