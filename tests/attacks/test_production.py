"""What production sends that the demo, which runs without TLS, cannot."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ASK = """
import json
from safelight.project import settings
names = [name for name in dir(settings) if "COOKIE" in name or name.startswith("SECURE_")]
print(json.dumps({name: getattr(settings, name) for name in names} | {"urls": [
    str(item.pattern) for item in __import__("safelight.web.accounts.urls", fromlist=["x"]).urlpatterns
]}))
"""


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    home: Path = tmp_path_factory.mktemp("home")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SAFELIGHT_")}
    environ = {
        **kept,
        "SAFELIGHT_HOME": str(home),
        "SAFELIGHT_SECRET_KEY": "k" * 60,
        "DJANGO_SETTINGS_MODULE": "safelight.project.settings",
    }
    ask = f"import django\ndjango.setup()\n{ASK}"
    told = subprocess.run(
        [sys.executable, "-c", ask], env=environ, capture_output=True, check=True, text=True
    )
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def test_no_neighbour_of_the_host_can_plant_a_session(production: dict[str, Any]) -> None:
    assert production["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert production["SESSION_COOKIE_SECURE"]
    assert production["SESSION_COOKIE_HTTPONLY"]
    assert "SESSION_COOKIE_DOMAIN" not in production
    assert production["CSRF_COOKIE_SECURE"]


def test_nothing_is_asked_for_without_tls(production: dict[str, Any]) -> None:
    assert production["SECURE_SSL_REDIRECT"]
    assert production["SECURE_HSTS_SECONDS"] >= 365 * 24 * 3600


def test_there_is_no_door_of_the_demo(production: dict[str, Any]) -> None:
    assert "login/" in production["urls"]
    assert not [url for url in production["urls"] if "demo" in url]
