from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def count_what_was_told_as_erased(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Or every withdrawal of old would get one certificate more, with nothing new in it."""
    lines = apps.get_model("recall", "Consequence").objects.filter(state="erased")
    for row in apps.get_model("recall", "Certificate").objects.iterator():
        told = lines.filter(withdrawal=row.withdrawal_id, settled_at__lte=row.made_at)
        row.ends_told += told.count()
        row.save(update_fields=["ends_told"])


class Migration(migrations.Migration):
    dependencies = [("recall", "0004_custody_confirmation")]

    operations = [
        migrations.RenameField("certificate", "lines_settled", "ends_told"),
        migrations.AlterField(
            "certificate",
            "ends_told",
            models.PositiveIntegerField(
                help_text="how many lines had come to their end; one that was erased counts twice"
            ),
        ),
        migrations.RunPython(count_what_was_told_as_erased, migrations.RunPython.noop),
        migrations.AlterField(
            "certificate",
            "is_final",
            models.BooleanField(default=False, help_text="nothing is left, not even under lock"),
        ),
    ]
