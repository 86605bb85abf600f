"""The demo's settings in a home of their own, which conftest.py removes when the run ends.

SAFELIGHT_TEST_DATABASE_URL and SAFELIGHT_TEST_KEYSTORE_URL move the run to PostgreSQL; they must
name two databases.
"""

import os
import tempfile
from pathlib import Path

HOME = Path(tempfile.mkdtemp(prefix="safelight-tests-"))

os.environ["SAFELIGHT_MODE"] = "demo"
os.environ["SAFELIGHT_HOME"] = str(HOME)
os.environ["SAFELIGHT_DATABASE_URL"] = os.environ.get("SAFELIGHT_TEST_DATABASE_URL", "")
os.environ["SAFELIGHT_KEYSTORE_URL"] = os.environ.get("SAFELIGHT_TEST_KEYSTORE_URL", "")

from safelight.project.settings import *  # noqa: E402, F403 - the home must be named first
from safelight.project.settings import DATABASES, PASSWORD_HASHERS  # noqa: E402

# Files, not memory: threads and other processes must see the same rows, as in production.
for alias, database in DATABASES.items():
    if database["ENGINE"].endswith("sqlite3"):
        database["TEST"] = {"NAME": HOME / f"test-{alias}.sqlite3"}
        # What is lost in a power cut is lost with the home anyway.
        database["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"

# Passwords of the cast may be cheap to check; Argon2 stays, so that the real ones are tested too.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]
