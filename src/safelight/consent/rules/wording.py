"""The words one patient reads: a text of the form with everything filled in."""

from collections.abc import Mapping
from dataclasses import dataclass

from safelight.consent.rules.form import Form, Paragraph, Use
from safelight.vocabulary.consent_forms import Statement, TextStyle

MONTHS_PER_YEAR = 12
FEW = 10


@dataclass(frozen=True, slots=True)
class Wording:
    """Title, statements and answers, ready to be read."""

    title: str
    introduction: str
    agree: str
    refuse: str
    statements: tuple[tuple[Statement, Paragraph], ...]


def statements_for(form: Form, language: str, style: TextStyle, institution: str) -> Wording:
    """What stands before the choices, in the order of `Statement`; MalformedFormError if absent."""
    text = form.text(language, style)
    words = {
        "institution": isolated(institution),
        "contact_name": isolated(form.contact.name),
        "contact_phone": isolated(form.contact.phone),
        "retention": text.retention,
    }
    return Wording(
        title=fill(text.title, words),
        introduction=fill(text.introduction, words),
        agree=text.agree,
        refuse=text.refuse,
        statements=tuple(
            (item, _filled(text.statements[item], words))
            for item in Statement
            if item in text.statements
        ),
    )


def use_wording(
    form: Form, use: Use, language: str, style: TextStyle, *, institution: str, named: str
) -> Paragraph:
    """What one use means, before its yes and no."""
    words = {
        "institution": isolated(institution),
        "people": str(use.people or ""),
        "period": period_words(use.months, language),
        "named": isolated(named),
    }
    return _filled(form.text(language, style).uses[use.purpose], words)


def _filled(paragraph: Paragraph, words: Mapping[str, str]) -> Paragraph:
    return Paragraph(fill(paragraph.heading, words), fill(paragraph.text, words))


def fill(template: str, words: Mapping[str, str]) -> str:
    """`template` with each ``{name}`` of `words` in place, once: what is put in is never read."""
    parts, rest = [], template
    while rest:
        before, brace, rest = rest.partition("{")
        name, closing, after = rest.partition("}")
        parts.append(before)
        if brace:
            parts.append(words.get(name, "") if closing else brace + name)
            rest = after
    return "".join(parts)


def isolated(words: str) -> str:
    """Kept in its own writing direction (Unicode FSI and PDI), so that a number is not turned."""
    return f"\u2068{words}\u2069" if words else ""


_YEARS = {
    "en": ("1 year", "2 years", "{n} years"),
    "es": ("1 año", "2 años", "{n} años"),
    "fr": ("1 an", "2 ans", "{n} ans"),
    "ar": ("سنة واحدة", "سنتان", "{n} سنوات", "{n} سنة"),
}
_MONTHS = {
    "en": ("1 month", "2 months", "{n} months"),
    "es": ("1 mes", "2 meses", "{n} meses"),
    "fr": ("1 mois", "2 mois", "{n} mois"),
    "ar": ("شهر واحد", "شهران", "{n} أشهر", "{n} شهرًا"),
}


def period_words(months: int | None, language: str) -> str:
    """How long, in words; "" where there is no end by date."""
    if months is None:
        return ""
    whole_years = months % MONTHS_PER_YEAR == 0
    number = months // MONTHS_PER_YEAR if whole_years else months
    table = _YEARS if whole_years else _MONTHS
    one, two, few, *many = table.get(language, table["en"])
    if number <= len((one, two)):
        return (one, two)[number - 1]
    # CLDR plural rules: Arabic counts 3 to 10 with one form and 11 to 99 with another.
    return (many[0] if many and number > FEW else few).format(n=number)
