"""The command line itself: it starts at once, and says in a sentence what it cannot do."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.taking import jpeg

from safelight.project.cli import COMMANDS, main, parser

VECTORS = Path(__file__).parents[1] / "vectors" / "receipt" / "v1.json"
RECEIPTS = json.loads(VECTORS.read_text(encoding="utf-8"))
LOADED = """
import sys
from safelight.project.cli import main
try:
    code = main({arguments!r})
except SystemExit as end:
    code = end.code
django = sorted(name for name in sys.modules if name.split(".")[0] == "django")
sys.exit(code or (f"loaded {{django}}" if django else 0))
"""


def run(*arguments: str, home: Path, **environ: str) -> "subprocess.CompletedProcess[str]":
    """The command as an operator runs it, with nothing in the environment but this."""
    kept = {"PATH": os.environ["PATH"], "SAFELIGHT_HOME": str(home), **environ}
    return subprocess.run(
        [sys.executable, "-m", "safelight.project.cli", *arguments],
        env=kept,
        cwd=home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("arguments", [["--help"], ["scrub", "--help"], ["new-secret"]])
def test_help_and_secrets_load_nothing_of_django(arguments: list[str]):
    loaded = subprocess.run([sys.executable, "-c", LOADED.format(arguments=arguments)], check=False)
    assert loaded.returncode == 0


def test_scrub_loads_nothing_of_django(tmp_path: Path):
    picture = tmp_path / "picture.jpg"
    picture.write_bytes(jpeg(1))
    code = LOADED.format(arguments=["scrub", str(picture), "--out", str(tmp_path / "out")])
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
    assert (tmp_path / "out").exists()


def test_a_receipt_is_verified_with_a_key_and_nothing_of_django(tmp_path: Path):
    case = RECEIPTS["receipts"][0]
    receipt = tmp_path / "receipt"
    receipt.write_text(case["receipt"], encoding="utf-8")
    arguments = ["audit", "verify-receipt", str(receipt), "--key", case["verifier_key"]]
    code = LOADED.format(arguments=arguments)
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "The receipt is genuine" in done.stdout


def test_every_command_but_djangos_own_is_in_the_help():
    text = parser().format_help()
    for command in ("scrub", "serve", "demo", "worker", "init", "migrate", "create-staff"):
        assert f"\n    {command}" in text
    assert "manage" not in text


def test_no_two_commands_share_a_name():
    assert len({command.__name__ for command in COMMANDS}) == len(COMMANDS)


def test_a_new_secret_is_long_and_new(capsys: pytest.CaptureFixture[str]):
    assert main(["new-secret"]) == 0
    assert main(["new-secret"]) == 0
    first, second = capsys.readouterr().out.split()
    assert len(first) == 64
    assert first != second


@pytest.mark.parametrize(
    ("arguments", "environ", "says"),
    [
        (["serve"], {"SAFELIGHT_MODE": "test"}, "SAFELIGHT_MODE must be"),
        (["serve"], {}, "SAFELIGHT_SECRET_KEY is missing"),
        (["init", "--name", "St Elswhere's"], {}, "SAFELIGHT_ROOT_PASSPHRASE is missing"),
        (["demo"], {"SAFELIGHT_MODE": "production"}, "never made in production"),
        (["worker"], {}, "run `safelight init` first"),
        (["audit", "verify"], {}, "run `safelight init` first"),
        (["audit", "verify", "--checkpoint", "none"], {}, "cannot be read"),
        (["audit", "export-log", "--out", "copy"], {}, "run `safelight init` first"),
        (["audit", "verify-receipt", "none"], {}, "receipt cannot be read"),
        (["audit", "verify-receipt", "none", "--key", "none"], {}, "key cannot be read"),
        (["create-staff", "ada", "Ada"], {}, "run `safelight init` first"),
    ],
)
def test_what_cannot_be_done_is_said_without_a_traceback(
    tmp_path: Path, arguments: list[str], environ: dict[str, str], says: str
):
    done = run(*arguments, home=tmp_path, **environ)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("port", ["0", "65536", "eighty"])
def test_a_port_that_cannot_be_is_refused(tmp_path: Path, port: str):
    assert run("serve", home=tmp_path, PORT=port).returncode == 2
    assert run("serve", "--port", port, home=tmp_path).returncode == 2
