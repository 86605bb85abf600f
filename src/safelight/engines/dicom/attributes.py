"""What may stand beside the pixels of a de-identified photograph: the table `attributes.toml`."""

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from typing import Any, Final


class Action(StrEnum):
    """What becomes of an attribute; `attributes.toml` says what each means."""

    EMPTY = "empty"
    KEEP = "keep"
    UID = "uid"
    PSEUDONYM = "pseudonym"
    SET = "set"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table: an attribute, by its keyword of PS3.6, and what becomes of it."""

    keyword: str
    profile: str
    action: Action
    allow: re.Pattern[str] | None
    value: str | None
    kinds: frozenset[str]

    def kept(self, value: str | None) -> str | None:
        """The value if the table allows it, else what the table says instead; None to leave out."""
        assert self.allow is not None, "only attributes that may be kept are asked about"
        return value if value is not None and self.allow.fullmatch(value) else self.value


def _read() -> tuple[dict[str, str], tuple[Rule, ...]]:
    source = resources.files(__package__).joinpath("attributes.toml").read_text("utf-8")
    table = tomllib.loads(source)
    kinds = {entry["sop_class"]: name for name, entry in table["kind"].items()}
    return kinds, tuple(_rule(entry, frozenset(table["kind"])) for entry in table["attribute"])


def _rule(entry: dict[str, Any], every: frozenset[str]) -> Rule:
    return Rule(
        keyword=entry["keyword"],
        profile=entry["profile"],
        action=Action(entry["action"]),
        allow=re.compile(entry["allow"], re.ASCII) if "allow" in entry else None,
        value=entry.get("value", entry.get("otherwise")),
        kinds=frozenset(entry.get("kinds", every)),
    )


_TABLE: Final = _read()
KINDS: Final = _TABLE[0]
"""The kind of picture, by its SOP Class UID."""
RULES: Final = _TABLE[1]


def rules_for(kind: str) -> tuple[Rule, ...]:
    """The rules for one kind of picture, at most one for each attribute."""
    return tuple(rule for rule in RULES if kind in rule.kinds)
