import pytest
from django.core.management import call_command
from django.db import connections


@pytest.mark.django_db(databases="__all__")
def test_migrations_make_what_the_models_say():
    """Exits with 1 when a model has changed and no migration says so."""
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


@pytest.mark.django_db(databases="__all__")
def test_no_key_is_kept_beside_the_record():
    tables = {name: set(connections[name].introspection.table_names()) for name in connections}
    assert {"keystore_custodian", "keystore_grant", "keystore_institutionkey"} <= tables["keystore"]
    assert not any(table.startswith("keystore_") for table in tables["default"])
    assert not any(table.startswith("photos_") for table in tables["keystore"])
