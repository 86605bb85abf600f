"""One version of a form as the pages show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from safelight.consent.errors import FormNotFoundError
from safelight.consent.rules.form import Form, Paragraph
from safelight.consent.rules.form_check import Finding, check_form
from safelight.consent.rules.wording import Wording, statements_for, use_wording
from safelight.consent.selectors.forms import KnownForm, form_version
from safelight.release.errors import AccessRefusedError
from safelight.vocabulary.consent_forms import LANGUAGES, RIGHT_TO_LEFT, FormState, TextStyle
from safelight.vocabulary.purposes import NAMED

NAMED_EXAMPLE = "…"


@dataclass(frozen=True)
class Tongue:
    """A language and a style, and the page that holds this text."""

    language: str
    style: str
    language_name: str
    style_name: str
    findings: int = 0

    @property
    def direction(self) -> str:
        return "rtl" if self.language in RIGHT_TO_LEFT else "ltr"

    @property
    def is_easy(self) -> bool:
        return self.style == TextStyle.EASY_READ


@dataclass(frozen=True)
class ShownText:
    """What a patient reads in one language and style, with everything filled in."""

    tongue: Tongue
    wording: Wording
    uses: Sequence[tuple[str, Paragraph]]


@dataclass(frozen=True)
class FindingGroup:
    """Findings about one text, or about the form as a whole where `where` is empty."""

    where: str
    sentences: Sequence[str]


def find_version(number: int) -> KnownForm:
    try:
        return form_version(number)
    except FormNotFoundError as error:
        raise AccessRefusedError from error


def is_draft(known: KnownForm) -> bool:
    return known.state is FormState.DRAFT


def tongue(language: str, style: TextStyle, findings: Sequence[Finding] = ()) -> Tongue:
    wrong = sum((item.language, item.style) == (language, style) for item in findings)
    return Tongue(language, style.value, LANGUAGES[language], style.display, wrong)


def tongues_of(form: Form, findings: Sequence[Finding] = ()) -> list[Tongue]:
    """Every text that the form has, in the order of the languages."""
    return [
        tongue(language, style, findings)
        for language in LANGUAGES
        for style in TextStyle
        if style in form.texts.get(language, {})
    ]


def shown_text(form: Form, item: Tongue, institution: str) -> ShownText:
    style = TextStyle(item.style)
    told = form.text(item.language, style).uses
    uses = [
        (
            use.purpose.value,
            use_wording(
                form,
                use,
                item.language,
                style,
                institution=institution,
                named=NAMED_EXAMPLE if use.purpose in NAMED else "",
            ),
        )
        for use in form.uses
        if use.purpose in told
    ]
    return ShownText(item, statements_for(form, item.language, style, institution), uses)


def finding_groups(form: Form) -> list[FindingGroup]:
    """What keeps the form from being approved, by the text it is about."""
    found = sorted(check_form(form), key=_place)
    return [
        FindingGroup(where, [item.sentence for item in same])
        for where, same in groupby(found, key=_where)
    ]


def _place(finding: Finding) -> tuple[str, str]:
    return finding.language, finding.style


def _where(finding: Finding) -> str:
    language = LANGUAGES.get(finding.language, finding.language)
    style = TextStyle(finding.style).display if finding.style else ""
    return ", ".join(part for part in (language, style) if part)
