"""The house stands as DESIGN says: rows point downstairs, files are small, names are guessable."""

import ast
import tomllib
from pathlib import Path
from statistics import median

import pytest
from django.apps import apps
from django.db.models import Field

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "safelight"
FORBIDDEN_NAMES = {"utils", "helpers", "manager", "common", "misc"}


def floors() -> dict[str, int]:
    """Each room's floor, counted from the ground, as the import contract has it."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = config["tool"]["importlinter"]["contracts"]
    layers = next(item["layers"] for item in contracts if item["id"] == "stairs")
    return {
        room.strip(): height
        for height, layer in enumerate(reversed(layers))
        for room in layer.split("|")
    }


def room_of(model: type) -> str:
    return model.__module__.split(".")[1]


def own_foreign_keys() -> list[Field]:  # type: ignore[type-arg] # any field
    return [
        field
        for model in apps.get_models()
        if model.__module__.startswith("safelight.")
        for field in model._meta.get_fields()
        if isinstance(field, Field)
        and field.is_relation
        and field.related_model.__module__.startswith("safelight.")
    ]


def test_every_foreign_key_points_to_its_own_room_or_downstairs() -> None:
    heights = floors()
    keys = own_foreign_keys()
    assert len(keys) > 10
    wrong = [
        f"{field.model.__name__}.{field.name}"
        for field in keys
        if heights[room_of(field.related_model)] > heights[room_of(field.model)]  # type: ignore[arg-type] # models
    ]
    assert wrong == []


def test_no_row_of_the_keystore_points_at_a_row_of_the_record() -> None:
    across = [
        str(field)
        for field in own_foreign_keys()
        if {field.model._meta.app_label, field.related_model._meta.app_label} > {"keystore"}  # type: ignore[union-attr] # models
    ]
    assert across == []


def python_files() -> list[Path]:
    return [path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts]


def test_no_file_is_longer_than_400_lines() -> None:
    long = {p.name: n for p in python_files() if (n := len(p.read_text().splitlines())) > 400}
    assert long == {}


def functions() -> list[tuple[str, int]]:
    found = []
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                found.append((f"{path.name}:{node.name}", lines))
    return found


def test_the_median_function_is_under_12_lines_and_none_is_over_60() -> None:
    sizes = functions()
    assert median(size for _, size in sizes) < 12
    assert [name for name, size in sizes if size > 60] == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [str(p) for p in SOURCE.rglob("*") if p.stem in FORBIDDEN_NAMES] == []


@pytest.mark.parametrize("word", ["@receiver", "datetime.now()", "datetime.utcnow"])
def test_nothing_listens_for_signals_or_reads_a_clock_without_a_zone(word: str) -> None:
    assert [str(path) for path in python_files() if word in path.read_text()] == []


def test_pages_never_touch_rows() -> None:
    """The import contract forbids models; this forbids reaching them through a relation."""
    pages = list((SOURCE / "web").rglob("*.py"))
    own = [path for path in pages if ".objects." in _without_the_librarys(path.read_text())]
    assert own == []


def _without_the_librarys(text: str) -> str:
    """Accounts keep second factors in rows of allauth, which are no rows of ours."""
    return text.replace("Authenticator.objects.", "")


def test_nothing_is_said_of_a_patient_in_a_log_line() -> None:
    """Log calls take codes and class names; nothing that could be a name or a number of a person."""
    spoken = []
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and _is_log_call(node):
                words = {item.id for item in ast.walk(node) if isinstance(item, ast.Name)}
                words |= {item.attr for item in ast.walk(node) if isinstance(item, ast.Attribute)}
                if words & {"patient", "identity", "name", "query", "text", "description"}:
                    spoken.append(f"{path.name}:{node.lineno}")
    assert spoken == []


def _is_log_call(node: ast.Call) -> bool:
    function = node.func
    return (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id in {"logger", "logging"}
    )
