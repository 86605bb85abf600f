"""PostgreSQL keeps values of each column among its statistics, where no scrub reaches; of keys, none."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

HOLD_KEYS = ("Custodian", "Grant", "InstitutionKey")


def keep_no_samples(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """A column whose type is stated anew forgets its samples; with a target of 0 it gets no more."""
    if schema_editor.connection.vendor != "postgresql":
        return
    for name in HOLD_KEYS:
        table = schema_editor.quote_name(apps.get_model("keystore", name)._meta.db_table)
        for change in ("TYPE bytea", "SET STATISTICS 0"):
            schema_editor.execute(f"ALTER TABLE {table} ALTER COLUMN wrapped_key {change}")


class Migration(migrations.Migration):

    dependencies = [
        ('keystore', '0005_alter_custodian_kind'),
    ]

    operations = [
        migrations.RunPython(keep_no_samples, migrations.RunPython.noop),
    ]
