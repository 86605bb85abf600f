"""The form that Safelight ships with: our own words, in four languages and two styles.

The texts are data beside this module. An institution starts from them, changes what it wants,
and approves its own version; nothing here is ever shown to a patient without that approval.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from safelight.consent.rules.form import Contact, Form, Text, Use, read_text
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.consent_forms import LANGUAGES, TextStyle
from safelight.vocabulary.purposes import Purpose


def default_form(contact: Contact) -> Form:
    """The default uses and texts, with the number to call of this institution."""
    return Form(_uses(), contact, _texts())


@cache
def _uses() -> tuple[Use, ...]:
    return tuple(
        Use(
            Purpose(item["purpose"]),
            Audience(item["audience"]),
            people=item.get("people"),
            months=item.get("months"),
        )
        for item in _data("uses")["uses"]
    )


@cache
def _texts() -> Mapping[str, Mapping[TextStyle, Text]]:
    return {language: _styles(_data(language)) for language in LANGUAGES}


def _styles(data: Mapping[str, Any]) -> Mapping[TextStyle, Text]:
    return {style: read_text(data[style.value]) for style in TextStyle}


def _data(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__name__).joinpath(f"{name}.toml").read_text("utf-8"))
