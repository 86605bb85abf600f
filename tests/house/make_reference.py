"""Pages of docs/reference that say what the code says: `python -m tests.house.make_reference`."""

import importlib
import os
import pkgutil
import shutil
from pathlib import Path
from types import ModuleType

import safelight
from safelight.consent.rules.states import TRANSITIONS, diagram
from safelight.engines.policy import AgreementStatus, Reason
from safelight.vocabulary.errors import SafelightError

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
# Loading it would start the server's application.
NOT_LOADED = {"safelight.project.wsgi"}

ERRORS_HEAD = """\
# Errors

For developers, and for IT when a page or a log names a code. Made from the code by
`python -m tests.house.make_reference`; a test fails when this page is out of date.

Every error that Safelight raises on purpose has a code, which never changes its meaning, and one sentence
for the person in front of the screen. Neither holds health data or identity. Logs carry the code or the
class, never the values. A sentence may be made more exact where the error is raised; the code stays.
"""

DOOR_CODES = """
## Answers that are no errors

Scripts of a page get these codes in JSON when the person has to do something first; a page is led
to the door instead.

| code | HTTP | meaning |
|---|---|---|
| `sign-in` | 401 | nobody is signed in |
| `second-factor` | 403 | a second factor has to be set up first |
| `session-locked` | 423 | the session is locked; unlock it and go on |
| `not-unlocked` | 422 | what was shown does not unlock the session |
| `duplicate` | 200 | the picture is in the record already (only in events; the state says it to the page) |
"""

REASONS_HEAD = """\
# Reasons of a denial

For staff who ask why, and developers. Made from the code by `python -m tests.house.make_reference`; a
test fails when this page is out of date.

A denial lists every reason that stands against it, in this order. The asker sees the same page for
*missing* and *forbidden*; the reasons are in the sealed details of the event.

| reason | what stands in the way | what would mend it |
|---|---|---|
"""

STATES_HEAD = """\
# States of an agreement

For developers, and for privacy officers who read a status in the record or in an export. Made from the code
by `python -m tests.house.make_reference`; a test fails when this page is out of date.

The words are those of FHIR R4 Consent.status. Only *active* permits anything, and only in its period. How
an agreement gets there: [Consent](../design/consent.md). How it reads outside: [Consent in
FHIR](fhir-consent.md).

"""

STATES_TABLE = """
A step that is not in this table is refused.

| from | to | when |
|---|---|---|
"""

STATES_TAIL = """
No step leads out of *{last}*, and no agreement is ever deleted. Why an agreement is *inactive* stands
beside its status: `withdrawn`, `expired`, `superseded` (every picture of it was decided about anew),
`not-answered`, or `restored` (no key of it was there after a backup was restored).
"""


def every_module() -> list[ModuleType]:
    """All modules of the house; Django must be set up."""
    names = [item.name for item in pkgutil.walk_packages(safelight.__path__, "safelight.")]
    wanted = [name for name in names if name not in NOT_LOADED and ".migrations" not in name]
    return [importlib.import_module(name) for name in wanted]


def error_classes() -> list[type[SafelightError]]:
    """Every public error class that has a code of its own, by module and place in it."""
    found: dict[type[SafelightError], None] = {SafelightError: None}
    for module in every_module():
        for thing in vars(module).values():
            if _is_own_error(thing, module):
                found[thing] = None
    return list(found)


def _is_own_error(thing: object, module: ModuleType) -> bool:
    return (
        isinstance(thing, type)
        and issubclass(thing, SafelightError)
        and thing.__module__ == module.__name__
        and "code" in vars(thing)
    )


def errors_page() -> str:
    sections: dict[str, list[str]] = {}
    for error in error_classes():
        line = f"| `{error.code}` | {error.__name__} | {error.message} |"
        sections.setdefault(_room(error), []).append(line)
    tables = [
        f"\n## {room}\n\n| code | class | sentence |\n|---|---|---|\n" + "\n".join(lines) + "\n"
        for room, lines in sorted(sections.items())
    ]
    return ERRORS_HEAD + "".join(tables) + DOOR_CODES


def _room(error: type[SafelightError]) -> str:
    parts = error.__module__.split(".")[1:]
    return "/".join(parts[:2] if parts[0] == "engines" else parts[:1])


def reasons_page() -> str:
    lines = [f"| `{item.value}` | {item.sentence} | {item.mend} |\n" for item in Reason]
    return REASONS_HEAD + "".join(lines)


def states_page() -> str:
    """The diagram for people, and the same as a table."""
    drawn = f"```mermaid\n{diagram()}\n```\n"
    lines = [f"| {a.value} | {b.value} | {why} |\n" for (a, b), why in TRANSITIONS.items()]
    ends = {item for item in AgreementStatus if item not in {before for before, _ in TRANSITIONS}}
    tail = STATES_TAIL.format(last=", ".join(item.value for item in ends))
    return STATES_HEAD + drawn + STATES_TABLE + "".join(lines) + tail


PAGES = {
    "agreement-states.md": states_page,
    "errors.md": errors_page,
    "reasons.md": reasons_page,
}


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django  # noqa: PLC0415 - only when run by itself

    django.setup()
    for name, page in PAGES.items():
        (REFERENCE / name).write_text(page(), encoding="utf-8")
    shutil.rmtree(os.environ["SAFELIGHT_HOME"], ignore_errors=True)  # made by the tests' settings


if __name__ == "__main__":
    main()
