"""Put rows where no verb would: past the triggers, as time or another hand might have."""

from typing import Any

from django.db import connection


def bend(row: Any, **values: Any) -> None:
    """Update `row` with its table's own triggers asleep."""
    table = row._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        type(row).objects.filter(pk=row.pk).update(**values)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    row.refresh_from_db()
