"""Emptying a database between tests: only the tables that hold rows, which few of a hundred do."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.management.color import Style, no_style
from django.core.management.sql import sql_flush
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper


def empty(command: str, *, database: str, allow_cascade: bool, **_more: object) -> None:
    """What `flush` does after a test, which is all that is asked of it; no other command is."""
    assert command == "flush"
    connection = connections[database]
    told = statements(no_style(), connection, reset_sequences=False, allow_cascade=allow_cascade)
    connection.ops.execute_sql_flush(told)
    ContentType.objects.clear_cache()


def statements(style: Style, connection: BaseDatabaseWrapper, **options: Any) -> list[str]:
    """As Django's `sql_flush`, in the same transaction and with the same rows left: none.

    PostgreSQL takes longer to truncate a table that is empty than to look into all of them. It
    leaves out the checks of references that every table which holds rows would break for a moment;
    only a superuser may ask for that, so anybody else waits for the truncation.
    """
    known = connection.introspection.django_table_names(only_existing=True, include_views=False)
    filled = holding_rows(connection, known)
    if connection.vendor != "postgresql":
        return connection.ops.sql_flush(style, filled, **options)
    if not is_superuser(connection):
        return sql_flush(style, connection, **options)
    quote = connection.ops.quote_name
    return [
        "SET LOCAL session_replication_role = replica",
        *(f"DELETE FROM {quote(table)}" for table in filled),  # noqa: S608 - our own names
    ]


def holding_rows(connection: BaseDatabaseWrapper, tables: list[str]) -> list[str]:
    quote = connection.ops.quote_name
    asked = " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {quote(table)})"  # noqa: S608 - as above
        for table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return [table for (table,) in cursor.fetchall()]


def is_superuser(connection: BaseDatabaseWrapper) -> bool:
    told: str | None = connection.connection.info.parameter_status("is_superuser")
    return told == "on"
