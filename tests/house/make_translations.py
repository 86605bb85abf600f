"""Catalogues of the patient's pages: `python -m tests.house.make_translations` (`make translations`).

Everything that a patient can read is looked up in the sources, every catalogue gets what is new and
loses what is gone, and each is compiled. Whoever translates fills in the empty `msgstr` and calls
this once more.
"""

import inspect
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

import safelight
from safelight.consent.errors import (
    QuestionRefusedError,
    SigningRefusedError,
    VisitRefusedError,
    WishRefusedError,
)
from safelight.recall.errors import ScopeRefusedError
from safelight.release.errors import CopyRunningError
from safelight.vocabulary import body_sites
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.consent_forms import LANGUAGES
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.photograph import ImageView
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.recall import DEFAULT_GROUND, WhyNotRetractable
from safelight.vocabulary.roles import Role
from safelight.vocabulary.signers import SignerRole

PACKAGE = Path(safelight.__file__).parent
LOCALE = PACKAGE / "locale"
WRITTEN_IN = "en"
TRANSLATED = tuple(language for language in LANGUAGES if language != WRITTEN_IN)

# What a patient reads is marked for translation in these; the pages of staff are in English.
TEMPLATES = ("base.html", "own_copy/*.html", "portal/*.html", "shared/*.html", "verify/*.html")
MODULES = (
    "consent/services/questions.py",
    "recall/certificate*.py",
    "release/copies.py",
    "release/copy_words.py",
    "release/patient_words.py",
    "web/own_copy/*.py",
    "web/person_words.py",
    "web/portal/*.py",
    "web/shared/*.py",
    "web/verify/*.py",
)
# Words without a mark, because vocabulary and errors know nothing of Django.
CODED = (Purpose, Audience, SignerRole, Role, ImageView, WhyNotRetractable)
ERRORS: tuple[type[SafelightError], ...] = (
    CopyRunningError,
    SigningRefusedError,
    VisitRefusedError,
    WishRefusedError,
    QuestionRefusedError,
    ScopeRefusedError,
)
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "pgettext_lazy": ((1, "c"), 2),
}

Found = tuple[Path, str | tuple[str, ...], str | None]


def everything() -> Catalog:
    """Every message that a patient can read, without a translation."""
    catalog = Catalog()
    for path, message, context in _found():
        catalog.add(message, context=context, locations=[(str(path.relative_to(PACKAGE)), 0)])
    return catalog


def _found() -> Iterator[Found]:
    for path in _files(PACKAGE / "web" / "templates", TEMPLATES):
        # A page is no Python: inside brackets its indents mean nothing.
        yield from _marked(path, f"({templatize(path.read_text('utf-8'))})")
    for path in _files(PACKAGE, MODULES):
        yield from _marked(path, path.read_text("utf-8"))
    yield from _coded()


def _files(root: Path, patterns: Iterable[str]) -> list[Path]:
    return sorted(path for pattern in patterns for path in root.glob(pattern))


def _marked(path: Path, source: str) -> Iterator[Found]:
    for _line, message, _comments, context in extract(
        "python", BytesIO(source.encode()), keywords=KEYWORDS
    ):
        yield path, message, context


def _coded() -> Iterator[Found]:
    for kind in CODED:
        for word in kind:
            yield _source(kind), word.display, None
    for error in _with_subclasses(ERRORS):
        yield _source(error), error.message, None
    yield _source(WhyNotRetractable), DEFAULT_GROUND, None
    for site in body_sites.BODY_SITES.values():
        yield Path(body_sites.__file__).with_suffix(".toml"), site.display, None


def _source(kind: type) -> Path:
    return Path(inspect.getfile(kind))


def _with_subclasses(
    errors: Iterable[type[SafelightError]],
) -> Iterator[type[SafelightError]]:
    for error in errors:
        yield error
        yield from _with_subclasses(error.__subclasses__())


def po_of(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def read_catalogue(language: str) -> Catalog:
    with po_of(language).open("rb") as file:
        return read_po(file, locale=language)


def brought_up_to_date(language: str) -> Catalog:
    """The catalogue with everything that is in the sources, and nothing else."""
    catalog = read_catalogue(language)
    # A guess at a translation could be signed before anybody reads it.
    catalog.update(everything(), no_fuzzy_matching=True, update_creation_date=False)
    return catalog


def written(catalog: Catalog) -> bytes:
    text = BytesIO()
    write_po(text, catalog, width=100, include_lineno=False, ignore_obsolete=True)
    return text.getvalue()


def compiled(catalog: Catalog) -> bytes:
    binary = BytesIO()
    write_mo(binary, catalog)
    return binary.getvalue()


def main() -> None:
    for language in TRANSLATED:
        catalog, path = brought_up_to_date(language), po_of(language)
        path.write_bytes(written(catalog))
        path.with_suffix(".mo").write_bytes(compiled(catalog))
        missing = [
            message.id for message in catalog if message.id and not any(message.string or ())
        ]
        print(f"{language}: {len(catalog)} messages, {len(missing)} without a translation")


if __name__ == "__main__":
    main()
